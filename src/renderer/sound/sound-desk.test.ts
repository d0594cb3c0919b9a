import { describe, expect, it, vi } from 'vitest'
import { encodeWav, makeWavHeader } from '../../formats/audio/encode-wav'
import { referenceNoise } from '../../dsp/reference-signals'
import { Feeder } from './feeder'
import { ClipSound, type FetchRange } from './clip-sound'
import type { FromWorker, ToFeeder } from './messages'
import { SoundDesk } from './sound-desk'

const rate = 8000
const noise = referenceNoise(400_000).map((value) => Math.round(Math.max(-1, Math.min(0.99, value)) * 32_768) / 32_768)
const files: Record<string, Uint8Array> = {
  mono: encodeWav([noise], rate),
  stereo24: encodeWav([noise.subarray(0, 1000), noise.subarray(1000, 2000)], 96_000, 'wav24'),
  floats: encodeWav(
    Array.from({ length: 8 }, (_, k) => noise.subarray(k, k + 3000)),
    384_000,
    'wav-float',
  ),
}
const fetched: [string, number, number][] = []
const fetchRange: FetchRange = async (clipId, from, to) => {
  fetched.push([clipId, from, to])
  const file = files[clipId]
  if (!file) throw new Error(`no ${clipId}`)
  return { bytes: file.slice(from, to), totalBytes: file.length }
}

describe('ClipSound', () => {
  it('reads any span of any kind of rendition, silence where there is none', async () => {
    const mono = new ClipSound('mono', fetchRange)
    expect(await mono.facts()).toMatchObject({ sampleRateHz: rate, channelCount: 1, frames: 400_000 })
    // Over the border of two blocks.
    expect((await mono.read(131_000, 131_200))[0]).toEqual(noise.slice(131_000, 131_200))
    const [edge] = await mono.read(-5, 3)
    expect([...edge!]).toEqual([0, 0, 0, 0, 0, ...noise.subarray(0, 3)])
    expect((await mono.read(399_999, 400_001))[0]).toEqual(Float32Array.from([noise[399_999]!, 0]))
    const stereo = await new ClipSound('stereo24', fetchRange).read(10, 20)
    expect(stereo).toEqual([noise.slice(10, 20), noise.slice(1010, 1020)])
    const floats = await new ClipSound('floats', fetchRange).read(0, 3000)
    expect(floats[7]).toEqual(noise.slice(7, 3007))
  })

  it('reads RF64, and a long clip only where it is wanted', async () => {
    const frames = 5_000_000_000
    const header = makeWavHeader({ sampleRateHz: 48_000, channelCount: 1, frames, encoding: 'wav16' })
    const asked: number[] = []
    const long = new ClipSound('long', async (_clip, from, to) => {
      asked.push(from)
      const bytes = new Uint8Array(to - from)
      if (from === 0) bytes.set(header)
      return { bytes, totalBytes: header.length + 2 * frames }
    })
    expect((await long.facts()).frames).toBe(frames)
    await long.read(4_000_000_000, 4_000_001_000)
    expect(asked.length).toBeLessThan(5)
    expect(asked.at(-1)).toBeGreaterThan(7.9e9)
  })

  it('says what is no sound, and asks again where asking failed', async () => {
    files.page = new TextEncoder().encode('<!doctype html>'.repeat(10))
    await expect(new ClipSound('page', fetchRange).facts()).rejects.toThrow('is no sound')
    const gone = new ClipSound('gone', fetchRange)
    await expect(gone.facts()).rejects.toThrow('no gone')
    files.gone = files.mono!
    expect((await gone.facts()).frames).toBe(400_000)
  })

  it('keeps a bounded part of a clip', async () => {
    const header = makeWavHeader({ sampleRateHz: 96_000, channelCount: 8, frames: 1e8, encoding: 'wav-float' })
    const long = new ClipSound('long', async (_clip, from, to) => {
      const bytes = new Uint8Array(to - from)
      if (from === 0) bytes.set(header)
      return { bytes, totalBytes: 5e9 }
    })
    for (let at = 0; at < 3_000_000; at += 96_000) await long.read(at, at + 96_000)
    expect(long.keptBytes).toBeLessThanOrEqual(24 * 2 ** 20)
  })
})

describe('SoundDesk', () => {
  function open() {
    const page: FromWorker[] = []
    const feeder: Exclude<ToFeeder, { kind: 'connect' }>[] = []
    const desk = new SoundDesk(fetchRange, rate, {
      tellPage: (message) => page.push(message),
      tellFeeder: (message) => feeder.push(message),
    })
    const framesSent = (): number =>
      feeder.reduce((sum, message) => sum + (message.kind === 'block' ? message.left.length : 0), 0)
    return { desk, page, feeder, framesSent }
  }
  const piece = { clipId: 'mono', fromSeconds: 0, span: null, isLooping: false, band: null }
  const listening = { rate: 1, keepsPitch: true, heterodyneHz: null, channel: null }

  it('computes a second ahead of what is used up, and no further', async () => {
    const { desk, feeder, framesSent } = open()
    desk.receive({ kind: 'play', stream: 7, atFrame: null, pieces: [piece], listening })
    await vi.waitFor(() => expect(framesSent()).toBeGreaterThanOrEqual(rate))
    expect(framesSent()).toBeLessThan(rate + 5000)
    expect(feeder[0]).toEqual({ kind: 'begin', stream: 7, atFrame: null })
    desk.hear({ kind: 'used', stream: 7, frames: rate })
    await vi.waitFor(() => expect(framesSent()).toBeGreaterThanOrEqual(2 * rate))
    expect(framesSent()).toBeLessThan(2 * rate + 5000)
  })

  it('says what a clip is when it is prefetched, and that a clip cannot be played', async () => {
    const { desk, page } = open()
    desk.receive({ kind: 'prefetch', clipId: 'stereo24', seconds: 0 })
    await vi.waitFor(() =>
      expect(page).toEqual([
        { kind: 'facts', clipId: 'stereo24', facts: expect.objectContaining({ channelCount: 2 }) as unknown },
      ]),
    )
    desk.receive({ kind: 'prefetch', clipId: 'missing', seconds: 0 })
    desk.receive({ kind: 'play', stream: 1, atFrame: null, pieces: [{ ...piece, clipId: 'missing' }], listening })
    await vi.waitFor(() => expect(page.at(-1)).toEqual({ kind: 'failed', stream: 1, message: 'no missing' }))
  })

  it('does not fetch again what was prefetched', async () => {
    const { desk, framesSent } = open()
    desk.receive({ kind: 'prefetch', clipId: 'stereo24', seconds: 0 })
    await vi.waitFor(() => expect(fetched.some(([clipId]) => clipId === 'stereo24')).toBe(true))
    fetched.length = 0
    desk.receive({ kind: 'play', stream: 1, atFrame: null, pieces: [{ ...piece, clipId: 'stereo24' }], listening })
    await vi.waitFor(() => expect(framesSent()).toBeGreaterThan(0))
    expect(fetched).toEqual([])
  })

  it('leaves no frame between clips that are added one by one, up to what the audio thread hands out', async () => {
    const spans = { one: [0, 12_345], two: [20_000, 29_999], three: [300_000, 300_700] } as const
    for (const [name, [from, to]] of Object.entries(spans)) files[name] = encodeWav([noise.slice(from, to)], rate)
    const heard: number[] = []
    const anchors: unknown[] = []
    const feeder = new Feeder((message) => {
      if (message.kind === 'used') desk.hear(message)
      else if (message.kind === 'anchor') anchors.push(message)
      else isOver = true
    })
    let isOver = false
    const desk = new SoundDesk(fetchRange, rate, {
      tellPage: () => undefined,
      tellFeeder: (message) => feeder.receive(message),
    })
    desk.receive({ kind: 'play', stream: 1, atFrame: null, pieces: [{ ...piece, clipId: 'one' }], listening })
    const [left, right] = [new Float32Array(128), new Float32Array(128)]
    let added = 0
    for (let frame = 0; !isOver; frame += 128) {
      // The worker has the time that it has while sound goes out.
      await new Promise((done) => setTimeout(done))
      // As the page does: the next one is added when the one before has begun to be heard.
      const begun = [0, 12_345].filter((at) => heard.length > at).length
      for (; added < begun; added++)
        desk.receive({ kind: 'append', stream: 1, piece: { ...piece, clipId: ['two', 'three'][added]! } })
      left.fill(0)
      right.fill(0)
      feeder.process(left, right, frame)
      if (anchors.length > 0) heard.push(...left)
    }
    const expected = Object.values(spans).flatMap(([from, to]) => [...noise.subarray(from, to)])
    expect(anchors).toHaveLength(1)
    expect(heard.slice(0, expected.length)).toEqual(expected)
    expect(heard.slice(expected.length).every((value) => value === 0)).toBe(true)
  })
})
