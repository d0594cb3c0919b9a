import { beforeEach, describe, expect, it } from 'vitest'
import { Feeder } from './feeder'
import type { FromFeeder } from './messages'

const quantum = 128
let told: FromFeeder[] = []
let feeder: Feeder
let contextFrame = 0

beforeEach(() => {
  told = []
  contextFrame = 0
  feeder = new Feeder((message) => told.push(message))
})

/** What is heard over the next quanta on the left; the right is its negative. */
function hear(quanta: number): number[] {
  const heard: number[] = []
  for (let k = 0; k < quanta; k++) {
    const [left, right] = [new Float32Array(quantum), new Float32Array(quantum)]
    feeder.process(left, right, contextFrame)
    contextFrame += quantum
    expect(right.every((value, n) => value === -left[n]!)).toBe(true)
    heard.push(...left)
  }
  return heard
}

/** A block whose frames are numbered from `first`. */
function send(stream: number, first: number, count: number, isLast = false): void {
  const left = Float32Array.from({ length: count }, (_, n) => first + n)
  feeder.receive({ kind: 'block', stream, left, right: left.map((value) => -value), isLast })
}
const begin = (stream: number, atFrame: number | null = null): void =>
  feeder.receive({ kind: 'begin', stream, atFrame })
const numbers = (first: number, count: number): number[] => Array.from({ length: count }, (_, n) => first + n)

describe('Feeder', () => {
  it('gives frames in order over blocks of any length, and says where they began and ended', () => {
    begin(1)
    expect(hear(2).every((value) => value === 0)).toBe(true)
    send(1, 1, 100)
    send(1, 101, 7)
    send(1, 108, 300, true)
    expect(hear(4)).toEqual([...numbers(1, 407), ...new Array<number>(105).fill(0)])
    expect(told.filter(({ kind }) => kind !== 'used')).toEqual([
      { kind: 'anchor', stream: 1, frame: 0, contextFrame: 256 },
      { kind: 'ended', stream: 1, contextFrame: 256 + 407 },
    ])
  })

  it('does not begin with so little that the next would be missed', () => {
    begin(1)
    send(1, 1, 4096)
    expect(hear(4).every((value) => value === 0)).toBe(true)
    send(1, 4097, 4096)
    expect(hear(64)).toEqual(numbers(1, 8192))
  })

  it('waits in silence where frames come late, loses none, and says where it goes on', () => {
    begin(1)
    send(1, 1, 9000)
    expect(hear(71).slice(0, 9000)).toEqual(numbers(1, 9000))
    send(1, 9001, 128)
    expect(hear(1)).toEqual(numbers(9001, 128))
    expect(told.filter(({ kind }) => kind === 'anchor').at(-1)).toEqual({
      kind: 'anchor',
      stream: 1,
      frame: 9000,
      contextFrame: 71 * 128,
    })
  })

  it('says what is used up, but not again and again while it waits', () => {
    begin(1)
    send(1, 1, 9216)
    hear(72)
    const before = told.length
    hear(50)
    expect(told.filter(({ kind }) => kind === 'used')).toEqual([
      ...numbers(1, 9).map((n) => ({ kind: 'used', stream: 1, frames: 1024 * n })),
    ])
    expect(told.length).toBe(before)
  })

  it('joins at its frame, in step, also when it comes late', () => {
    begin(1)
    send(1, 1, 12_000)
    hear(2)
    begin(2, 512)
    // Frame 0 of it belongs at frame 512 of the context.
    send(2, 513, 100)
    hear(3)
    expect(contextFrame).toBe(640)
    send(2, 613, 9000)
    const heard = hear(4)
    // The streams have the same numbers at the same time: a crossfade of both is no different.
    expect(heard.map((value) => Math.round(value))).toEqual(numbers(641, 512))
    const anchor = told.findLast(({ kind }) => kind === 'anchor')!
    expect(anchor).toMatchObject({ stream: 2, frame: 128, contextFrame: 640 })
  })

  it('fades out when it is stopped, and is silent then', () => {
    begin(1)
    feeder.receive({
      kind: 'block',
      stream: 1,
      left: new Float32Array(9000).fill(1),
      right: new Float32Array(9000).fill(-1),
      isLast: false,
    })
    hear(1)
    feeder.receive({ kind: 'stop' })
    const heard = hear(4)
    expect(heard[0]).toBeCloseTo(1, 2)
    for (let n = 1; n < 256; n++) expect(heard[n]!).toBeLessThan(heard[n - 1]!)
    expect(heard.slice(256).every((value) => value === 0)).toBe(true)
  })
})
