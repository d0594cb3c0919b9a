import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyChain } from '../../dsp/augment/apply-chain'
import type { AugmentationChain } from '../../dsp/augment/chain'
import { computeFrontEnd } from '../../dsp/features'
import { logmelFrontEnd } from '../../dsp/presets'
import { resample } from '../../dsp/resample'
import { fittingWindow, tileStep } from '../../dsp/tile'
import { decodeAudio } from '../../formats/audio/decode-audio'
import { encodeWav } from '../../formats/audio/encode-wav'
import { drawSounds } from './draw-sounds'
import { SoundShelf } from './sound-shelf'
import { runMediaTask } from './run-media-task'

const rate = 44100
/** Multiples of 2^−15, so that 16 bits hold them exactly; + 0 makes −0 a plain 0, as PCM does. */
const quantise = (value: number) => Math.round(value * 32768) / 32768 + 0
const left = Float32Array.from({ length: 2 * rate }, (_, n) => quantise(0.49 * Math.sin(n * 0.05 + n * n * 1e-6)))
const right = left.map((value) => quantise(value / 2))

let folder = ''
let path = ''
const shelf = new SoundShelf({ maxBytes: 64 * 2 ** 20, decodedFolder: null })
const span = (startSeconds: number, endSeconds: number) => ({ path, startSeconds, endSeconds })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-media-'))
  path = join(folder, 'Große Glocke 鐘.WAV')
  await writeFile(path, encodeWav([left, right], rate))
})
afterAll(() => rm(folder, { recursive: true }))

describe('media tasks', () => {
  it('probe: what the file is, and its hash', async () => {
    const bytes = await readFile(path)
    expect(await runMediaTask('probe', { path }, shelf)).toEqual({
      contentHash: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      modifiedMs: expect.any(Number) as number,
      format: 'wav',
      sampleRateHz: rate,
      channelCount: 2,
      durationSeconds: 2,
      warning: null,
    })
  })

  it('samples: one channel or the mean of a span, at the rate asked for', async () => {
    const one = await runMediaTask('samples', { ...span(0.5, 1), sampleRateHz: null, channel: 1 }, shelf)
    expect(one).toEqual({ samples: right.slice(22050, 44100), sampleRateHz: rate })
    const mean = await runMediaTask('samples', { ...span(0, 1), sampleRateHz: 22050, channel: 'mean' }, shelf)
    const expected = left.slice(0, rate).map((value, i) => (value + right[i]!) / 2)
    expect(mean).toEqual({ samples: resample(expected, rate, 22050), sampleRateHz: 22050 })
  })

  it('features: of the sound as a chain changes it, with the other sounds that the draw names, at the front end’s rate', async () => {
    const frontEnd = { ...logmelFrontEnd, sampleRateHz: 16_000 }
    const chain: AugmentationChain = {
      steps: [{ kind: 'recorded-noise', source: { query: '' }, snrDb: [3, 3], level: 'rms' }],
    }
    const place = { seed: 1, epoch: 2, example: 3, className: null }
    const materials = drawSounds(chain, place, [[span(0, 0.5), span(0.25, 1)]])
    const augmentation = { chain, place, materials }
    const { drawn, ...picture } = await runMediaTask('features', { ...span(1, 2), frontEnd, augmentation }, shelf)
    const read = async (from: number, to: number) => {
      const input = { ...span(from, to), sampleRateHz: 16_000, channel: frontEnd.channel }
      return (await runMediaTask('samples', input, shelf)).samples
    }
    const { startSeconds, endSeconds } = materials[0]![0]!
    const noise = await read(startSeconds, endSeconds)
    const heard = { samples: await read(1, 2), sampleRateHz: 16_000, segments: [] }
    const wanted = applyChain(heard, chain, place, [[noise]])
    const known = { ...augmentation, materials: [[{ ...materials[0]![0]!, path: 'nowhere', samples: noise }]] }
    const input = { ...span(1, 2), path: 'nowhere', samples: heard.samples, frontEnd }
    const again = await runMediaTask('features', { ...input, augmentation: known }, shelf)
    expect(again).toEqual({ ...picture, drawn })
    expect(drawn).toEqual(wanted.drawn)
    expect(picture).toEqual(computeFrontEnd(wanted.sound.samples, frontEnd))
    const none = runMediaTask('features', { ...span(1, 2), frontEnd, augmentation: { chain, place } }, shelf)
    await expect(none).rejects.toThrow('step 1 of the chain (recorded-noise) has no sound to take')
  })

  it('augmented: the samples that the front end would get, and the segments moved with them', async () => {
    const chain: AugmentationChain = {
      steps: [
        { kind: 'time-shift', seconds: [0.25, 0.25], fill: 'silence' },
        { kind: 'gain', decibels: [-6, -6] },
      ],
    }
    const augmentation = { chain, place: { seed: 1, epoch: 1, example: 0, className: null } }
    const segments = [{ startSeconds: 0.5, endSeconds: 0.9, index: 0 }]
    const of = { ...span(0, 1), sampleRateHz: null, channel: 1 as const, augmentation, segments }
    const { samples, drawn, ...facts } = await runMediaTask('augmented', of, shelf)
    const heard = { samples: right.slice(0, rate), sampleRateHz: rate, segments }
    const wanted = applyChain(heard, chain, augmentation.place)
    expect(samples).toEqual(wanted.sound.samples)
    expect(drawn).toEqual(wanted.drawn)
    expect(facts.segments[0]!.startSeconds).toBeCloseTo(0.75, 4)
    expect(facts.sampleRateHz).toBe(rate)
    const low = await runMediaTask('augmented', { ...of, sampleRateHz: 16_000 }, shelf)
    expect(low.samples).toHaveLength(16_000)
  })

  it('channels: all of them; what the caller does to them does not come back', async () => {
    const first = await runMediaTask('channels', span(1, 1.5), shelf)
    expect(first).toEqual({ channels: [left.slice(44100, 66150), right.slice(44100, 66150)], sampleRateHz: rate })
    first.channels.forEach((samples) => samples.fill(9))
    const again = await runMediaTask('channels', span(1, 1.5), shelf)
    expect(again.channels[0]).toEqual(left.slice(44100, 66150))
  })

  it('features: what the DSP makes of the same samples', async () => {
    const frontEnd = { ...logmelFrontEnd, channel: 0 }
    const picture = await runMediaTask('features', { ...span(0.25, 1.25), frontEnd }, shelf)
    const samples = resample(left.slice(11025, 55125), rate, 22050)
    expect(picture).toEqual({ ...computeFrontEnd(samples, frontEnd), drawn: [] })
    expect(picture.frames).toBe(44)
  })

  it('rendition: the span as WAV, bit for bit', async () => {
    const whole = await runMediaTask('rendition', { ...span(0.1, 0.2), from: 0, to: 1e9 }, shelf)
    expect(whole.totalBytes).toBe(44 + 4410 * 4)
    const heard = await decodeAudio(whole.bytes, 'rendition.wav')
    expect(heard).toMatchObject({ sampleRateHz: rate, bitDepth: 16 })
    expect(heard.channels).toEqual([left.slice(4410, 8820), right.slice(4410, 8820)])
    // Bytes from anywhere to anywhere, in the middle of the header or of a sample too.
    for (const [from, to] of [
      [0, 0],
      [0, 10],
      [40, 47],
      [43, 44],
      [101, 4003],
      [17_001, 99_999],
    ] as const) {
      const part = await runMediaTask('rendition', { ...span(0.1, 0.2), from, to }, shelf)
      expect(part).toEqual({ bytes: whole.bytes.slice(from, to), totalBytes: whole.totalBytes })
    }
  })

  it('thumbnail and outline: of the size asked for, and of this sound', async () => {
    const thumbnail = await runMediaTask('thumbnail', { ...span(0, 2), width: 96, height: 32, isSketch: false }, shelf)
    expect([thumbnail.width, thumbnail.height, thumbnail.values.length]).toEqual([96, 32, 3072])
    expect(Math.max(...thumbnail.values)).toBe(255)
    const whole = { path, from: 0, to: 2 * rate, count: 50, channel: 'mean' } as const
    const { columns } = await runMediaTask('outlineSpan', { ...whole, sketchSamples: null }, shelf)
    expect(columns).toHaveLength(150)
    expect(Math.max(...columns)).toBeCloseTo(0.75 * 0.49, 3)
    const sketch = (await runMediaTask('outlineSpan', { ...whole, sketchSamples: 500 }, shelf)).columns
    // The lowest of some samples is not below the lowest of all.
    for (let i = 0; i < 150; i += 3) expect(sketch[i]).toBeGreaterThanOrEqual(columns[i]!)
    expect(sketch).not.toEqual(columns)
  })

  it('sketch of a thumbnail: looks at parts of a long recording, and shows what is where', async () => {
    const long = join(folder, 'long.wav')
    const length = 200 * 8000
    // A high tone in the second quarter, silence elsewhere.
    const tone = Float32Array.from({ length }, (_, n) =>
      n >= length / 4 && n < length / 2 ? quantise(0.5 * Math.sin(n * 2.5)) : 0,
    )
    await writeFile(long, encodeWav([tone], 8000))
    const input = { path: long, startSeconds: 0, endSeconds: 200, width: 40, height: 8, isSketch: true }
    const { values } = await runMediaTask('thumbnail', input, shelf)
    const row = (y: number): number[] => [...values.subarray(40 * y, 40 * (y + 1))]
    const loud = Array.from({ length: 40 }, (_, x) => Math.max(...Array.from({ length: 8 }, (_, y) => row(y)[x]!)))
    expect(loud.map((value) => value > 200)).toEqual(Array.from({ length: 40 }, (_, x) => x >= 10 && x < 20))
    expect(Math.max(...row(7))).toBeLessThan(100)
  })

  it('thumbnail of a long recording: a faint call of 20 ms shows, which a sketch passes over', async () => {
    const long = join(folder, 'call.wav')
    const length = 200 * 8000
    const [from, to] = [101 * 8000, 101.02 * 8000]
    // Over a hum that is 30 dB louder and lower.
    const sound = Float32Array.from({ length }, (_, n) =>
      quantise(0.3 * Math.sin(n * 0.2) + (n >= from && n < to ? 0.01 * Math.sin(n * 2.5) : 0)),
    )
    await writeFile(long, encodeWav([sound], 8000))
    const input = { path: long, startSeconds: 0, endSeconds: 200, width: 40, height: 8 }
    const loudestOfRow = async (isSketch: boolean): Promise<{ x: number; value: number }> => {
      const { values } = await runMediaTask('thumbnail', { ...input, isSketch }, shelf)
      // The call's row: 3183 Hz of 4000, in mel.
      const row = values.subarray(0, 40)
      const value = Math.max(...row)
      return { x: row.indexOf(value), value }
    }
    const whole = await loudestOfRow(false)
    expect(whole.x).toBe(Math.floor((101 / 200) * 40))
    expect(whole.value).toBeGreaterThan(100)
    expect((await loudestOfRow(true)).value).toBeLessThan(whole.value / 2)
  })

  it.each([
    [1, 4000],
    [8, 4000],
    [1, 384_000],
    [8, 384_000],
  ])('hears and draws %d channels at %d Hz', async (count, sampleRateHz) => {
    const file = join(folder, `${count} at ${sampleRateHz}.wav`)
    // A tone of a quarter of the rate, softer in each further channel.
    const tones = Array.from({ length: count }, (_, channel) =>
      Float32Array.from({ length: sampleRateHz / 2 }, (_none, n) =>
        quantise([0, 0.5, 0, -0.5][n % 4]! / (channel + 1)),
      ),
    )
    await writeFile(file, encodeWav(tones, sampleRateHz))
    const whole = { path: file, startSeconds: 0, endSeconds: 0.5 }
    expect((await runMediaTask('channels', whole, shelf)).channels).toEqual(tones)
    const heard = await runMediaTask('rendition', { ...whole, from: 0, to: 44 }, shelf)
    expect(heard.totalBytes).toBe(44 + count * sampleRateHz)
    const size = { width: 20, height: 9, isSketch: false }
    const { values } = await runMediaTask('thumbnail', { ...whole, ...size }, shelf)
    expect(Math.max(...values)).toBe(255)
    const windowSamples = fittingWindow(2, sampleRateHz)
    const settings = { columnSamples: 2, windowSamples, window: 'hann', level: 'decibel' } as const
    const last = count - 1
    const drawn = { path: file, soundKey: 'k', channel: last, settings, index: 2, isSketch: false } as const
    const tile = await runMediaTask('tile', drawn, shelf)
    // In the middle of the bins, as loud as it is.
    const column = tile.values.subarray(0, tile.bins)
    expect(column.indexOf(Math.max(...column))).toBe((tile.bins - 1) / 2)
    expect(Math.max(...column) * tileStep.decibel).toBeCloseTo(20 * Math.log10(0.5 / count), 1)
  })

  it('says which file and why when it cannot', async () => {
    const noise = join(folder, 'noise.ogg')
    await writeFile(noise, 'not a sound')
    await mkdir(join(folder, 'folder.wav'))
    const code = (wanted: string, ...texts: string[]) =>
      expect.objectContaining({
        code: wanted,
        message: expect.stringMatching(new RegExp(texts.join('.*'))) as string,
      }) as Error
    await expect(runMediaTask('probe', { path: noise }, shelf)).rejects.toEqual(
      code('bad-file', 'noise.ogg', 'not a sound file'),
    )
    await expect(runMediaTask('probe', { path: join(folder, 'folder.wav') }, shelf)).rejects.toEqual(
      code('bad-file', 'folder.wav', 'not a file'),
    )
    await expect(runMediaTask('probe', { path: join(folder, 'gone.wav') }, shelf)).rejects.toThrow(/ENOENT.*gone/)
    await expect(runMediaTask('channels', span(2.5, 3), shelf)).rejects.toEqual(
      code('invalid-argument', '鐘.WAV', '2.5 s to 3 s', '2.000 s'),
    )
    await expect(runMediaTask('samples', { ...span(0, 1), channel: 2, sampleRateHz: null }, shelf)).rejects.toEqual(
      code('invalid-argument', '鐘.WAV', 'no channel 2'),
    )
    const frontEnd = { ...logmelFrontEnd, fftSamples: 1000 }
    await expect(runMediaTask('features', { ...span(0, 1), frontEnd }, shelf)).rejects.toEqual(
      code('invalid-argument', 'longer than the FFT'),
    )
  })
})
