import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { applyChain } from '../../dsp/augment/apply-chain'
import { Random } from '../../dsp/random'
import type { AugmentationChain, Recipe } from '../../dsp/recipe'
import { encodeWav } from '../../formats/audio/encode-wav'
import { toAppError } from '../../shared/errors'
import type { BatchManifest, TrainClip, TrainManifest } from '../../shared/job/manifest'
import type { BatchSound, BatchView } from '../../shared/job/batch-view'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { recipes } from '../../zoo/recipes'
import { runMediaTask } from '../media/run-media-task'
import { SoundShelf } from '../media/sound-shelf'
import { modelFolder } from './learning/checkpoint'
import type { MediaRunner } from './learning/features'
import { NetworkTrainer } from './learning/network-trainer'
import { lookAtBatchWith } from './look-at-batch'
import { trainWith } from './train'

/** The media tasks without threads, whose built entry is not there in unit tests. */
const media: MediaRunner = {
  run: (kind, input) => runMediaTask(kind, input, new SoundShelf({ maxBytes: 2 ** 26, decodedFolder: null })),
}
const rateHz = 16_000
let folder: string
let clips: TrainClip[]

async function writeSound(name: string, samples: Float32Array): Promise<{ path: string; contentHash: string }> {
  const path = join(folder, name)
  await writeFile(path, encodeWav([samples], rateHz))
  return {
    path,
    contentHash: createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  }
}

/** Eighteen tones of three classes, longer and shorter than a crop, nine in each of two folds. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-batch-'))
  const random = new Random(3)
  clips = await Promise.all(
    Array.from({ length: 18 }, async (_, index) => {
      const classIndex = index % 3
      const hz = random.uniform(200, 300) * 3 ** classIndex
      const seconds = random.uniform(0.4, 1.3)
      const samples = Float32Array.from(
        { length: Math.round(rateHz * seconds) },
        (__, n) => 0.3 * Math.sin((2 * Math.PI * hz * n) / rateHz) + random.normal(0, 0.01),
      )
      const file = await writeSound(`${index}.wav`, samples)
      const fold = index < 9 ? '1' : '2'
      const span = { startSeconds: 0, endSeconds: 10, segments: [{ startSeconds: 0.1, endSeconds: 0.3 }] }
      return { id: `clip-${index}`, ...file, ...span, fold, group: `${index}`, classIndex }
    }),
  )
})
afterAll(() => rm(folder, { recursive: true }))
afterEach(() => vi.restoreAllMocks())

const pictureSteps: AugmentationChain['steps'] = [
  { kind: 'picture-gain', decibels: [-6, 6] },
  { kind: 'frequency-mask', masks: 1, widestBands: 8 },
  { kind: 'time-mask', masks: 2, widestFrames: 10, widestShare: 1 },
  { kind: 'mixup', alpha: 0.4, labels: 'shares' },
]
const soundSteps: AugmentationChain['steps'] = [
  { kind: 'time-stretch', rate: [0.8, 1.2], probability: 0.7 },
  { kind: 'recorded-noise', source: { folder: '/noise' }, snrDb: [0, 20], level: 'rms', probability: 0.8 },
  { kind: 'noise', color: 'pink', snrDb: [0, 20], level: 'active', onlyClasses: ['a', 'b'] },
  { kind: 'between-class', ratio: [0, 1], probability: 0.6 },
]

async function makeManifest(steps: AugmentationChain['steps'], more: Partial<Recipe> = {}): Promise<TrainManifest> {
  const recipe = { ...structuredClone(recipes['logmel-cnn']), ...more }
  recipe.model = { kind: 'logmel-cnn', cropSeconds: 0.5, filters: [4], dropout: 0 }
  const training = { maxEpochs: 3, batchClips: 3, patienceEpochs: 0, validationShare: 0.25, isClassBalanced: false }
  recipe.training = { ...recipe.training, ...training, chain: { steps } }
  const random = new Random(8)
  const noise = await Promise.all(
    [0, 1].map((index) =>
      writeSound(
        `noise-${index}.wav`,
        Float32Array.from({ length: rateHz * 2 }, () => random.normal(0, 0.1)),
      ),
    ),
  )
  const positionsOf = (fold: string): number[] => clips.flatMap((clip, index) => (clip.fold === fold ? [index] : []))
  return {
    kind: 'train',
    runId: 'run',
    folder: await mkdtemp(join(folder, 'run-')),
    recipe,
    backend: 'wasm',
    classes: ['a', 'b', 'c'].map((name) => ({ id: name, name })),
    clips,
    folds: [
      { name: '1', train: positionsOf('2'), test: positionsOf('1') },
      { name: '2', train: positionsOf('1'), test: positionsOf('2') },
    ],
    materials: steps.map((step) =>
      'source' in step
        ? noise.map((file) => ({ ...file, startSeconds: 0, endSeconds: null, fold: null, group: null }))
        : [],
    ),
  }
}

/** What the network of a training was given, step by step. */
async function recordTraining(
  manifest: TrainManifest,
  tell: (event: WorkerEvent) => void = () => undefined,
): Promise<{ pictures: Float32Array; targets: Float32Array; shape: number[] }[]> {
  const step = vi.spyOn(NetworkTrainer.prototype, 'step')
  try {
    await trainWith(manifest, tell, media)
    return step.mock.calls.map(([{ pictures, targets, shape }]) => ({ pictures, targets, shape }))
  } finally {
    step.mockRestore()
  }
}

async function look(trained: TrainManifest, of: Partial<BatchManifest> = {}): Promise<WorkerEvent[]> {
  const events: WorkerEvent[] = []
  const question = {
    kind: 'batch' as const,
    trained,
    fold: '2',
    epoch: 1,
    batch: 1,
    heard: null,
    decodedFolder: folder,
  }
  await lookAtBatchWith({ ...question, ...of }, (event) => events.push(event), media)
  return events
}
async function batchOf(trained: TrainManifest, of: Partial<BatchManifest> = {}): Promise<BatchView> {
  return (await look(trained, of)).flatMap((event) => (event.type === 'training-batch' ? [event.batch] : []))[0]!
}
async function soundOf(trained: TrainManifest, of: Partial<BatchManifest>): Promise<BatchSound> {
  return (await look(trained, of)).flatMap((event) => (event.type === 'batch-sound' ? [event.sound] : []))[0]!
}

/** Of nine clips of a fold three decide when it stops: two batches of three of the other six, in each of three epochs. */
const perEpoch = 2
const perFold = 3 * perEpoch

describe('a batch that is looked at', () => {
  it.each([
    ['as they are', [], {}],
    ['whose pictures are changed and mixed', pictureSteps, {}],
    ['whose sound is changed and mixed too', [...soundSteps, ...pictureSteps], {}],
    ['that are computed in the graph', pictureSteps, { features: 'graph' as const }],
  ])('is what training consumed of clips %s, bit for bit', { timeout: 60_000 }, async (_, steps, more) => {
    const manifest = await makeManifest(steps, more)
    const consumed = await recordTraining(manifest)
    expect(consumed).toHaveLength(2 * perFold)
    for (const fold of ['1', '2'])
      for (const [epoch, batch] of [
        [1, 1],
        [1, 2],
        [3, 2],
      ] as const) {
        const found = await batchOf(manifest, { fold, epoch, batch })
        const { values, targets, frames, bands, channels, examples } = found
        const before = perEpoch * (epoch - 1) + batch - 1
        const wanted = consumed[(fold === '1' ? 0 : perFold) + before]!
        expect(values).toEqual(wanted.pictures)
        expect(targets).toEqual(wanted.targets)
        expect([examples.length, frames, bands, channels]).toEqual(wanted.shape)
        expect(found.notes).toEqual([])
        expect(examples.map(({ example }) => example)).toEqual([0, 1, 2].map((row) => 3 * before + row))
        for (const { drawn, changed, startSeconds, endSeconds } of examples) {
          expect(drawn.map(({ kind }) => kind)).toEqual(steps.map(({ kind }) => kind))
          expect(changed).toEqual([])
          expect(endSeconds - startSeconds).toBeCloseTo(0.5, 1)
        }
      }
  })

  it('is the same of a run that was killed and resumed, and of a fold that has no model yet', async () => {
    const manifest = await makeManifest([...soundSteps, ...pictureSteps])
    const killed = recordTraining(manifest, (event) => {
      if (event.type === 'epoch' && event.fold === '2' && event.epoch === 2) throw new Error('killed')
    })
    await expect(killed).rejects.toThrow('killed')
    const early = await batchOf(manifest, { epoch: 3, batch: 1 })
    expect(early.notes).toEqual([expect.stringContaining('no model yet')])
    // Fold 1 is trained already; of fold 2 the rest.
    const consumed = await recordTraining(manifest)
    const late = await batchOf(manifest, { epoch: 3, batch: 1 })
    expect(late.notes).toEqual([])
    for (const { values, targets } of [early, late])
      expect({ values, targets }).toEqual({
        values: consumed.at(-2)!.pictures,
        targets: consumed.at(-2)!.targets,
      })
  })

  it('names the files that are others now, of the clip, of what its steps take, and of the clip that is mixed in', async () => {
    const manifest = await makeManifest([...soundSteps, ...pictureSteps])
    await recordTraining(manifest)
    const before = await batchOf(manifest)
    const fileOf = (clipId: string): string => clips.find(({ id }) => id === clipId)!.path
    const another = { ...manifest, clips: manifest.clips.map((clip) => ({ ...clip, contentHash: 'another' })) }
    for (const [row, { clipId, drawn, changed }] of (await batchOf(another)).examples.entries()) {
      const partner = drawn.find((step) => step.partner !== undefined)?.partner
      const wanted = [fileOf(clipId), ...(partner === undefined ? [] : [fileOf(partner)])]
      expect([...changed].sort()).toEqual([...new Set(wanted)].sort())
      expect(before.examples[row]!.changed).toEqual([])
    }
    const noise = {
      ...manifest,
      materials: manifest.materials!.map((own) => own.map((one) => ({ ...one, contentHash: 'x' }))),
    }
    const taken = (await batchOf(noise)).examples.filter(({ drawn }) => drawn[1]!.isDone)
    expect(taken.length).toBeGreaterThan(0)
    for (const { changed } of taken) expect(changed.join()).toMatch(/noise-[01]\.wav/)
  })

  it('is refused where a recording is not there, by its name', async () => {
    const manifest = await makeManifest(soundSteps)
    await recordTraining(manifest)
    const { examples } = await batchOf(manifest)
    const { path } = clips.find(({ id }) => id === examples[1]!.clipId)!
    await rename(path, `${path}.away`)
    try {
      const error = await batchOf(manifest).then(() => null, toAppError)
      expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining(path) as string })
    } finally {
      await rename(`${path}.away`, path)
    }
  })

  it('is refused where there is none, and where the model is damaged', async () => {
    const manifest = await makeManifest(pictureSteps)
    await recordTraining(manifest)
    await expect(batchOf(manifest, { epoch: 4 })).rejects.toThrow('has 3 epochs at most, and no epoch 4')
    await expect(batchOf(manifest, { batch: 3 })).rejects.toThrow('“2” has 2 batches, and no batch 3')
    await expect(batchOf(manifest, { fold: '9' })).rejects.toThrow('no fold “9”')
    const regression = { ...manifest, recipe: recipes['mfcc-logistic'] }
    await expect(batchOf(regression)).rejects.toThrow('has no batches')
    await writeFile(join(modelFolder(manifest.folder, '2'), 'model.json'), '{}')
    await expect(batchOf(manifest)).rejects.toMatchObject({ code: 'bad-file' })
  })
})

describe('the sound of an example', () => {
  it('is that of its clip as the chain changes it in that draw', async () => {
    const steps: AugmentationChain['steps'] = [{ kind: 'polarity' }, { kind: 'gain', decibels: [-12, 12] }]
    const manifest = await makeManifest(steps)
    await recordTraining(manifest)
    const [, row] = (await batchOf(manifest, { epoch: 2 })).examples
    const { clipId, example } = row!
    const heard = await soundOf(manifest, { epoch: 2, heard: { clipId, example } })
    const clip = clips.find(({ id }) => id === clipId)!
    const { sampleRateHz, channel } = manifest.recipe.frontEnd
    const { path, startSeconds, endSeconds } = clip
    const sound = await media.run('samples', { path, startSeconds, endSeconds, sampleRateHz, channel })
    const place = { seed: manifest.recipe.seed, epoch: 2, example, className: 'abc'[clip.classIndex]! }
    const wanted = applyChain({ ...sound, segments: [] }, { steps }, place)
    expect(wanted.drawn).toEqual(row!.drawn)
    expect(heard.samples).toEqual(wanted.sound.samples)
    expect(heard.sampleRateHz).toBe(sampleRateHz)
  })

  it('is that of the clip where only its picture is changed, and of no clip that is held out', async () => {
    const manifest = await makeManifest(pictureSteps)
    await recordTraining(manifest)
    const { clipId, example } = (await batchOf(manifest)).examples[0]!
    const { path, startSeconds, endSeconds } = clips.find(({ id }) => id === clipId)!
    const { sampleRateHz, channel } = manifest.recipe.frontEnd
    const sound = await media.run('samples', { path, startSeconds, endSeconds, sampleRateHz, channel })
    expect((await soundOf(manifest, { heard: { clipId, example } })).samples).toEqual(sound.samples)
    const heldOut = soundOf(manifest, { heard: { clipId: 'clip-17', example } })
    await expect(heldOut).rejects.toThrow('does not learn from the clip clip-17')
  })
})
