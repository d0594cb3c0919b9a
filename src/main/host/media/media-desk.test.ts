import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import { outlineColumns } from '../../../dsp/outline'
import { encodeWav } from '../../../formats/audio/encode-wav'
import type { RecordingDraft, SoundDraft } from '../../../shared/job/worker-event'
import { runMediaTask } from '../../media/run-media-task'
import { SoundShelf } from '../../media/sound-shelf'
import { type HostFixture, importScript, openHost, removeFolder } from '../testing/host-fixture'
import type { OpenMediaPool } from './media-desk'
import { resolveInside } from './resolve-inside'

const rateHz = 8000

/** A rising tone; the second half of the recording is another clip. */
const tone = Float32Array.from({ length: 2 * rateHz }, (_, n) => 0.5 * Math.sin((n * n) / 30_000))

describe('media of clips', () => {
  let fixture: HostFixture
  let asked: string[]
  let file: string
  let clips: string[]
  let drafts: SoundDraft[]

  const openMediaPool: OpenMediaPool = ({ decodedFolder }) => {
    const shelf = new SoundShelf({ maxBytes: 1e8, decodedFolder: decodedFolder ?? null })
    return {
      run(kind, input, options) {
        asked.push(kind)
        return runMediaTask(kind, input, shelf, { onProgress: () => undefined, ...options })
      },
      close: async () => undefined,
    }
  }

  const half = (startSeconds: number, endSeconds: number | null): RecordingDraft['clips'][number] => ({
    startSeconds,
    endSeconds,
    fold: null,
    group: null,
    labels: [],
    source: {},
  })

  beforeEach(async () => {
    asked = []
    drafts = [
      {
        path: 'tief/Töne 1.wav',
        contentHash: 'h',
        sizeBytes: 44 + 4 * rateHz,
        modifiedMs: 0,
        format: 'wav',
        sampleRateHz: rateHz,
        channelCount: 1,
        durationSeconds: 2,
        clips: [half(0, 1), half(1, null)],
      },
    ]
    fixture = openHost(
      importScript(() => drafts),
      { openMediaPool },
    )
    const dataset = join(fixture.folder, 'dataset')
    mkdirSync(join(dataset, 'tief'), { recursive: true })
    file = join(dataset, 'tief', 'Töne 1.wav')
    writeFileSync(file, encodeWav([tone], rateHz))
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
    const { jobId } = await fixture.client.recordings.import({ path: dataset, format: 'folder' })
    await fixture.finish(jobId)
    clips = await fixture.client.clips.ids({ query: everyClip })
  })

  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  const cached = (): string[] =>
    readdirSync(join(fixture.folder, 'catalog', 'cache'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(fixture.folder, 'catalog', 'cache', name))
      .filter((path) => statSync(path).isFile())

  it('gives a clip’s own samples', async () => {
    const { samples, sampleRateHz, channelCount } = await fixture.client.media.samples({ clipId: clips[1]! })
    expect({ sampleRateHz, channelCount, length: samples.length }).toEqual({
      sampleRateHz: rateHz,
      channelCount: 1,
      length: rateHz,
    })
    expect(samples[100]).toBeCloseTo(tone[rateHz + 100]!, 4)
    expect((await fixture.client.clips.get({ id: clips[1]! })).absolutePath).toBe(file)
  })

  it('computes thumbnails once, and again when the kept file is damaged', async () => {
    const picture = await fixture.client.media.thumbnail({ clipId: clips[0]! })
    expect(picture.values).toHaveLength(picture.width * picture.height)
    expect(new Set(picture.values).size).toBeGreaterThan(10)
    expect(await fixture.client.media.thumbnail({ clipId: clips[0]! })).toEqual(picture)
    expect(asked).toEqual(['thumbnail'])
    expect(cached()).toHaveLength(1)
    for (const path of cached()) {
      const bytes = readFileSync(path)
      bytes[bytes.length - 1]! ^= 1
      writeFileSync(path, bytes)
    }
    expect(await fixture.client.media.thumbnail({ clipId: clips[0]! })).toEqual(picture)
    expect(asked).toHaveLength(2)
    for (const path of cached()) writeFileSync(path, '')
    expect(await fixture.client.media.thumbnail({ clipId: clips[0]! })).toEqual(picture)
    // Other clips are other files.
    await fixture.client.media.thumbnail({ clipId: clips[1]! })
    expect(cached()).toHaveLength(2)
  })

  it('gives a sketch of a long clip where one will do, and keeps what has looked at all of it', async () => {
    const folder = join(fixture.folder, 'long')
    mkdirSync(folder)
    const length = 200 * rateHz
    const call = Float32Array.from({ length }, (_, n) => (n > 808_500 && n < 808_660 ? 0.1 * Math.sin(n * 2.5) : 0))
    writeFileSync(join(folder, 'long.wav'), encodeWav([call], rateHz))
    // As many samples as hours have, says the catalog: the file itself would take the test too long.
    const facts = { sizeBytes: 44 + 2 * length, sampleRateHz: 96_000, durationSeconds: 200 }
    drafts = [{ ...drafts[0]!, ...facts, path: 'long.wav', contentHash: 'h3', clips: [half(0, null)] }]
    await fixture.finish((await fixture.client.recordings.import({ path: folder, format: 'folder' })).jobId)
    const clipId = (await fixture.client.clips.ids({ query: everyClip })).find((id) => !clips.includes(id))!
    const { media } = fixture.client
    const loudest = ({ values }: { values: Uint8Array }): number => Math.max(...values)
    const sketch = await media.thumbnail({ clipId, takesSketch: true })
    expect([sketch.isExact, loudest(sketch)]).toEqual([false, 0])
    expect(cached()).toEqual([])
    const whole = await media.thumbnail({ clipId })
    expect([whole.isExact, loudest(whole)]).toEqual([true, 255])
    expect(await media.thumbnail({ clipId, takesSketch: true })).toEqual(whole)
    expect(asked).toEqual(['thumbnail', 'thumbnail'])
  })

  it('works without its cache folder', async () => {
    const cache = join(fixture.folder, 'catalog', 'cache')
    rmSync(cache, { recursive: true })
    writeFileSync(cache, 'in the way')
    expect((await fixture.client.media.thumbnail({ clipId: clips[0]! })).values.length).toBeGreaterThan(100)
  })

  it('gives the waveform of a part of a clip', async () => {
    const { media } = fixture.client
    const span = { startSeconds: 0.25, endSeconds: 0.75, count: 10, channel: 'mean' as const }
    const { columns, isExact } = await media.outline({ clipId: clips[1]!, ...span })
    expect(isExact).toBe(true)
    const read = tone.map((value) => Math.round(value * 32768) / 32768)
    const expected = outlineColumns(read, 1.25 * rateHz, 1.75 * rateHz, 10)
    expect(columns).toEqual(expected)
    await expect(media.outline({ clipId: clips[1]!, ...span, endSeconds: 0.25 })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    await expect(media.outline({ clipId: clips[1]!, ...span, channel: 1 })).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(/no channel 1/) as string,
    })
  })

  it('gives tiles of the recording’s spectrogram, which its clips share, and computes a damaged one again', async () => {
    const { media } = fixture.client
    const settings = { columnLog2: 5, windowLog2: 8, window: 'hann', level: 'decibel', channel: 'mean' } as const
    const first = await media.tile({ clipId: clips[0]!, settings, index: 0 })
    expect(first).toMatchObject({ columns: 256, bins: 129 })
    const loudestOf = (column: number): number => {
      const levels = first.values.subarray(column * 129, (column + 1) * 129)
      return levels.indexOf(Math.max(...levels))
    }
    // The tone's frequency at sample n is n·rate/(30 000·π); a bin is rate/256.
    for (const column of [50, 200])
      expect(Math.abs(loudestOf(column) - (column * 32 * 256) / (30_000 * Math.PI))).toBeLessThan(1)
    expect(await media.tile({ clipId: clips[1]!, settings, index: 0 })).toEqual(first)
    expect(asked).toEqual(['tile'])
    const [kept] = cached()
    for (const damage of [(bytes: Buffer) => (bytes[30]! ^= 1), (bytes: Buffer) => bytes.fill(0)]) {
      const bytes = readFileSync(kept!)
      damage(bytes)
      writeFileSync(kept!, bytes)
      expect(await media.tile({ clipId: clips[0]!, settings, index: 0 })).toEqual(first)
    }
    writeFileSync(kept!, readFileSync(kept!).subarray(0, 1000))
    expect(await media.tile({ clipId: clips[0]!, settings, index: 0 })).toEqual(first)
    expect(asked).toHaveLength(4)
    const last = await media.tile({ clipId: clips[0]!, settings, index: 1 })
    expect(last.columns).toBe(500 + 1 - 256)
    await media.tile({ clipId: clips[0]!, settings: { ...settings, window: 'hamming' }, index: 0 })
    expect(cached()).toHaveLength(3)
  })

  it('refuses tiles that cannot be, and leaves none half-written when nobody waits any more', async () => {
    const { media } = fixture.client
    const settings = { columnLog2: 5, windowLog2: 8, window: 'hann', level: 'decibel', channel: 'mean' } as const
    for (const wrong of [
      { settings, index: 2 },
      { settings, index: -1 },
      { settings: { ...settings, channel: 1 }, index: 0 },
      { settings: { ...settings, columnLog2: 2 }, index: 0 },
      { settings: { ...settings, windowLog2: 16 }, index: 0 },
    ])
      await expect(media.tile({ clipId: clips[0]!, ...wrong })).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(cached()).toEqual([])
    const controller = new AbortController()
    const waiting = media.tile({ clipId: clips[0]!, settings, index: 0 }, { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    const tile = await media.tile({ clipId: clips[0]!, settings, index: 0 })
    expect(tile.columns).toBe(256)
    await expect.poll(() => cached().map((path) => path.endsWith('.partial'))).toEqual([false])
  })

  it('serves ranges of a rendition, and reads no more than these', async () => {
    const whole = await fixture.client.media.readRange({ clipId: clips[0]!, start: 0, end: null })
    expect(whole).toMatchObject({ totalBytes: 44 + 2 * rateHz, mediaType: 'audio/wav' })
    expect(new TextDecoder().decode(whole.bytes.slice(0, 4))).toBe('RIFF')
    const part = await fixture.client.media.readRange({ clipId: clips[0]!, start: 100, end: 200 })
    expect(part.bytes).toEqual(whole.bytes.slice(100, 200))
    const tail = await fixture.client.media.readRange({ clipId: clips[0]!, start: 16_000, end: 99_999 })
    expect(tail.bytes).toEqual(whole.bytes.slice(16_000))
    expect(asked).toEqual(['rendition', 'rendition', 'rendition'])
    await expect(fixture.client.media.readRange({ clipId: clips[0]!, start: 99_999, end: null })).rejects.toMatchObject(
      { code: 'invalid-argument' },
    )
  })

  it('decodes a long compressed recording once, tells how far it is, and reads spans of it', async () => {
    const opus = readFileSync(join(import.meta.dirname, '../../../formats/audio/fixtures/mono.opus'))
    const count = 800
    const folder = join(fixture.folder, 'long')
    mkdirSync(folder)
    writeFileSync(join(folder, 'long.opus'), Buffer.concat(Array.from({ length: count }, () => opus)))
    const { mtimeMs, size } = statSync(join(folder, 'long.opus'))
    const facts = { sizeBytes: size, modifiedMs: mtimeMs, format: 'opus', sampleRateHz: 48_000 }
    const spans = [half(1, null)]
    drafts = [
      { ...drafts[0]!, ...facts, path: 'long.opus', contentHash: 'h2', durationSeconds: count / 2, clips: spans },
    ]
    await fixture.finish((await fixture.client.recordings.import({ path: folder, format: 'folder' })).jobId)
    const clipId = (await fixture.client.clips.ids({ query: everyClip })).find((id) => !clips.includes(id))!
    const { media } = fixture.client
    const [early, late] = await Promise.all(
      [0, 2e6].map((start) => media.readRange({ clipId, start, end: start + 9600 })),
    )
    expect(early!.totalBytes).toBe(44 + 2 * 48_000 * (count / 2 - 1))
    expect(late!.bytes).toHaveLength(9600)
    expect(new Int16Array(late!.bytes.slice().buffer).some((sample) => sample > 10_000)).toBe(true)
    await media.readRange({ clipId, start: 5e6, end: 5e6 + 100 })
    expect(asked.filter((kind) => kind === 'prepare')).toHaveLength(1)
    expect(cached()).toEqual([join(fixture.folder, 'catalog', 'cache', 'sound', 'h2.wav')])
    const told = fixture.heard('media.preparing')
    expect(told.length).toBeGreaterThan(1)
    expect(told.at(-1)).toMatchObject({ doneSeconds: count / 2, totalSeconds: count / 2 })
  })

  it('says which file is missing, remembers it, and notices that it is back', async () => {
    renameSync(file, `${file}.away`)
    await expect(fixture.client.media.samples({ clipId: clips[0]! })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('Töne 1.wav'),
    })
    expect(await fixture.client.clips.ids({ query: parseClipQuery('is:missing') })).toEqual(clips)
    expect(fixture.heard('clips.changed').at(-1)).toEqual({ clipIds: [clips[0]] })
    expect((await fixture.client.workspace.verify()).problems).toEqual([
      expect.stringContaining('Töne 1.wav is missing'),
    ])
    renameSync(`${file}.away`, file)
    await fixture.client.media.samples({ clipId: clips[0]! })
    expect(await fixture.client.clips.ids({ query: parseClipQuery('is:missing') })).toEqual([])
  })

  it('names a file that is broken, which is not missing', async () => {
    writeFileSync(file, 'no sound at all')
    await expect(fixture.client.media.samples({ clipId: clips[0]! })).rejects.toMatchObject({
      code: expect.stringMatching(/bad-file|unsupported-format/),
      message: expect.stringContaining('Töne 1.wav'),
    })
    expect(await fixture.client.clips.ids({ query: parseClipQuery('is:missing') })).toEqual([])
    await expect(fixture.client.media.samples({ clipId: 'nobody' })).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a recording’s path', () => {
  it('stays inside its root', () => {
    expect(resolveInside('/data/set', 'audio/..a.wav')).toBe('/data/set/audio/..a.wav')
    for (const path of ['../x.wav', 'a/../../x.wav', '/etc/passwd', '', '.', '..'])
      expect(() => resolveInside('/data/set', path)).toThrowError(expect.objectContaining({ code: 'invalid-argument' }))
  })
})
