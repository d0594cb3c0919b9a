import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import { encodeWav } from '../../../formats/audio/encode-wav'
import type { RecordingDraft } from '../../../shared/job/worker-event'
import { RecordingCache } from '../../media/recording-cache'
import { runMediaTask } from '../../media/run-media-task'
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

  const openMediaPool: OpenMediaPool = () => {
    const recordings = new RecordingCache(1e8)
    return {
      run(kind, input) {
        asked.push(kind)
        return runMediaTask(kind, input, recordings)
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
    const drafts: RecordingDraft[] = [
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

  it('computes peaks and thumbnails once, and again when the kept file is damaged', async () => {
    const peaks = await fixture.client.media.peaks({ clipId: clips[0]!, count: 10 })
    expect(peaks.durationSeconds).toBe(1)
    expect(peaks.peaks).toHaveLength(20)
    const picture = await fixture.client.media.thumbnail({ clipId: clips[0]! })
    expect(picture.values).toHaveLength(picture.width * picture.height)
    expect(new Set(picture.values).size).toBeGreaterThan(10)
    expect(await fixture.client.media.peaks({ clipId: clips[0]!, count: 10 })).toEqual(peaks)
    expect(await fixture.client.media.thumbnail({ clipId: clips[0]! })).toEqual(picture)
    expect(asked).toEqual(['peaks', 'thumbnail'])
    expect(cached()).toHaveLength(2)
    for (const path of cached()) {
      const bytes = readFileSync(path)
      bytes[bytes.length - 1]! ^= 1
      writeFileSync(path, bytes)
    }
    expect(await fixture.client.media.peaks({ clipId: clips[0]!, count: 10 })).toEqual(peaks)
    expect(await fixture.client.media.thumbnail({ clipId: clips[0]! })).toEqual(picture)
    expect(asked).toHaveLength(4)
    for (const path of cached()) writeFileSync(path, '')
    expect(await fixture.client.media.thumbnail({ clipId: clips[0]! })).toEqual(picture)
    // Other settings and other clips are other files.
    await fixture.client.media.peaks({ clipId: clips[0]!, count: 20 })
    await fixture.client.media.peaks({ clipId: clips[1]!, count: 10 })
    expect(cached()).toHaveLength(4)
  })

  it('works without its cache folder', async () => {
    const cache = join(fixture.folder, 'catalog', 'cache')
    rmSync(cache, { recursive: true })
    writeFileSync(cache, 'in the way')
    expect((await fixture.client.media.peaks({ clipId: clips[0]!, count: 3 })).peaks).toHaveLength(6)
  })

  it('serves ranges of one rendition, computed once', async () => {
    const whole = await fixture.client.media.readRange({ clipId: clips[0]!, start: 0, end: null })
    expect(whole).toMatchObject({ totalBytes: 44 + 2 * rateHz, mediaType: 'audio/wav' })
    expect(new TextDecoder().decode(whole.bytes.slice(0, 4))).toBe('RIFF')
    const part = await fixture.client.media.readRange({ clipId: clips[0]!, start: 100, end: 200 })
    expect(part.bytes).toEqual(whole.bytes.slice(100, 200))
    const tail = await fixture.client.media.readRange({ clipId: clips[0]!, start: 16_000, end: 99_999 })
    expect(tail.bytes).toEqual(whole.bytes.slice(16_000))
    expect(asked).toEqual(['rendition'])
    await expect(fixture.client.media.readRange({ clipId: clips[0]!, start: 99_999, end: null })).rejects.toMatchObject(
      { code: 'invalid-argument' },
    )
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
