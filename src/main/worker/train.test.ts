// Over 500 lines: the same few tones are trained on in every way that a run can go.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DrawPlace } from '../../dsp/augment/draw-place'
import type { Spectrogram } from '../../dsp/features'
import { Random } from '../../dsp/random'
import { findFrontEndPreset } from '../../dsp/front-end-presets'
import { gainResponse } from '../../dsp/gain-response'
import { mfccFrontEnd } from '../../dsp/presets'
import type { AugmentationChain, AugmentationStep, FrontEnd, Recipe } from '../../dsp/recipe'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { PredictManifest, TrainClip, TrainManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { recipes } from '../../zoo/recipes'
import { SoundShelf } from '../media/sound-shelf'
import type { MediaInput } from '../media/media-task'
import { runMediaTask } from '../media/run-media-task'
import { selectBackend } from './backends/select-backend'
import { loadCheckpoint } from './learning/checkpoint'
import { loadAllFeatures, loadFeatures, type MediaRunner } from './learning/features'
import { findHighest } from './learning/scorer'
import { predictWith } from './predict'
import { trainWith } from './train'

/** The media tasks without threads, whose built entry is not there in unit tests. */
const recordings = new SoundShelf({ maxBytes: 2 ** 26, decodedFolder: null })
const media: MediaRunner = { run: (kind, input) => runMediaTask(kind, input, recordings) }

const rateHz = 16_000
const classNames = ['high', 'low', 'noise']
let folder: string
let clips: TrainClip[]

/** Tones above and below 1 kHz and noise, a little over half a second each: three takes in each of two folds. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-train-'))
  const random = new Random(11)
  clips = await Promise.all(
    Array.from({ length: 18 }, async (_, index) => {
      const classIndex = index % 3
      const hz = classIndex === 0 ? random.uniform(2000, 4000) : random.uniform(200, 600)
      const samples = Float32Array.from({ length: Math.round(rateHz * random.uniform(0.5, 0.7)) }, (_, i) =>
        classIndex === 2
          ? random.normal(0, 0.1)
          : 0.3 * Math.sin((2 * Math.PI * hz * i) / rateHz) + random.normal(0, 0.01),
      )
      const path = join(folder, `${index}.wav`)
      await writeFile(path, encodeWav([samples], rateHz))
      const fold = index < 9 ? '1' : '2'
      return {
        id: `clip-${index}`,
        path,
        contentHash: '',
        startSeconds: 0,
        endSeconds: 10,
        fold,
        group: `${index}`,
        classIndex,
      }
    }),
  )
})
afterAll(() => rm(folder, { recursive: true }))

const gain = { kind: 'picture-gain', decibels: [-6, 6] } satisfies AugmentationStep
const mixup = { kind: 'mixup', alpha: 0.2, labels: 'shares' } satisfies AugmentationStep

function smallRecipe(name: keyof typeof recipes): Recipe {
  const recipe = structuredClone(recipes[name])
  if (recipe.model.kind === 'logmel-cnn') {
    recipe.model = { ...recipe.model, cropSeconds: 1, filters: [4, 6] }
    recipe.training = { ...recipe.training, maxEpochs: 30, batchClips: 6, learningRate: 0.01 }
    recipe.training.chain = { steps: [gain] }
  }
  return recipe
}

async function manifestFor(recipe: Recipe): Promise<TrainManifest> {
  const positionsOf = (fold: string): number[] => clips.flatMap((clip, index) => (clip.fold === fold ? [index] : []))
  return {
    kind: 'train',
    runId: 'run',
    folder: await mkdtemp(join(folder, 'run-')),
    recipe,
    backend: 'wasm',
    classes: classNames.map((name) => ({ id: `class-${name}`, name })),
    clips,
    folds: [
      { name: '1', train: positionsOf('2'), test: positionsOf('1') },
      { name: '2', train: positionsOf('1'), test: positionsOf('2') },
    ],
  }
}

async function trainAll(manifest: TrainManifest): Promise<WorkerEvent[]> {
  const events: WorkerEvent[] = []
  await trainWith(manifest, (event) => events.push(event), media)
  return events
}

/** Trains until the event that `isEnd` knows; what the process knew is lost, as when it is killed. */
async function interrupt(manifest: TrainManifest, isEnd: (event: WorkerEvent) => boolean): Promise<void> {
  const training = trainWith(
    manifest,
    (event) => {
      if (isEnd(event)) throw new Error('killed')
    },
    media,
  )
  await expect(training).rejects.toThrow('killed')
}

function notesOf(events: readonly WorkerEvent[]): string[] {
  return events.flatMap((event) => (event.type === 'note' ? [event.message] : []))
}

function scoresOf(events: readonly WorkerEvent[]): Map<string, Float32Array> {
  const rows = events.flatMap((event) => (event.type === 'predictions' ? event.rows : []))
  return new Map(rows.map(({ clipId, scores }) => [clipId, scores]))
}

describe.each(['logmel-cnn', 'mfcc-logistic'] as const)('a run of %s', (name) => {
  it('trains, scores every test clip once, and predicts the same from its saved models', async () => {
    const manifest = await manifestFor(smallRecipe(name))
    const events = await trainAll(manifest)

    const order = events.map((event) => event.type).filter((type) => type !== 'progress')
    expect([...new Set(order)]).toEqual(['backend', 'fold-started', 'epoch', 'predictions', 'fold-finished'])
    expect(events.filter((event) => event.type === 'fold-finished').map((event) => event.fold)).toEqual(['1', '2'])

    const progress = events.filter((event) => event.type === 'progress')
    for (const [index, event] of progress.entries()) {
      expect(event.done).toBeGreaterThanOrEqual(progress[index - 1]?.done ?? 0)
      expect(event.done).toBeLessThanOrEqual(event.total)
    }
    expect(progress.at(-1)).toMatchObject({ done: progress[0]!.total })

    const scores = scoresOf(events)
    expect(scores.size).toBe(clips.length)
    let correct = 0
    for (const clip of clips) {
      const row = scores.get(clip.id)!
      expect(row.reduce((total, score) => total + score, 0)).toBeCloseTo(1, 5)
      if (row.indexOf(Math.max(...row)) === clip.classIndex) correct++
    }
    expect(correct).toBeGreaterThanOrEqual(16)

    expect((await readdir(manifest.folder)).sort()).toEqual(['model-1', 'model-2'])
    await rm(join(manifest.folder, 'model-2'), { recursive: true })
    const again: WorkerEvent[] = []
    const asked: PredictManifest = { ...manifest, kind: 'predict', clips: clips.filter((clip) => clip.fold === '1') }
    await predictWith(asked, (event) => again.push(event), media)
    const repeated = scoresOf(again)
    expect(repeated.size).toBe(9)
    for (const [clipId, row] of repeated) {
      for (const [label, score] of row.entries()) expect(score).toBeCloseTo(scores.get(clipId)![label]!, 5)
    }
  })

  it('repeats bit for bit', async () => {
    const recipe = smallRecipe(name)
    recipe.training.maxEpochs = Math.min(recipe.training.maxEpochs, 3)
    const first = scoresOf(await trainAll(await manifestFor(recipe)))
    const before = tf.memory().numTensors
    expect(scoresOf(await trainAll(await manifestFor(recipe)))).toEqual(first)
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('a run that was interrupted', () => {
  async function readModels(manifest: TrainManifest): Promise<Buffer[]> {
    return Promise.all(['1', '2'].map((fold) => readFile(join(manifest.folder, `model-${fold}`, 'weights.bin'))))
  }

  function networkManifest(): Promise<TrainManifest> {
    const recipe = smallRecipe('logmel-cnn')
    recipe.training = { ...recipe.training, maxEpochs: 6, validationShare: 0.25, chain: { steps: [gain, mixup] } }
    return manifestFor(recipe)
  }

  it('goes on from its state, trains no finished fold again, and ends as one that ran through', async () => {
    const straight = await networkManifest()
    const scores = scoresOf(await trainAll(straight))
    const models = await readModels(straight)

    const manifest = await networkManifest()
    await interrupt(manifest, (event) => event.type === 'epoch' && event.fold === '1' && event.epoch === 3)
    expect(await readdir(manifest.folder)).toEqual(['training-1.state'])
    await interrupt(manifest, (event) => event.type === 'epoch' && event.fold === '2' && event.epoch === 5)
    expect((await readdir(manifest.folder)).sort()).toEqual(['model-1', 'training-2.state'])
    const before = tf.memory().numTensors
    const events = await trainAll(manifest)
    expect(tf.memory().numTensors).toBe(before)

    const epochs = events.flatMap((event) => (event.type === 'epoch' ? [event] : []))
    expect(epochs.every((event) => event.fold === '2' && event.epoch > 1)).toBe(true)
    expect(epochs.at(-1)!.epoch).toBe(6)
    const progress = events.flatMap((event) => (event.type === 'progress' ? [event.message] : []))
    expect(notesOf(events)).toEqual([
      expect.stringMatching(/^Fold 1 is trained already/),
      expect.stringMatching(/^Fold 2 goes on after epoch [1-4]$/),
    ])
    expect(progress).toEqual(expect.arrayContaining(notesOf(events)))
    const finished = events.flatMap((event) => (event.type === 'fold-finished' ? [event] : []))
    expect(finished.map(({ fold }) => fold)).toEqual(['1', '2'])
    for (const { seconds, bestEpoch } of finished) {
      expect(seconds).toBeGreaterThan(0)
      expect(bestEpoch).toBeGreaterThan(0)
    }
    expect(scoresOf(events)).toEqual(scores)
    expect(await readModels(manifest)).toEqual(models)
    expect((await readdir(manifest.folder)).sort()).toEqual(['model-1', 'model-2'])
  })

  it('begins anew where what was left is of other clips, and says so', async () => {
    const manifest = await networkManifest()
    await interrupt(manifest, (event) => event.type === 'epoch' && event.fold === '2' && event.epoch === 2)
    const [first, ...others] = manifest.clips
    const events = await trainAll({ ...manifest, clips: [{ ...first!, contentHash: 'changed' }, ...others] })
    expect(events.filter((event) => event.type === 'epoch').length).toBe(12)
    expect(notesOf(events)).toEqual([
      expect.stringMatching(/^Fold 1 is trained again: there is a model of it, but it is of other clips/),
      expect.stringMatching(/^Fold 2 begins anew: there is a state of it, but it is of other clips/),
    ])
  })

  it('begins a fold anew whose recordings sound otherwise now, though nobody told the manifest', async () => {
    const manifest = await networkManifest()
    await interrupt(manifest, (event) => event.type === 'epoch' && event.fold === '2' && event.epoch === 2)
    // Trained on in fold 2, tested in fold 1.
    const [first, ...others] = manifest.clips
    const path = join(manifest.folder, 'recorded-again.wav')
    await writeFile(path, encodeWav([Float32Array.from({ length: rateHz }, (_, i) => Math.sin(i / 3) / 4)], rateHz))
    const events = await trainAll({ ...manifest, clips: [{ ...first!, path }, ...others] })
    expect(notesOf(events)).toEqual([
      expect.stringMatching(/^Fold 1 is trained already/),
      expect.stringMatching(/^Fold 2 begins anew: there is a state of it, but it is of other clips or sounds/),
    ])
    const epochs = events.flatMap((event) => (event.type === 'epoch' ? [`${event.fold}/${event.epoch}`] : []))
    expect(epochs).toEqual(['2/1', '2/2', '2/3', '2/4', '2/5', '2/6'])
  })

  it('leaves no state behind where it was killed between a model and the end of its fold', async () => {
    const manifest = await networkManifest()
    await interrupt(manifest, (event) => event.type === 'fold-finished' && event.fold === '1')
    for (const name of ['training-1.state', 'training-1.state.unfinished'])
      await writeFile(join(manifest.folder, name), 'left')
    await trainAll(manifest)
    expect((await readdir(manifest.folder)).sort()).toEqual(['model-1', 'model-2'])
  })
})

describe('a run whose recipe has an augmentation chain', () => {
  const chain: AugmentationChain = {
    steps: [
      { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'wrap', probability: 0.5 },
      { kind: 'noise', color: 'pink', snrDb: [5, 20], level: 'active' },
      { kind: 'noise', color: 'white', snrDb: [0, 5], level: 'rms', onlyClasses: ['low'] },
    ],
  }

  function chained(steps = [...chain.steps, gain, mixup]): Promise<TrainManifest> {
    const recipe = smallRecipe('logmel-cnn')
    recipe.training = {
      ...recipe.training,
      maxEpochs: 4,
      validationShare: 0,
      chain: { steps },
    }
    return manifestFor(recipe)
  }
  const weightsOf = (manifest: TrainManifest): Promise<Buffer> =>
    readFile(join(manifest.folder, 'model-1', 'weights.bin'))

  it('gives the network every clip of its training folds anew, changed, and the tested ones as they are', async () => {
    const heard: { path: string; samples: Float32Array; draw: DrawPlace | null }[] = []
    const listening: MediaRunner = {
      async run(kind, input) {
        const output = await runMediaTask(kind, input, recordings)
        const { path, augmentation } = input as MediaInput<'features'>
        if (kind === 'features')
          heard.push({ path, samples: (output as Spectrogram).values.slice(), draw: augmentation?.place ?? null })
        return output
      },
    }
    const manifest = await chained()
    manifest.folds = [manifest.folds[0]!]
    await trainWith(manifest, () => undefined, listening)
    const plain = new Map(heard.flatMap(({ path, samples, draw }) => (draw ? [] : [[path, samples]])))
    const changed = heard.filter(({ draw }) => draw !== null)
    // One batch of six in each of four epochs.
    expect(changed.map(({ draw }) => draw!.example).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 24 }, (_, index) => index),
    )
    expect(new Set(changed.map(({ draw }) => draw!.epoch))).toEqual(new Set([1, 2, 3, 4]))
    const trained = new Set(manifest.folds[0]!.train.map((position) => clips[position]!.path))
    for (const { path, samples, draw } of changed) {
      expect(trained.has(path)).toBe(true)
      expect(draw!.className).toBe(classNames[clips.find((clip) => clip.path === path)!.classIndex])
      expect(samples).not.toEqual(plain.get(path))
    }
    expect(new Set(changed.map(({ samples }) => samples.join())).size).toBe(24)
  })

  it('learns something else than without, or with another step, and the same again', async () => {
    const run = async (steps?: AugmentationChain['steps']): Promise<Buffer> => {
      const manifest = await chained(steps)
      await trainAll(manifest)
      return weightsOf(manifest)
    }
    const first = await run()
    expect(await run()).toEqual(first)
    const without = await run([])
    expect(without).not.toEqual(first)
    expect(await run(chain.steps.slice(0, 2))).not.toEqual(first)

    // An empty chain is none.
    const none = await chained()
    delete none.recipe.training.chain
    await trainAll(none)
    expect(await weightsOf(none)).toEqual(without)
  })

  /** With recorded noise out of all clips, those of the tested fold among them. */
  async function noisy(): Promise<TrainManifest> {
    const manifest = await chained([
      { kind: 'recorded-noise', source: { query: '' }, snrDb: [0, 10], level: 'active' },
      ...chain.steps,
    ])
    const all = clips.map(({ path, group, fold }) => ({ path, group, fold, contentHash: null }))
    return { ...manifest, materials: [all.map((own) => ({ ...own, startSeconds: 0, endSeconds: null })), [], [], []] }
  }

  it('takes noise from no recording that the fold is tested on or stopped by', async () => {
    const manifest = await noisy()
    manifest.recipe.training.validationShare = 0.3
    const positions = manifest.folds[0]!.train
    manifest.folds = [{ ...manifest.folds[0]!, train: positions.slice(0, 6), validation: positions.slice(6) }]
    const taken: string[] = []
    await trainWith(manifest, () => undefined, {
      run(kind, input) {
        const { augmentation } = input as MediaInput<'features'>
        if (augmentation) taken.push(...augmentation.materials![0]!.map(({ path }) => path))
        return runMediaTask(kind, input, recordings)
      },
    })
    const trained = positions.slice(0, 6).map((position) => clips[position]!.path)
    expect([...new Set(taken)].sort()).toEqual(trained.sort())

    manifest.materials = [manifest.materials![0]!.filter(({ path }) => !trained.includes(path)), [], [], []]
    await expect(trainAll(manifest)).rejects.toThrow('Step 1 of the chain (recorded-noise) has no sound for fold “1”')
  })

  it('learns the same whichever thread is done first, whether sounds are kept or not, and after it was killed', async () => {
    const steps = [...(await noisy()).recipe.training.chain!.steps, ...mixing.slice(1, 2)]
    const make = async (): Promise<TrainManifest> => {
      const { materials } = await noisy()
      return { ...(await chained(steps)), materials: materials! }
    }
    const straight = await make()
    await trainAll(straight)
    const wanted = await weightsOf(straight)

    const late = new Random(3)
    const asked = new Set<string>()
    const jittered = await make()
    await trainWith(jittered, () => undefined, {
      async run(kind, input, options) {
        asked.add(kind)
        await new Promise((resolve) => setTimeout(resolve, late.uniform(0, 6)))
        return media.run(kind, input, options)
      },
    })
    expect([...asked].sort()).toEqual(['excerpt', 'features', 'samples'])
    expect(await weightsOf(jittered)).toEqual(wanted)

    const killed = await make()
    await interrupt(killed, (event) => event.type === 'epoch' && event.fold === '1' && event.epoch === 2)
    expect(notesOf(await trainAll(killed))).toEqual([expect.stringMatching(/^Fold 1 goes on after epoch [12]$/)])
    expect(await weightsOf(killed)).toEqual(wanted)
  })

  const mixing: AugmentationStep[] = [
    { kind: 'gain', decibels: [-6, 6] },
    { kind: 'between-class', ratio: [0.1, 0.9], probability: 0.8, exceptClasses: ['noise'] },
    { kind: 'time-warp', widestFrames: 3 },
    mixup,
  ]

  it('mixes in clips of its training folds alone, of other classes, and none of a class that is left out', async () => {
    const asked: { own: number; partner: number | null }[] = []
    const positionOf = (path: string): number => clips.findIndex((clip) => clip.path === path)
    const listening: MediaRunner = {
      run(kind, input) {
        const { path, augmentation } = input as MediaInput<'features'>
        const partner = augmentation?.partners?.[1]?.span.path
        if (augmentation)
          asked.push({ own: positionOf(path), partner: partner === undefined ? null : positionOf(partner) })
        return runMediaTask(kind, input, recordings)
      },
    }
    const manifest = await chained(mixing)
    manifest.folds = [manifest.folds[0]!]
    await trainWith(manifest, () => undefined, listening)
    const mixed = asked.filter(({ partner }) => partner !== null)
    expect(mixed.length).toBeGreaterThan(6)
    expect(mixed.length).toBeLessThan(asked.length)
    for (const { own, partner } of mixed) {
      expect(manifest.folds[0]!.train).toContain(partner)
      const [first, second] = [own, partner!].map((position) => classNames[clips[position]!.classIndex])
      expect(second).not.toBe(first)
      expect([first, second]).not.toContain('noise')
    }
  })

  it('hears its sounds once for all epochs where it changes pictures alone', async () => {
    let heard = 0
    const counting: MediaRunner = {
      run(kind, input) {
        heard++
        return runMediaTask(kind, input, recordings)
      },
    }
    await trainWith(await chained([gain, { kind: 'time-warp', widestFrames: 3 }, mixup]), () => undefined, counting)
    expect(heard).toBe(clips.length)
  })

  it.each([
    ['generated noise', chained],
    ['other sounds', noisy],
    ['mixing of clips', () => chained(mixing)],
  ])('goes on after an interruption to the same last bit, with %s', async (_, make) => {
    const straight = await make()
    const scores = scoresOf(await trainAll(straight))
    const manifest = await make()
    await interrupt(manifest, (event) => event.type === 'epoch' && event.fold === '1' && event.epoch === 3)
    const events = await trainAll(manifest)
    expect(notesOf(events)[0]).toMatch(/^Fold 1 goes on after epoch [12]$/)
    expect(scoresOf(events)).toEqual(scores)
    expect(await weightsOf(manifest)).toEqual(await weightsOf(straight))
  })
})

describe('front ends of other kinds', () => {
  it.each(['piczak-short', 'constant-q', 'pcen'])(
    'a network learns from %s and predicts the same again',
    async (name) => {
      const recipe = smallRecipe('logmel-cnn')
      const { frontEnd } = findFrontEndPreset(name)!
      recipe.frontEnd = frontEnd
      const mask = { kind: 'frequency-mask', masks: 1, widestBands: 12 } satisfies AugmentationStep
      const steps = [...(gainResponse(frontEnd) ? [gain] : []), mask]
      recipe.training = { ...recipe.training, maxEpochs: 20, chain: { steps } }
      const manifest = await manifestFor(recipe)
      const scores = scoresOf(await trainAll(manifest))
      const correct = clips.filter(({ id, classIndex }) => {
        const row = scores.get(id)!
        return row.indexOf(Math.max(...row)) === classIndex
      })
      expect(correct.length).toBeGreaterThanOrEqual(13)
      await rm(join(manifest.folder, 'model-2'), { recursive: true })
      const again: WorkerEvent[] = []
      const asked: PredictManifest = { ...manifest, kind: 'predict', clips: clips.filter((clip) => clip.fold === '1') }
      await predictWith(asked, (event) => again.push(event), media)
      for (const [clipId, row] of scoresOf(again))
        for (const [label, score] of row.entries()) expect(score).toBeCloseTo(scores.get(clipId)![label]!, 5)
    },
  )

  it('standardise by the training clips alone: what is tested may sound like anything', async () => {
    const fitted = async (changed: TrainClip[]): Promise<unknown> => {
      const manifest = { ...(await manifestFor(smallRecipe('mfcc-logistic'))), clips: changed }
      await trainAll(manifest)
      return (await loadCheckpoint(join(manifest.folder, 'model-1'))).standardization
    }
    const loud = join(folder, 'loud.wav')
    await writeFile(
      loud,
      encodeWav([Float32Array.from({ length: rateHz }, (_, i) => (i % 2 === 0 ? 0.9 : -0.9))], rateHz),
    )
    const tested = clips.findIndex((clip) => clip.fold === '1')
    const changed = clips.map((clip, index) => (index === tested ? { ...clip, path: loud } : clip))
    expect(await fitted(changed)).toEqual(await fitted(clips))
  })
})

describe('features in the graph', () => {
  const inGraph = (): Recipe => ({ ...smallRecipe('logmel-cnn'), features: 'graph' })

  it('are those of the media threads, and a run learns and predicts from them', async () => {
    await selectBackend('wasm')
    const told: number[] = []
    const [graph, threads] = [
      await loadAllFeatures(clips, inGraph(), media, (done) => told.push(done)),
      await loadAllFeatures(clips, smallRecipe('logmel-cnn'), media, () => undefined),
    ]
    expect(told).toEqual([16, 18])
    for (const [index, { values, ...shape }] of graph.entries()) {
      const wanted = threads[index]!
      expect({ ...wanted, values: null }).toEqual({ ...shape, values: null })
      const squares = values.reduce((sum, value, i) => sum + (value - wanted.values[i]!) ** 2, 0)
      expect(Math.sqrt(squares / wanted.values.reduce((sum, value) => sum + value ** 2, 0))).toBeLessThan(1e-4)
    }
    const manifest = await manifestFor(inGraph())
    const scores = scoresOf(await trainAll(manifest))
    const correct = clips.filter(({ id, classIndex }) => findHighest(scores.get(id)!) === classIndex)
    expect(correct.length).toBeGreaterThanOrEqual(16)
    expect((await loadCheckpoint(join(manifest.folder, 'model-1'))).recipe.features).toBe('graph')
  })

  it('fail clip by clip, naming the one that is damaged or too short', async () => {
    await selectBackend('wasm')
    const [broken, short] = [join(folder, 'damaged.wav'), join(folder, 'short.wav')]
    await writeFile(broken, 'this is no sound')
    await writeFile(short, encodeWav([new Float32Array(100)], rateHz))
    const uncentred = { ...inGraph().frontEnd, center: false } as Recipe['frontEnd']
    const changed = clips.map((clip, index) => ({
      ...clip,
      path: index === 3 ? broken : index === 5 ? short : clip.path,
    }))
    const set = await loadFeatures(changed, { ...inGraph(), frontEnd: uncentred }, media, () => undefined)
    expect(set.pictures.flatMap((picture, index) => (picture ? [] : [index]))).toEqual([3, 5])
    expect(set.failures.map(({ error }) => error.message)).toEqual([
      expect.stringContaining('damaged.wav'),
      expect.stringMatching(/short\.wav: \d+ samples are fewer than one frame/),
    ])
  })
})

describe('what can go wrong', () => {
  it('names the clip that cannot be read, and how many others there are', async () => {
    const manifest = await manifestFor(smallRecipe('mfcc-logistic'))
    const broken = join(folder, 'broken.wav')
    await writeFile(broken, 'this is no sound')
    manifest.clips = clips.map((clip, index) => (index === 4 || index === 7 ? { ...clip, path: broken } : clip))
    await expect(trainAll(manifest)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/broken\.wav.*1 more of the 18 clips/),
    })
    expect(await readdir(manifest.folder)).toEqual([])
  })

  it('predicts the clips that can be read and lists the others', async () => {
    const manifest = await manifestFor(smallRecipe('mfcc-logistic'))
    await trainAll(manifest)
    const asked: PredictManifest = {
      ...manifest,
      kind: 'predict',
      clips: [clips[0]!, { ...clips[1]!, path: join(folder, 'gone.wav') }],
    }
    const events: WorkerEvent[] = []
    await predictWith(asked, (event) => events.push(event), media)
    expect([...scoresOf(events).keys()]).toEqual(['clip-0'])
    const issues = events.flatMap((event) => (event.type === 'issues' ? event.issues : []))
    expect(issues).toMatchObject([{ file: join(folder, 'gone.wav') }])
    await expect(predictWith({ ...asked, clips: [asked.clips[1]!] }, () => undefined, media)).rejects.toThrow(
      'gone.wav',
    )
  })

  it('refuses to predict without a model, or with one for other classes', async () => {
    const manifest = await manifestFor(smallRecipe('mfcc-logistic'))
    const asked: PredictManifest = { ...manifest, kind: 'predict' }
    await expect(predictWith(asked, () => undefined, media)).rejects.toMatchObject({ code: 'not-found' })
    await trainAll(manifest)
    const others = { ...asked, classes: [...manifest.classes].reverse() }
    await expect(predictWith(others, () => undefined, media)).rejects.toThrow('was made for other classes')
  })

  it('refuses to predict with a model of another front end, and names the fields', async () => {
    const manifest = await manifestFor(smallRecipe('mfcc-logistic'))
    await trainAll(manifest)
    const recipe = structuredClone(manifest.recipe)
    Object.assign(recipe.frontEnd, { hopSamples: 256, level: { ...mfccFrontEnd.level, topDb: null } })
    await expect(predictWith({ ...manifest, kind: 'predict', recipe }, () => undefined, media)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(/hopSamples is 256 in the run, 512 in the model; level.topDb is null .*, 80 in/),
    })
    // Said otherwise, it is the same.
    const same = { ...manifest.recipe, frontEnd: { kind: 'spectrogram', ...manifest.recipe.frontEnd } as FrontEnd }
    const asked: PredictManifest = { ...manifest, kind: 'predict', recipe: same }
    await expect(predictWith(asked, () => undefined, media)).resolves.toBeUndefined()
  })

  it('does not train on another backend than the one asked for', async () => {
    const manifest = { ...(await manifestFor(smallRecipe('mfcc-logistic'))), backend: 'webgpu' as const }
    await expect(trainAll(manifest)).rejects.toMatchObject({ code: 'backend-unavailable' })
  })
})
