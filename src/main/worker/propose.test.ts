import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { ProposeManifest, TrainClip, TrainManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { recipes } from '../../zoo/recipes'
import { SoundShelf } from '../media/sound-shelf'
import { runMediaTask } from '../media/run-media-task'
import type { MediaRunner } from './learning/features'
import { proposeWith } from './propose'
import { trainWith } from './train'

const shelf = new SoundShelf({ maxBytes: 2 ** 26, decodedFolder: null })
const media: MediaRunner = { run: (kind, input) => runMediaTask(kind, input, shelf) }
const rateHz = 16_000
const classes = ['high', 'low', 'noise'].map((name) => ({ id: `class-${name}`, name }))

let folder: string
let trained: TrainManifest
/** 12 seconds of noise with a high tone from 3 to 5 s and a low one from 8 to 9 s. */
let long: string

const tone = (hz: number, index: number, random: Random): number =>
  0.3 * Math.sin((2 * Math.PI * hz * index) / rateHz) + random.normal(0, 0.01)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-propose-'))
  const random = new Random(5)
  const clips = await Promise.all(
    Array.from({ length: 24 }, async (_, index): Promise<TrainClip> => {
      const classIndex = index % 3
      const hz = classIndex === 0 ? random.uniform(2500, 3500) : random.uniform(250, 500)
      const samples = Float32Array.from({ length: rateHz }, (_sample, at) =>
        classIndex === 2 ? random.normal(0, 0.1) : tone(hz, at, random),
      )
      const path = join(folder, `${index}.wav`)
      await writeFile(path, encodeWav([samples], rateHz))
      const fold = index < 12 ? '1' : '2'
      return {
        id: `clip-${index}`,
        path,
        contentHash: '',
        startSeconds: 0,
        endSeconds: 1,
        fold,
        group: `${index}`,
        classIndex,
      }
    }),
  )
  const samples = Float32Array.from({ length: 12 * rateHz }, (_, at) => {
    const seconds = at / rateHz
    if (seconds >= 3 && seconds < 5) return tone(3000, at, random)
    if (seconds >= 8 && seconds < 9) return tone(350, at, random)
    return random.normal(0, 0.1)
  })
  long = join(folder, 'long.wav')
  await writeFile(long, encodeWav([samples], rateHz))
  const positions = (fold: string): number[] => clips.flatMap((clip, index) => (clip.fold === fold ? [index] : []))
  trained = {
    kind: 'train',
    runId: 'run',
    folder: join(folder, 'run'),
    recipe: recipes['mfcc-logistic'],
    backend: 'wasm',
    classes,
    clips,
    folds: [
      { name: '1', train: positions('2'), test: positions('1') },
      { name: '2', train: positions('1'), test: positions('2') },
    ],
  }
  await trainWith(trained, () => undefined, media)
}, 60_000)
afterAll(() => rm(folder, { recursive: true }))

const clip = (id: string, path: string, endSeconds: number, fold: string | null = null) => ({
  id,
  path,
  contentHash: '',
  startSeconds: 0,
  endSeconds,
  fold,
})

async function propose(change: Partial<ProposeManifest>): Promise<WorkerEvent[]> {
  const { runId, folder: runFolder, recipe, backend } = trained
  const events: WorkerEvent[] = []
  const manifest: ProposeManifest = {
    kind: 'propose',
    runId,
    folder: runFolder,
    recipe,
    backend,
    classes,
    clips: [clip('long', long, 12)],
    windowSeconds: 1,
    hopSeconds: 0.5,
    floor: 0.5,
    ...change,
  }
  await proposeWith(manifest, (event) => events.push(event), media)
  return events
}

const rowsOf = (events: WorkerEvent[]) => events.flatMap((event) => (event.type === 'proposals' ? event.rows : []))

describe('proposing', () => {
  it('finds what is in a recording longer than a window, and says which models heard it', async () => {
    const before = tf.memory().numTensors
    const events = await propose({})
    const [row] = rowsOf(events)
    expect(row).toMatchObject({ clipId: 'long', fold: 'all', modelHash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const find = (classIndex: number) =>
      row!.segments.filter((one) => one.classIndex === classIndex).sort((a, b) => b.peak - a.peak)[0]
    // The tone is inside, and the edges are those of windows.
    for (const [segment, [start, end]] of [
      [find(0), [3, 5]],
      [find(1), [8, 9]],
    ] as const) {
      expect(Math.abs(segment!.startSeconds - start)).toBeLessThanOrEqual(0.5)
      expect(Math.abs(segment!.endSeconds - end)).toBeLessThanOrEqual(0.5)
      expect(segment!.peak).toBeGreaterThan(0.8)
    }
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.at(-1)).toMatchObject({ done: 23, total: 23 })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('proposes nothing for silence, digital or dithered, and something for what is faint', async () => {
    const random = new Random(9)
    const write = async (name: string, samples: Float32Array) => {
      const path = join(folder, name)
      await writeFile(path, encodeWav([samples], rateHz))
      return clip(name, path, samples.length / rateHz)
    }
    const decibels = (dbfs: number): number => 10 ** (dbfs / 20)
    const uniform = (peakDbfs: number) =>
      Float32Array.from({ length: 6 * rateHz }, () => random.uniform(-1, 1) * decibels(peakDbfs))
    const silent = await write('silent.wav', new Float32Array(6 * rateHz))
    const dithered = await write('dithered.wav', uniform(-80))
    const faint = await write('faint.wav', uniform(-60))
    // A tone for two seconds, nothing before and after it.
    const between = await write(
      'between.wav',
      Float32Array.from({ length: 6 * rateHz }, (_, at) =>
        at / rateHz >= 2 && at / rateHz < 4 ? tone(3000, at, random) : 0,
      ),
    )
    const events = await propose({ clips: [silent, dithered, faint, between], floor: 0 })
    const rows = new Map(rowsOf(events).map((row) => [row.clipId, row.segments]))
    expect(rows.get('silent.wav')).toEqual([])
    expect(rows.get('dithered.wav')).toEqual([])
    const spans = (name: string) => rows.get(name)!.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])
    expect(spans('faint.wav')).toEqual([0, 1, 2].map(() => [0, 6]))
    expect(spans('between.wav')).toEqual([0, 1, 2].map(() => [1.5, 4.5]))
    const progress = events.filter((event) => event.type === 'progress')
    expect(progress.at(-1)).toMatchObject({ done: 44, total: 44 })
  })

  it('hears a clip that the run trained on with the model of the fold that held it out', async () => {
    const own = trained.clips[0]!
    const byAll = rowsOf(await propose({ clips: [clip('a', own.path, 1)], floor: 0 }))[0]!
    const first = rowsOf(await propose({ clips: [clip('a', own.path, 1, '1')], floor: 0 }))[0]!
    const second = rowsOf(await propose({ clips: [clip('a', own.path, 1, '2')], floor: 0 }))[0]!
    expect([first.fold, second.fold, byAll.fold]).toEqual(['1', '2', 'all'])
    expect(new Set([first.modelHash, second.modelHash, byAll.modelHash]).size).toBe(3)
    for (const label of [0, 1, 2])
      expect(byAll.segments[label]!.peak).toBeCloseTo(
        (first.segments[label]!.peak + second.segments[label]!.peak) / 2,
        5,
      )
    await expect(propose({ clips: [clip('a', own.path, 1, '7')] })).rejects.toThrow('no model of fold 7')
  })

  it('goes over clips with networks too, and leaves none of their memory behind', async () => {
    const recipe = structuredClone(recipes['logmel-cnn'])
    if (recipe.model.kind === 'logmel-cnn') recipe.model = { ...recipe.model, cropSeconds: 1, filters: [4, 6] }
    recipe.training = { ...recipe.training, maxEpochs: 2, batchClips: 6 }
    const networks = { ...trained, recipe, folder: join(folder, 'networks') }
    await trainWith(networks, () => undefined, media)
    const before = tf.memory().numTensors
    const own = trained.clips[0]!
    const [first, second] = rowsOf(
      await propose({
        recipe,
        folder: networks.folder,
        clips: [clip('long', long, 12), clip('a', own.path, 1, '1')],
        floor: 0,
      }),
    )
    expect(first).toMatchObject({ clipId: 'long', fold: 'all' })
    expect(second).toMatchObject({ clipId: 'a', fold: '1' })
    // At a floor of 0 every class is one segment over the whole clip, and the scores of a window sum to 1.
    expect(first!.segments.map(({ startSeconds, endSeconds, windows }) => [startSeconds, endSeconds, windows])).toEqual(
      classes.map(() => [0, 12, 23]),
    )
    expect(first!.segments.reduce((sum, { mean }) => sum + mean, 0)).toBeCloseTo(1, 4)
    expect(tf.memory().numTensors).toBe(before)
  })

  it('tells a clip that it has heard with no segments too, lists what cannot be read, and goes on over many windows', async () => {
    const gone = clip('gone', join(folder, 'gone.wav'), 400)
    const events = await propose({
      clips: [gone, clip('noise', trained.clips[2]!.path, 1), clip('long', long, 12)],
      floor: 1,
      hopSeconds: 0.05,
    })
    expect(rowsOf(events).map(({ clipId, segments }) => [clipId, segments.length])).toEqual([
      ['noise', 0],
      ['long', 0],
    ])
    expect(events.flatMap((event) => (event.type === 'issues' ? event.issues : []))).toMatchObject([
      { file: gone.path },
    ])
    await expect(propose({ clips: [gone] })).rejects.toThrow('gone.wav')
  })
})
