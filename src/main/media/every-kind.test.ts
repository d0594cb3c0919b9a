/** Every kind of sound file, from the file to the loudspeaker: through the host's rendition, the page's reader and its stream. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeAudio } from '../../formats/audio/decode-audio'
import { encodeWav, type WavEncoding } from '../../formats/audio/encode-wav'
import { runMediaTask } from './run-media-task'
import { SoundShelf } from './sound-shelf'
import { ClipSound } from '../../renderer/sound/clip-sound'
import type { Listening } from '../../renderer/sound/sound-plan'
import { SoundStream } from '../../renderer/sound/sound-stream'

const fixtures = join(import.meta.dirname, '../../formats/audio/fixtures')
const folder = mkdtempSync(join(tmpdir(), 'earmark-kinds-'))
afterAll(() => rmSync(folder, { recursive: true }))
const shelf = new SoundShelf({ maxBytes: 2 ** 24, decodedFolder: null })
const plain: Listening = { rate: 1, keepsPitch: true, heterodyneHz: null, channel: null }

const clipOf = (path: string, endSeconds: number): ClipSound =>
  new ClipSound('one', async (_id, from, to) =>
    runMediaTask('rendition', { path, startSeconds: 0, endSeconds, from, to }, shelf),
  )

/** What goes out on the left. */
async function hear(sound: ClipSound, listening: Partial<Listening>, outputRateHz: number): Promise<Float32Array> {
  const piece = { clipId: 'one', fromSeconds: 0, span: null, isLooping: false, band: null }
  const stream = new SoundStream([piece], { ...plain, ...listening }, outputRateHz, () => sound)
  const all: number[] = []
  for (let isLast = false; !isLast;) {
    const block = await stream.next()
    all.push(...block.left)
    isLast = block.isLast
  }
  return Float32Array.from(all)
}

const readable = readdirSync(fixtures).filter((name) => !/^(ulaw|README)/.test(name))

describe('every kind of file is heard as it is decoded', () => {
  it.each(readable)('%s', async (name) => {
    const path = join(fixtures, name)
    const { channels, sampleRateHz, durationSeconds, bitDepth } = await decodeAudio(readFileSync(path), name)
    const sound = clipOf(path, durationSeconds)
    expect(await sound.facts()).toMatchObject({
      sampleRateHz,
      channelCount: channels.length,
      frames: channels[0]!.length,
    })
    const heard = await sound.read(0, channels[0]!.length)
    // Lossy files are heard in 16 bits; what was stored in more is heard in as many.
    const step = bitDepth === null || bitDepth <= 16 ? 2 ** -15 : 2 ** -23
    heard.forEach((samples, c) => {
      const worst = samples.reduce((most, value, n) => Math.max(most, Math.abs(value - channels[c]![n]!)), 0)
      expect(worst).toBeLessThanOrEqual(step)
    })
    expect(await hear(sound, { channel: 0 }, sampleRateHz)).toEqual(heard[0])
  })
})

describe('every rate and number of channels', () => {
  const kinds: [number, number, WavEncoding][] = [
    ...[4000, 8000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000].map((rate): [number, number, WavEncoding] => [
      rate,
      1,
      'wav16',
    ]),
    ...[88_200, 96_000, 192_000, 250_000, 384_000].map((rate): [number, number, WavEncoding] => [rate, 2, 'wav24']),
    ...[1, 2, 3, 4, 5, 6, 7, 8].map((count): [number, number, WavEncoding] => [48_000, count, 'wav-float']),
  ]
  it.each(kinds)(
    '%d Hz, %d channels, %s: each channel alone has its tone, drawn and heard',
    async (rate, count, encoding) => {
      const seconds = 0.48
      const toneOf = (channel: number): number => 200 + 100 * channel
      const tones = Array.from({ length: count }, (_, channel) =>
        Float32Array.from(
          { length: seconds * rate },
          (_, n) => 0.5 * Math.sin((2 * Math.PI * toneOf(channel) * n) / rate),
        ),
      )
      const path = join(folder, `${rate}-${count}-${encoding}.wav`)
      writeFileSync(path, encodeWav(tones, rate, encoding))
      const sound = clipOf(path, seconds)
      expect(await sound.facts()).toMatchObject({ sampleRateHz: rate, channelCount: count, frames: seconds * rate })
      for (let channel = 0; channel < count; channel++) {
        const left = await hear(sound, { channel }, 44_100)
        expect(Math.abs(left.length - seconds * 44_100)).toBeLessThanOrEqual(1)
        const part = left.subarray(2000, 20_000)
        let crossings = 0
        for (let n = 1; n < part.length; n++) if (part[n - 1]! < 0 && part[n]! >= 0) crossings++
        expect(Math.abs((crossings * 44_100) / part.length - toneOf(channel))).toBeLessThan(4)
        // The same channel as the picture has it: the lowest and the highest of each column.
        const { columns } = await runMediaTask(
          'outlineSpan',
          { path, from: 0, to: seconds * rate, count: 10, channel, sketchSamples: null },
          shelf,
        )
        for (let column = 0; column < 10; column++) {
          expect(columns[3 * column]).toBeCloseTo(-0.5, 2)
          expect(columns[3 * column + 1]).toBeCloseTo(0.5, 2)
        }
      }
    },
  )
})
