import { describe, expect, it } from 'vitest'
import type { SpectrogramTile } from '../../../shared/contract/media'
import { TileCache, type WantedTile } from './tile-cache'

const settings = { columnLog2: 8, windowLog2: 10, window: 'hann', level: 'decibel', channel: 'mean' } as const
const tile = (isExact = true): SpectrogramTile => ({ columns: 256, bins: 2, values: new Int16Array(512), isExact })
const wanted = (...indices: number[]): WantedTile[] => indices.map((index) => ({ clipId: 'a', settings, index }))
const settle = () => new Promise((done) => setTimeout(done, 0))

function open(maxBytes?: number) {
  const asked: {
    index: number
    signal: AbortSignal
    takesSketch: boolean
    give(isExact?: boolean): void
    fail(): void
  }[] = []
  const changes: unknown[] = []
  const changed: string[] = []
  const cache = new TileCache({
    fetch: ({ index }, signal, takesSketch) =>
      new Promise((resolve, reject) => {
        const give = (isExact?: boolean): void => resolve(tile(isExact))
        asked.push({ index, signal, takesSketch, give, fail: () => reject(new Error('no')) })
      }),
    onChange(error, { clipId }) {
      changes.push(error)
      changed.push(clipId)
    },
    ...(maxBytes === undefined ? {} : { maxBytes }),
  })
  return { cache, asked, changes, changed, indices: () => asked.map(({ index }) => index) }
}

describe('tiles in memory', () => {
  it('are asked for in order, three at once, the next when one has come', async () => {
    const { cache, asked, changes, indices } = open()
    cache.want(wanted(5, 6, 4, 7))
    expect(indices()).toEqual([5, 6, 4])
    asked[1]!.give()
    await settle()
    expect(indices()).toEqual([5, 6, 4, 7])
    expect(changes).toEqual([null])
    expect(cache.get({ clipId: 'a', settings, index: 6 })?.columns).toBe(256)
    expect(cache.get({ clipId: 'a', settings, index: 5 })).toBeNull()
  })

  it('that came as sketches are asked for whole, one at a time, after all that are not there', async () => {
    const { cache, asked, changes } = open()
    cache.want(wanted(1, 2, 3, 4))
    for (const one of asked.slice(0, 3)) one.give(false)
    await settle()
    const said = (): string[] => asked.map(({ index, takesSketch }) => `${index}${takesSketch ? ' sketch' : ''}`)
    expect(said()).toEqual(['1 sketch', '2 sketch', '3 sketch', '4 sketch'])
    asked[3]!.give()
    await settle()
    expect(said().slice(4)).toEqual(['1'])
    const sketch = cache.peek(wanted(1)[0]!)
    expect(sketch?.isExact).toBe(false)
    const bytes = cache.heldBytes
    asked[4]!.give()
    await settle()
    expect(said().slice(5)).toEqual(['2'])
    // The whole takes the sketch's place when nothing more is to come of what is looked at.
    expect(cache.reveal(wanted(1, 2))).toBe(false)
    expect(cache.peek(wanted(1)[0]!)?.isExact).toBe(false)
    expect(cache.heldBytes).toBe(bytes + 1024)
    expect(cache.reveal(wanted(1))).toBe(true)
    expect(cache.peek(wanted(1)[0]!)?.isExact).toBe(true)
    expect(cache.heldBytes).toBe(bytes)
    expect(cache.reveal(wanted(1))).toBe(false)
    asked[5]!.fail()
    await settle()
    expect(said().slice(6)).toEqual(['3'])
    // Of what could not be had whole, the sketch stays.
    expect(changes.at(-1)).toEqual(new Error('no'))
    expect(cache.peek(wanted(2)[0]!)?.isExact).toBe(false)
    asked[6]!.give()
    await settle()
    // …and it holds up no other.
    expect(cache.reveal(wanted(1, 2, 3, 4))).toBe(true)
    expect(wanted(1, 2, 3, 4).map((one) => cache.peek(one)?.isExact)).toEqual([true, false, true, true])
    expect(cache.heldBytes).toBe(bytes)
  })

  it('that are looked at are whole before the others', async () => {
    const { cache, asked } = open()
    cache.want(wanted(1, 2), wanted(2))
    for (const one of asked) one.give(false)
    await settle()
    expect(asked.slice(2).map(({ index }) => index)).toEqual([2])
  })

  it('are given up when they are no longer wanted, and what comes of them all the same is not taken', async () => {
    const { cache, asked, indices } = open()
    cache.want(wanted(1, 2, 3))
    cache.want(wanted(3, 9))
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false, false])
    expect(indices()).toEqual([1, 2, 3, 9])
    asked[0]!.give()
    await settle()
    expect(cache.get({ clipId: 'a', settings, index: 1 })).toBeNull()
  })

  it('that fail are said once and not asked for again until all is cleared', async () => {
    const { cache, asked, changes, indices } = open()
    cache.want(wanted(1))
    asked[0]!.fail()
    await settle()
    expect(changes).toEqual([new Error('no')])
    cache.want(wanted(1))
    expect(indices()).toEqual([1])
    cache.clear()
    cache.want(wanted(1))
    expect(indices()).toEqual([1, 1])
  })

  it('of one clip are not those of another, and a change says whose tile it was', async () => {
    const { cache, asked, changed } = open()
    cache.want([...wanted(1), { clipId: 'b', settings, index: 1 }])
    asked[1]!.fail()
    asked[0]!.give()
    await settle()
    expect(changed).toEqual(['b', 'a'])
    expect(cache.get({ clipId: 'a', settings, index: 1 })).not.toBeNull()
    expect(cache.get({ clipId: 'b', settings, index: 1 })).toBeNull()
    // What failed is asked for again once it is forgiven, and what is there is not.
    cache.want([{ clipId: 'b', settings, index: 1 }])
    expect(asked).toHaveLength(2)
    cache.forgive()
    cache.want([...wanted(1), { clipId: 'b', settings, index: 1 }])
    expect(asked).toHaveLength(3)
  })

  it('stay within their bytes: the longest unused goes, what is wanted stays', async () => {
    const { cache, asked } = open(3 * 1024)
    for (const index of [1, 2, 3]) {
      cache.want(wanted(index))
      asked.at(-1)!.give()
      await settle()
    }
    expect(cache.get({ clipId: 'a', settings, index: 1 })).not.toBeNull()
    cache.want(wanted(4))
    asked.at(-1)!.give()
    await settle()
    expect([1, 2, 3, 4].map((index) => cache.get({ clipId: 'a', settings, index }) !== null)).toEqual([
      true,
      false,
      true,
      true,
    ])
    expect(cache.heldBytes).toBe(3 * 1024)
  })
})
