import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { computeFrontEnd } from '../../../dsp/features'
import { findFrontEndPreset } from '../../../dsp/front-end-presets'
import { hashFrontEnd } from '../../../dsp/front-end-identity'
import type { FrontEnd } from '../../../dsp/recipe'
import { computeSegments } from '../../../dsp/segments'
import { encodeWav } from '../../../formats/audio/encode-wav'
import { decodeNpy, toFloats, toTexts } from '../../../formats/containers/npy'
import { decodeExample } from '../../../formats/containers/tf-example'
import { readRecords } from '../../../formats/containers/tfrecord'
import { everyClip } from '../../../shared/contract/clip-query'
import type { SoundDraft } from '../../../shared/job/worker-event'
import { runMediaTask } from '../../media/run-media-task'
import { SoundShelf } from '../../media/sound-shelf'
import type { OpenMediaPool } from '../media/media-desk'
import { draft, type HostFixture, importScript, openHost, removeFolder } from '../testing/host-fixture'

const rateHz = 16_000
const seconds = [1, 1.5]
/** As they come back from a file of 16 bits. */
const sounds = seconds.map((length, index) =>
  Float32Array.from(
    { length: length * rateHz },
    (_, n) => Math.round(12_000 * Math.sin((n * n * (index + 1)) / 90_000)) / 32_768,
  ),
)
const mel: FrontEnd = {
  ...findFrontEndPreset('logmel-librosa')!.frontEnd,
  sampleRateHz: rateHz,
  fftSamples: 512,
  windowSamples: 512,
  hopSamples: 160,
} as FrontEnd

describe('features as files', () => {
  let fixture: HostFixture
  const openMediaPool: OpenMediaPool = () => {
    const shelf = new SoundShelf({ maxBytes: 1e8, decodedFolder: null })
    return {
      run: (kind, input, options) => runMediaTask(kind, input, shelf, { onProgress: () => undefined, ...options }),
      close: async () => undefined,
    }
  }
  const out = (name: string): string => join(fixture.folder, name)
  const write = (name: string, frontEnd: FrontEnd, path?: string) =>
    fixture.client.features.write({
      of: path === undefined ? { kind: 'clips', query: everyClip } : { kind: 'file', path },
      frontEnd,
      out: out(name),
    })

  beforeEach(async () => {
    const drafts = ['a', 'b'].map((name, index): SoundDraft => {
      const one = draft(name, String(index + 1), index === 0 ? 'dog' : 'rain')
      const clips = one.clips.map((clip) => ({ ...clip, endSeconds: null }))
      return { ...one, sampleRateHz: rateHz, durationSeconds: seconds[index]!, clips }
    })
    fixture = openHost(
      importScript(() => drafts),
      { openMediaPool },
    )
    mkdirSync(join(fixture.folder, 'dataset', 'audio'), { recursive: true })
    for (const [index, name] of ['a', 'b'].entries())
      writeFileSync(join(fixture.folder, 'dataset', 'audio', `${name}.wav`), encodeWav([sounds[index]!], rateHz))
    await fixture.client.workspace.create({ path: join(fixture.folder, 'catalog') })
    const { jobId } = await fixture.client.recordings.import({ path: join(fixture.folder, 'dataset'), format: 'esc50' })
    await fixture.finish(jobId)
  })
  afterEach(async () => {
    await fixture.close()
    removeFolder(fixture.folder)
  })

  it('are, of a sound file in .npy, the picture that training computes', async () => {
    const file = await write('x.npy', mel, join(fixture.folder, 'dataset/audio/a.wav'))
    const expected = computeFrontEnd(sounds[0]!, mel)
    expect(file).toMatchObject({ clips: 1, pictures: 1, shape: [101, 128], frontEndHash: hashFrontEnd(mel) })
    const array = decodeNpy(new Uint8Array(readFileSync(file.path)), 'x.npy')
    expect(array.shape).toEqual([expected.frames, expected.bands])
    expect(toFloats(array, 'x.npy')).toEqual(expected.values)
    expect(file.bytes).toBe(readFileSync(file.path).length)
  })

  it('are, of clips in .npz, filled up to the longest, with what is known of each', async () => {
    const file = await write('x.npz', mel)
    const pictures = sounds.map((samples) => computeFrontEnd(samples, mel))
    expect(file.shape).toEqual([2, 151, 128])
    const arrays = unzipSync(readFileSync(file.path))
    const read = (name: string) => decodeNpy(arrays[`${name}.npy`]!, name)
    const features = toFloats(read('features'), 'features')
    const size = 151 * 128
    expect(features.subarray(0, pictures[0]!.values.length)).toEqual(pictures[0]!.values)
    expect(features.subarray(size)).toEqual(pictures[1]!.values)
    const lowest = pictures[0]!.values.reduce((low, value) => Math.min(low, value), Infinity)
    expect(new Set(features.subarray(pictures[0]!.values.length, size))).toEqual(new Set([lowest]))
    expect([...new Int32Array(read('frames').data.slice().buffer)]).toEqual([101, 151])
    expect(toTexts(read('recordings'), '')).toEqual(['audio/a.wav', 'audio/b.wav'])
    expect(toTexts(read('labels'), '').map((text) => JSON.parse(text) as unknown)).toEqual([['dog'], ['rain']])
    expect(toTexts(read('folds'), '')).toEqual(['1', '2'])
    expect([...new Float64Array(read('ends').data.slice().buffer)]).toEqual(seconds)
    expect(JSON.parse(toTexts(read('front_end'), '')[0]!)).toEqual(JSON.parse(JSON.stringify(mel)))
    expect(toFloats(read('hz'), 'hz')).toEqual(pictures[0]!.bandHz)
  })

  it('are, in .tfrecord, an example for each segment, several channels last', async () => {
    const frontEnd: FrontEnd = {
      ...mel,
      steps: [{ kind: 'sobel', output: 'magnitude', into: 'channels' }],
      segments: { of: 'samples', length: 8000, hop: 8000, rest: 'drop' },
    }
    const file = await write('x.tfrecord', frontEnd)
    expect(file).toMatchObject({ clips: 2, pictures: 5, shape: null })
    const expected = sounds.flatMap((samples) => computeSegments(samples, frontEnd))
    const records = [...readRecords(readFileSync(file.path))]
    expect(records).toHaveLength(5)
    for (const [index, one] of records.entries()) {
      if (!('record' in one)) throw new Error(one.reason)
      const example = decodeExample(one.record)
      expect(Float32Array.from(example.get('features')!.numbers)).toEqual(expected[index]!.picture.values)
      expect([...example.get('shape')!.numbers]).toEqual([51, 128, 2])
      expect(example.get('span')!.numbers[0]).toBeCloseTo(expected[index]!.startSeconds, 6)
    }
  })

  it('refuse, leaving nothing: other endings, files that are there, unequal clips in one array, what cannot be read', async () => {
    await expect(write('x.mat', mel)).rejects.toMatchObject({ code: 'invalid-argument' })
    writeFileSync(out('there.npz'), 'mine')
    await expect(write('there.npz', mel)).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(out('there.npz'), 'utf8')).toBe('mine')
    await expect(write('x.npy', mel)).rejects.toThrow(/b\.wav gives 151 frames and audio\/a\.wav 101/)
    const cropped: FrontEnd = { ...mel, steps: [{ kind: 'crop', firstBand: 100, count: 50 }] }
    await expect(write('x.npz', cropped)).rejects.toThrow(/cannot be computed: the crop reaches/)
    rmSync(join(fixture.folder, 'dataset/audio/b.wav'))
    for (const name of ['x.npz', 'x.tfrecord'])
      await expect(write(name, mel)).rejects.toMatchObject({ code: 'not-found' })
    expect(readdirSync(fixture.folder).sort()).toEqual(['catalog', 'dataset', 'documents', 'there.npz', 'user'])
  })

  it('name every front end with its hash and its shape', async () => {
    const frontEnds = await fixture.client.features.frontEnds()
    const vggish = frontEnds.find(({ name }) => name === 'vggish')!
    expect(vggish).toMatchObject({ bands: 64, channels: 1, hash: hashFrontEnd(vggish.frontEnd) })
    expect(vggish.parts.join(', ')).toBe('16 kHz, 64 mel bands, window 25 ms, logarithm, hop 10 ms, segments of 0.96 s')
  })
})
