import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs'
import { cp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeAudio } from '../../formats/audio/decode-audio'
import { encodeWav } from '../../formats/audio/encode-wav'
import { BoundedFolder } from './bounded-folder'
import { SoundShelf } from './sound-shelf'

const fixtures = join(import.meta.dirname, '../../formats/audio/fixtures')
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'earmark-shelf-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const readable = readdirSync(fixtures).filter((name) => !/^(ulaw|README)/.test(name))
/** Nothing compressed is short enough for memory: every file goes the way of the long ones. */
const nothingInMemory = { maxBytes: 0, inMemoryBytes: 0 }

describe('spans of a sound file', () => {
  it.each(readable)('%s: the same as a slice of the whole decode, whichever way it is read', async (name) => {
    const path = join(fixtures, name)
    const { channels, sampleRateHz, bitDepth } = await decodeAudio(await readFile(path), path)
    const { length } = channels[0]!
    const shelves = [
      new SoundShelf({ maxBytes: 0, decodedFolder: null }),
      new SoundShelf({ ...nothingInMemory, decodedFolder: join(folder, 'decoded') }),
      new SoundShelf({ ...nothingInMemory, decodedFolder: null }),
    ]
    for (const shelf of shelves) {
      const sound = await shelf.open(path)
      expect(sound).toMatchObject({ sampleRateHz, channelCount: channels.length, bitDepth })
      expect(Math.abs(sound.frames - length)).toBeLessThanOrEqual(name.endsWith('no-xing.mp3') ? 1152 : 0)
      for (const [from, to] of [
        [0, length],
        [length - 7, length],
        [100, 101],
        [3, Math.floor(length / 2)],
        [Math.floor(length / 2), length],
      ] as const) {
        const read = await sound.read(from, to)
        expect(read.map((samples) => Float32Array.from(samples))).toEqual(
          channels.map((samples) => samples.slice(from, to)),
        )
      }
      await sound.close()
    }
  })

  it('decodes into memory once, again after a change, and keeps within its bounds', async () => {
    const [first, second] = ['first.ogg', 'second.ogg'].map((name) => join(folder, name)) as [string, string]
    await cp(join(fixtures, 'stereo-vorbis.ogg'), first)
    await cp(join(fixtures, 'stereo-vorbis.ogg'), second)
    const bytes = 2 * 4 * 11025
    const shelf = new SoundShelf({ maxBytes: bytes + 10, decodedFolder: null })
    const opened = await shelf.open(first)
    expect(await shelf.open(first)).toBe(opened)
    expect(shelf.keptBytes).toBe(bytes)
    const other = await shelf.open(second)
    expect(shelf.keptBytes).toBe(bytes)
    expect(await shelf.open(second)).toBe(other)
    expect(await shelf.open(first)).not.toBe(opened)
    const before = await shelf.open(first)
    utimesSync(first, new Date(), new Date(Date.now() + 5000))
    expect(await shelf.open(first)).not.toBe(before)
    expect(shelf.keptBytes).toBe(bytes)
  })

  it('tells a file that has lost its end since it was opened', async () => {
    const path = join(folder, 'cut.wav')
    await writeFile(path, encodeWav([new Float32Array(500_000).fill(0.5)], 8000))
    const sound = await new SoundShelf({ maxBytes: 0, decodedFolder: null }).open(path)
    truncateSync(path, 500_000)
    await expect(sound.read(1000, 500_000)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/cut\.wav: truncated.* of 62\.50 s/) as string,
    })
    await expect(new SoundShelf({ maxBytes: 0, decodedFolder: null }).open(path)).rejects.toMatchObject({
      code: 'bad-file',
    })
  })
})

describe('decodes that are kept in files', () => {
  const path = join(fixtures, 's24.flac')

  it('are made once under the name of the content, found by another shelf, and made again when gone', async () => {
    const decodedFolder = join(folder, 'kept')
    const place = join(decodedFolder, 'abc.wav')
    const first = new SoundShelf({ ...nothingInMemory, decodedFolder })
    await first.prepare(path, 'abc', () => undefined)
    expect(readdirSync(decodedFolder)).toEqual(['abc.wav'])
    const { ino } = statSync(place)
    const moved = join(folder, 'moved.flac')
    await cp(path, moved)
    const second = new SoundShelf({ ...nothingInMemory, decodedFolder })
    const sound = await second.open(moved, 'abc')
    expect(statSync(place).ino).toBe(ino)
    rmSync(place)
    const again = await second.open(moved, 'abc')
    expect(again).not.toBe(sound)
    expect(existsSync(place)).toBe(true)
    expect(await again.read(0, 50)).toEqual(
      (await decodeAudio(await readFile(path), path)).channels.map((c) => c.slice(0, 50)),
    )
  })

  it('of what cannot be decoded leave nothing behind', async () => {
    const decodedFolder = join(folder, 'failed')
    const bad = join(folder, 'bad.flac')
    const bytes = readFileSync(path)
    await writeFile(bad, bytes.subarray(0, bytes.length / 2))
    const shelf = new SoundShelf({ ...nothingInMemory, decodedFolder })
    await expect(shelf.open(bad, 'bad')).rejects.toMatchObject({ code: 'bad-file' })
    expect(readdirSync(decodedFolder)).toEqual([])
  })

  it('can be cancelled, and leave nothing either', async () => {
    const decodedFolder = join(folder, 'cancelled')
    // Long enough to be asked in the middle.
    const long = join(folder, 'long.opus')
    const one = readFileSync(join(fixtures, 'mono.opus'))
    await writeFile(long, Buffer.concat(Array.from({ length: 400 }, () => one)))
    const shelf = new SoundShelf({ ...nothingInMemory, decodedFolder })
    const controller = new AbortController()
    const told: number[] = []
    const decoding = shelf.prepare(
      long,
      'long',
      (frames) => {
        told.push(frames)
        controller.abort()
      },
      controller.signal,
    )
    await expect(decoding).rejects.toMatchObject({ code: 'cancelled' })
    expect(told).toHaveLength(1)
    expect(readdirSync(decodedFolder)).toEqual([])
  })

  it('make room for each other, the least recently used first', async () => {
    const bounded = new BoundedFolder(join(folder, 'bounded'), 250)
    bounded.makeRoom(0)
    const put = async (name: string, ageSeconds: number): Promise<void> => {
      await writeFile(bounded.place(name), new Uint8Array(100))
      utimesSync(bounded.place(name), new Date(), new Date(Date.now() - 1000 * ageSeconds))
    }
    await put('old.wav', 50)
    await put('older.wav', 60)
    await put('fresh.partial', 3000)
    await put('dead.partial', 100_000)
    expect(bounded.touch('older.wav')).toBe(true)
    expect(bounded.touch('nothing.wav')).toBe(false)
    bounded.makeRoom(50)
    expect(readdirSync(bounded.path).sort()).toEqual(['fresh.partial', 'older.wav'])
    bounded.makeRoom(1000)
    expect(readdirSync(bounded.path)).toEqual(['fresh.partial'])
  })
})

describe('probing', () => {
  it.each(readable)('%s: hash and facts of the whole decode', async (name) => {
    const path = join(fixtures, name)
    const bytes = await readFile(path)
    const { channels, durationSeconds, format, sampleRateHz, warning } = await decodeAudio(bytes, path)
    expect(await new SoundShelf({ maxBytes: 0, decodedFolder: null }).probe(path)).toEqual({
      contentHash: createHash('sha256').update(bytes).digest('hex'),
      sizeBytes: bytes.length,
      modifiedMs: Math.round(statSync(path).mtimeMs),
      channelCount: channels.length,
      durationSeconds,
      format,
      sampleRateHz,
      warning,
    })
  })
})
