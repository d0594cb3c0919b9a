import { describe, expect, it } from 'vitest'
import { bandPassLength, designBandPass, FirFilter } from '../../dsp/band-pass'
import { referenceNoise, worstDeviation } from '../../dsp/reference-signals'
import type { Listening, Mark, SoundPiece } from './sound-plan'
import { type ReadableSound, SoundStream } from './sound-stream'

const plain: Listening = { rate: 1, keepsPitch: true, heterodyneHz: null, channel: null }
const piece = (clipId: string, more: Partial<SoundPiece> = {}): SoundPiece => ({
  clipId,
  fromSeconds: 0,
  span: null,
  isLooping: false,
  band: null,
  ...more,
})

function soundOf(sampleRateHz: number, ...channels: Float32Array[]): ReadableSound {
  const frames = channels[0]!.length
  return {
    facts: async () => ({ sampleRateHz, channelCount: channels.length, frames }),
    read: async (from, to) =>
      channels.map((samples) => Float32Array.from({ length: to - from }, (_, n) => samples[from + n] ?? 0)),
  }
}

async function play(
  stream: SoundStream,
  mostFrames = Infinity,
): Promise<{ left: Float32Array; right: Float32Array; marks: Mark[] }> {
  const [left, right, marks]: [number[], number[], Mark[]] = [[], [], []]
  for (let isLast = false; !isLast && left.length < mostFrames;) {
    const block = await stream.next()
    left.push(...block.left)
    right.push(...block.right)
    marks.push(...block.marks)
    isLast = block.isLast
  }
  return { left: Float32Array.from(left), right: Float32Array.from(right), marks }
}

const rate = 44_100
const noise = referenceNoise(30_000)
const streamOf = (
  pieces: SoundPiece[],
  sounds: Record<string, ReadableSound>,
  listening: Partial<Listening> = {},
  outputRateHz = rate,
): SoundStream => new SoundStream(pieces, { ...plain, ...listening }, outputRateHz, (id) => sounds[id]!)
const sine = (hz: number, samples: number, sampleRateHz = rate): Float32Array =>
  Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / sampleRateHz))
/** Upward passages through zero a second: the pitch of a tone. */
function pitchOf(signal: Float32Array, sampleRateHz = rate): number {
  const part = signal.subarray(2000, signal.length - 2000)
  let count = 0
  for (let n = 1; n < part.length; n++) if (part[n - 1]! < 0 && part[n]! >= 0) count++
  return (count * sampleRateHz) / part.length
}

describe('SoundStream', () => {
  it('gives a clip’s samples bit for bit where nothing is to be changed, mono on both ears', async () => {
    const { left, right, marks } = await play(streamOf([piece('a')], { a: soundOf(rate, noise) }))
    expect(left).toEqual(noise)
    expect(right).toEqual(noise)
    expect(marks).toEqual([{ frame: 0, clipId: 'a', sample: 0, samplesPerFrame: 1, sampleRateHz: rate }])
  })

  it('plays a span exactly, and a loop of it without a sample between', async () => {
    const span = { startSeconds: 1000 / rate, endSeconds: 3500 / rate }
    const once = await play(
      streamOf([piece('a', { fromSeconds: span.startSeconds, span })], { a: soundOf(rate, noise) }),
    )
    expect(once.left).toEqual(noise.subarray(1000, 3500))
    const looped = await play(
      streamOf([piece('a', { fromSeconds: 2000 / rate, span, isLooping: true })], { a: soundOf(rate, noise) }),
      6000,
    )
    expect(looped.left.subarray(0, 1500)).toEqual(noise.subarray(2000, 3500))
    expect(looped.left.subarray(1500, 4000)).toEqual(noise.subarray(1000, 3500))
    expect(looped.left.subarray(4000, 5000)).toEqual(noise.subarray(1000, 2000))
    expect(looped.marks.map(({ frame, sample }) => [frame, sample])).toContainEqual([1500, 1000])
  })

  it('begins the next clip with the sample after the last, also when it is added late', async () => {
    const sounds = { a: soundOf(rate, noise.subarray(0, 5000)), b: soundOf(rate, noise.subarray(5000)) }
    const together = await play(streamOf([piece('a'), piece('b')], sounds))
    expect(together.left).toEqual(noise)
    expect(together.marks.map(({ clipId, frame }) => [clipId, frame])).toEqual([
      ['a', 0],
      ['b', 5000],
    ])
    const stream = streamOf([piece('a')], sounds)
    const first = await play(stream)
    stream.append(piece('b'))
    const second = await play(stream)
    expect([...first.left, ...second.left]).toEqual([...noise])
    expect(second.marks[0]).toMatchObject({ clipId: 'b', frame: 5000 })
  })

  it('leaves a loop at its end when another clip is to follow', async () => {
    const sounds = { a: soundOf(rate, noise.subarray(0, 5000)), b: soundOf(rate, noise.subarray(5000)) }
    const stream = streamOf([piece('a', { isLooping: true })], sounds)
    await play(stream, 7000)
    stream.append(piece('b'))
    const rest = await play(stream)
    expect(rest.left.subarray(-25_000)).toEqual(noise.subarray(5000))
  })

  it('hears a box as the band of the recording around it, on time from its first sample', async () => {
    const band = { lowHz: 800, highHz: 6000 }
    const coefficients = designBandPass(band.lowHz, band.highHz, rate, bandPassLength(band.lowHz, band.highHz, rate))
    const delay = (coefficients.length - 1) / 2
    const whole = new FirFilter(coefficients).process(
      Float32Array.from([...noise, ...new Array<number>(delay).fill(0)]),
    )
    const expected = whole.subarray(delay)
    const span = { startSeconds: 9000 / rate, endSeconds: 20_000 / rate }
    const { left } = await play(
      streamOf([piece('a', { fromSeconds: span.startSeconds, span, band })], { a: soundOf(rate, noise) }),
    )
    expect(left.length).toBe(11_000)
    expect(worstDeviation(left, expected.subarray(9000, 20_000), 1e-5, 1e-5)).toBeLessThanOrEqual(1)
  })

  it('hears a box that reaches beyond what the rate holds as far as that goes', async () => {
    const listen = async (lowHz: number, highHz: number) =>
      (await play(streamOf([piece('a', { band: { lowHz, highHz } })], { a: soundOf(rate, noise) }))).left
    expect(await listen(0, 96_000)).toEqual(noise)
    expect(await listen(50_000, 96_000)).toEqual(noise)
    expect((await listen(10_000, 96_000)).length).toBe(noise.length)
  })

  it.each([
    [0.1, true],
    [0.5, false],
    [3, true],
    [3, false],
    [0.1, false],
  ])('at %d times the rate, pitch kept: %s, has the length and the pitch that it should', async (speed, keepsPitch) => {
    const tone = sine(600, 2 * rate)
    const { left } = await play(streamOf([piece('a')], { a: soundOf(rate, tone) }, { rate: speed, keepsPitch }))
    expect(Math.abs(left.length - tone.length / speed)).toBeLessThanOrEqual(1)
    expect(Math.abs(pitchOf(left) / (keepsPitch ? 600 : 600 * speed) - 1)).toBeLessThan(0.01)
  })

  it('keeps place over rates: a click is where the marks say', async () => {
    const click = new Float32Array(48_000)
    click[31_000] = 1
    for (const speed of [0.25, 1, 2]) {
      const { left, marks } = await play(
        streamOf([piece('a')], { a: soundOf(48_000, click) }, { rate: speed, keepsPitch: false }),
      )
      const peak = left.indexOf(left.reduce((most, value) => Math.max(most, value), 0))
      const { samplesPerFrame, sampleRateHz } = marks[0]!
      expect(sampleRateHz).toBe(48_000)
      expect(Math.abs(peak * samplesPerFrame - 31_000)).toBeLessThanOrEqual(samplesPerFrame)
    }
  })

  it('goes from one rate to another with no more than a frame between', async () => {
    const sounds = { a: soundOf(48_000, noise), b: soundOf(22_050, noise) }
    const { left, marks } = await play(streamOf([piece('a'), piece('b')], sounds))
    const frames = [(30_000 * rate) / 48_000, (30_000 * rate) / 22_050]
    expect(Math.abs(left.length - frames[0]! - frames[1]!)).toBeLessThanOrEqual(2)
    expect(Math.abs(marks[1]!.frame - frames[0]!)).toBeLessThanOrEqual(1)
  })

  it('plays a channel alone on both ears, and the mean of more than two', async () => {
    const channels = [sine(300, 9000), sine(500, 9000), sine(700, 9000)]
    const sounds = { a: soundOf(rate, ...channels), stereo: soundOf(rate, channels[0]!, channels[1]!) }
    const solo = await play(streamOf([piece('a')], sounds, { channel: 1 }))
    expect([solo.left, solo.right]).toEqual([channels[1], channels[1]])
    const mean = await play(streamOf([piece('a')], sounds))
    expect(mean.left[777]).toBeCloseTo((channels[0]![777]! + channels[1]![777]! + channels[2]![777]!) / 3, 6)
    const both = await play(streamOf([piece('stereo')], sounds))
    expect([both.left, both.right]).toEqual(channels.slice(0, 2))
    // Stereo has no third channel: all is heard.
    expect((await play(streamOf([piece('stereo')], sounds, { channel: 2 }))).right).toEqual(channels[1])
  })

  it('brings 43 kHz down to 3 kHz with a tone of 40 kHz, and to 4.3 kHz ten times slower', async () => {
    const bat = { a: soundOf(192_000, sine(43_000, 96_000, 192_000)) }
    const mixed = await play(streamOf([piece('a')], bat, { heterodyneHz: 40_000 }))
    expect(Math.abs(mixed.left.length - 22_050)).toBeLessThanOrEqual(1)
    expect(pitchOf(mixed.left)).toBeCloseTo(3000, -2)
    const slow = await play(streamOf([piece('a')], bat, { rate: 0.1, keepsPitch: false }))
    expect(Math.abs(slow.left.length - 220_500)).toBeLessThanOrEqual(1)
    expect(pitchOf(slow.left)).toBeCloseTo(4300, -2)
  })

  it('ends at once where there is nothing to play', async () => {
    const block = await streamOf([piece('a', { fromSeconds: 9 })], { a: soundOf(rate, noise) }).next()
    expect([block.left.length, block.isLast]).toEqual([0, true])
  })
})
