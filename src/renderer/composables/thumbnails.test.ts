import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { ClipThumbnail } from '../../shared/contract/media'
import { fetchThumbnail, fetchWholeThumbnail, forgetThumbnails, knownThumbnail } from './thumbnails'

interface Asked {
  clipId: string
  takesSketch: boolean
  signal: AbortSignal | undefined
  give(isExact: boolean): void
  fail(): void
}
const asked: Asked[] = []

vi.mock('./use-client', () => ({
  useClient: () => ({
    media: {
      thumbnail: (input: { clipId: string; takesSketch: boolean }, { signal }: { signal?: AbortSignal }) =>
        new Promise<ClipThumbnail>((resolve, reject) => {
          const give = (isExact: boolean): void =>
            resolve({ width: 1, height: 1, values: Uint8Array.of(isExact ? 2 : 1), isExact })
          asked.push({ ...input, signal, give, fail: () => reject(new Error('no')) })
        }),
    },
  }),
}))

const settle = () => new Promise((done) => setTimeout(done, 0))
const always = (): boolean => true

beforeEach(() => {
  asked.length = 0
  forgetThumbnails()
})

describe('thumbnails', () => {
  it('asks for whole pictures one at a time, when no first one is waited for', async () => {
    const first = ['a', 'b', 'c', 'd', 'e'].map((id) => fetchThumbnail(id, always))
    const wholes = ['a', 'b'].map((id) => fetchWholeThumbnail(id, new AbortController().signal))
    expect(asked.map(({ clipId }) => clipId)).toEqual(['a', 'b', 'c', 'd'])
    for (const one of asked.splice(0)) one.give(false)
    await settle()
    expect(asked.map(({ clipId, takesSketch }) => [clipId, takesSketch])).toEqual([['e', true]])
    asked.splice(0)[0]!.give(true)
    await settle()
    expect((await Promise.all(first)).map((one) => one?.isExact)).toEqual([false, false, false, false, true])
    expect(asked.map(({ clipId, takesSketch }) => [clipId, takesSketch])).toEqual([['b', false]])
    asked.splice(0)[0]!.give(true)
    await settle()
    asked.splice(0)[0]!.give(true)
    expect((await Promise.all(wholes)).map((one) => one?.isExact)).toEqual([true, true])
    expect(knownThumbnail('a')).toMatchObject({ isExact: true })
  })

  it('gives up what is no longer looked at, and asks again for what failed', async () => {
    const [seen, gone] = [new AbortController(), new AbortController()]
    const under = fetchWholeThumbnail('a', seen.signal)
    const passed = fetchWholeThumbnail('b', gone.signal)
    gone.abort()
    seen.abort()
    expect(asked[0]!.signal!.aborted).toBe(true)
    asked.splice(0)[0]!.fail()
    expect([await under, await passed]).toEqual([null, null])
    expect(asked).toEqual([])
    const again = fetchThumbnail('a', always)
    asked.splice(0)[0]!.fail()
    expect(await again).toBeNull()
    expect(knownThumbnail('a')).toBeNull()
    void fetchThumbnail('a', always)
    expect(asked).toHaveLength(1)
    asked[0]!.give(true)
    await settle()
  })
})
