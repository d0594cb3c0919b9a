import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { frontEndPresets } from '../../dsp/front-end-presets'
import { Random } from '../../dsp/random'
import type { Recipe } from '../../dsp/recipe'
import { encodeWav } from '../../formats/audio/encode-wav'
import type { LookManifest, TrainClip, TrainManifest } from '../../shared/job/manifest'
import type { ClassMaps, ModelInput } from '../../shared/job/model-view'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { recipes } from '../../zoo/recipes'
import { runMediaTask } from '../media/run-media-task'
import { SoundShelf } from '../media/sound-shelf'
import { BatchMaker, hearPictures } from './learning/batches'
import { loadCheckpoint } from './learning/checkpoint'
import { decibelColumns } from './learning/decibel-columns'
import { hearClip, loadFeatures, type MediaRunner } from './learning/features'
import { prepareForCrops } from './learning/model-input'
import { predictWith } from './predict'
import { trainWith } from './train'
import { lookWith } from './look'

/** The media tasks without threads, whose built entry is not there in unit tests. */
const recordings = new SoundShelf({ maxBytes: 2 ** 26, decodedFolder: null })
const media: MediaRunner = { run: (kind, input) => runMediaTask(kind, input, recordings) }
const rateHz = 16_000

let folder: string
let clips: TrainClip[]
/** One run of each kind of model. */
const runs = new Map<string, { recipe: Recipe; manifest: TrainManifest }>()

/** Four clips of 1.6 s: a high or a low tone in the second half of noise. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earmark-look-'))
  const random = new Random(5)
  clips = await Promise.all(
    Array.from({ length: 8 }, async (_, index) => {
      const classIndex = index % 2
      const hz = classIndex === 0 ? 3000 : 400
      const samples = Float32Array.from(
        { length: 1.6 * rateHz },
        (__, i) => (i > 0.8 * rateHz ? 0.3 * Math.sin((2 * Math.PI * hz * i) / rateHz) : 0) + random.normal(0, 0.01),
      )
      const path = join(folder, `${index}.wav`)
      await writeFile(path, encodeWav([samples], rateHz))
      const span = { path, contentHash: '', startSeconds: 0, endSeconds: 1.6 }
      return { id: `clip-${index}`, ...span, fold: index < 4 ? '1' : '2', group: `${index}`, classIndex }
    }),
  )
  for (const name of ['logmel-cnn', 'mfcc-logistic'] as const) {
    const recipe = structuredClone(recipes[name])
    if (recipe.model.kind === 'logmel-cnn') {
      recipe.model = { ...recipe.model, cropSeconds: 1, filters: [4, 6] }
      recipe.training = { ...recipe.training, maxEpochs: 3, batchClips: 4 }
      recipe.training.chain = { steps: [{ kind: 'picture-gain', decibels: [-3, 3] }] }
    }
    const manifest: TrainManifest = {
      kind: 'train',
      runId: name,
      folder: await mkdtemp(join(folder, 'run-')),
      recipe,
      backend: 'wasm',
      classes: ['high', 'low'].map((label) => ({ id: label, name: label })),
      clips,
      folds: [{ name: '1', train: [4, 5, 6, 7], test: [0, 1, 2, 3] }],
    }
    await trainWith(manifest, () => undefined, media)
    runs.set(name, { recipe, manifest })
  }
})
afterAll(() => rm(folder, { recursive: true }))

function manifestOf(name: string, more: Partial<LookManifest>): LookManifest {
  const { recipe, manifest } = runs.get(name)!
  return {
    kind: 'look',
    wants: 'input',
    clip: clips[0]!,
    recipe,
    model: { folder: manifest.folder, fold: '1' },
    drawn: null,
    decodedFolder: folder,
    ...more,
  }
}

async function tellsOf(manifest: LookManifest): Promise<WorkerEvent[]> {
  const events: WorkerEvent[] = []
  await lookWith(manifest, (event) => events.push(event), media)
  return events
}
async function inputOf(name: string, more: Partial<LookManifest> = {}): Promise<ModelInput> {
  const events = await tellsOf(manifestOf(name, more))
  return events.flatMap((event) => (event.type === 'model-input' ? [event.input] : []))[0]!
}
async function mapsOf(name: string, more: Partial<LookManifest> = {}): Promise<ClassMaps> {
  const events = await tellsOf(manifestOf(name, { wants: 'maps', ...more }))
  return events.flatMap((event) => (event.type === 'class-maps' ? [event.maps] : []))[0]!
}

describe('what a network is given', () => {
  it('is the picture that training cuts its crops from, standardised by its fold', async () => {
    const { recipe, manifest } = runs.get('logmel-cnn')!
    const input = await inputOf('logmel-cnn')
    const [picture] = (await loadFeatures([clips[0]!], recipe, media, () => undefined)).pictures
    const { standardization } = await loadCheckpoint(join(manifest.folder, 'model-1'))
    const prepared = prepareForCrops(picture!, recipe, standardization)
    expect(input).toMatchObject({ frames: prepared.frames, bands: prepared.bands, isStandardised: true, notes: [] })
    expect(input.values).toEqual(prepared.values)
    expect(input.crops!.starts[0]).toBe(0)
    expect(input.crops!.starts.at(-1)! + input.crops!.frames).toBe(input.frames)
    expect(input.bandHz).toHaveLength(input.bands)
  })

  it('as a training crop is the one that the loader makes of the clip, bit for bit', async () => {
    const { recipe, manifest } = runs.get('logmel-cnn')!
    const [picture] = (await loadFeatures([clips[0]!], recipe, media, () => undefined)).pictures
    const { standardization } = await loadCheckpoint(join(manifest.folder, 'model-1'))
    const pictures = [prepareForCrops(picture!, recipe, standardization)]
    const whole = await inputOf('logmel-cnn')
    for (const seed of [1, 2, 77]) {
      const drawn = await inputOf('logmel-cnn', { drawn: { seed, augments: true } })
      const loader = new BatchMaker(
        {
          ...hearPictures(pictures),
          classIndexes: [0],
          classNames: ['high', 'low'],
          seed,
          cropFrames: drawn.frames,
          decibel: decibelColumns(recipe.frontEnd, standardization.deviations),
          training: { ...recipe.training, batchClips: 1 },
        },
        new Random(seed),
      )
      expect(drawn.values).toEqual((await loader.next()).pictures)

      // Only cut, it is that part of the whole, and says when it begins.
      const cut = await inputOf('logmel-cnn', { drawn: { seed, augments: false } })
      const start = Math.round((cut.firstFrameSeconds - whole.firstFrameSeconds) / whole.frameSeconds)
      expect(cut.values).toEqual(whole.values.subarray(start * whole.bands, (start + cut.frames) * whole.bands))
      expect(drawn.firstFrameSeconds).toBe(cut.firstFrameSeconds)
    }
  })

  it('as a training crop has its sound changed by the chain of its recipe, as the loader does it', async () => {
    const { recipe: plain, manifest } = runs.get('logmel-cnn')!
    const recipe = structuredClone(plain)
    const noise = {
      kind: 'noise' as const,
      color: 'pink' as const,
      snrDb: [0, 5] as [number, number],
      level: 'rms' as const,
    }
    recipe.training.chain = { steps: [noise, { kind: 'polarity', onlyClasses: ['high'] }] }
    const { standardization } = await loadCheckpoint(join(manifest.folder, 'model-1'))
    const drawn = await inputOf('logmel-cnn', { recipe, drawn: { seed: 5, augments: true } })
    const place = { seed: 5, epoch: 1, example: 0, className: null }
    const { picture } = await hearClip(clips[0]!, recipe, media, { chain: recipe.training.chain, place })
    const loader = new BatchMaker(
      {
        ...hearPictures([prepareForCrops(picture, recipe, standardization)]),
        classIndexes: [0],
        classNames: ['high', 'low'],
        seed: 5,
        cropFrames: drawn.frames,
        decibel: decibelColumns(recipe.frontEnd, standardization.deviations),
        training: { ...recipe.training, batchClips: 1 },
      },
      new Random(5),
    )
    expect(drawn.values).toEqual((await loader.next()).pictures)
    expect(drawn.notes.join()).toContain('its sound by noise')
    expect(drawn.notes.join()).toContain('1 of the chain’s steps are for single classes')
    const without = await inputOf('logmel-cnn', { drawn: { seed: 5, augments: true } })
    expect(drawn.values).not.toEqual(without.values)
    // Only cut, and in all that is scored, the sound is as it is.
    for (const own of [null, { seed: 5, augments: false }])
      expect((await inputOf('logmel-cnn', { recipe, drawn: own })).values).toEqual(
        (await inputOf('logmel-cnn', { drawn: own })).values,
      )
  })

  it('needs no run: then it is not standardised, and says so', async () => {
    const input = await inputOf('logmel-cnn', { model: null })
    expect(input.isStandardised).toBe(false)
    expect(input.notes.join()).toContain('Not standardised')
    const maps = tellsOf(manifestOf('logmel-cnn', { model: null, wants: 'maps' }))
    await expect(maps).rejects.toThrow('Maps are of a trained model')
  })

  it.each(frontEndPresets.map(({ name, frontEnd }) => [name, frontEnd] as const))(
    'through the front end %s is whole, and can be drawn as a training crop',
    async (name, frontEnd) => {
      const recipe: Recipe = { ...recipes['logmel-cnn'], name, frontEnd }
      const whole = await inputOf('logmel-cnn', { model: null, recipe })
      expect(whole.values).toHaveLength(whole.frames * whole.bands * whole.channels)
      expect(whole.values.every(Number.isFinite)).toBe(true)
      const drawn = await inputOf('logmel-cnn', { model: null, recipe, drawn: { seed: 1, augments: true } })
      expect(drawn.frames).toBe(whole.crops!.frames)
      expect(drawn.values.every(Number.isFinite)).toBe(true)
    },
  )

  it('of a regression is one row of named values', async () => {
    const input = await inputOf('mfcc-logistic', { drawn: { seed: 1, augments: true } })
    expect(input).toMatchObject({ frames: 1, crops: null })
    expect(input.rowNames).toHaveLength(input.bands)
    expect(input.notes.join()).toContain('nothing is cut or augmented')
  })

  it('is refused where the model has learned from another front end', async () => {
    const recipe = structuredClone(runs.get('logmel-cnn')!.recipe)
    recipe.frontEnd.hopSamples *= 2
    await expect(inputOf('logmel-cnn', { recipe })).rejects.toThrow(/another front end: hopSamples is/)
  })
})

describe('class maps of a run', () => {
  it('come with the scores of prediction, and lie over what the network is given', async () => {
    const { manifest } = runs.get('logmel-cnn')!
    const [input, maps] = [await inputOf('logmel-cnn'), await mapsOf('logmel-cnn')]
    expect(maps).toMatchObject({ method: 'grad-cam', frames: input.frames, bands: input.bands, crops: input.crops })
    expect(maps.values).toHaveLength(2 * maps.crops.starts.length * maps.mapFrames * maps.mapBands)
    expect(Math.min(...maps.values)).toBeGreaterThanOrEqual(0)
    const rows: Float32Array[] = []
    await predictWith(
      { ...manifest, kind: 'predict', clips: [clips[0]!] },
      (event) => event.type === 'predictions' && rows.push(...event.rows.map(({ scores }) => scores)),
      media,
    )
    for (const [label, score] of rows[0]!.entries()) expect(maps.scores[label]).toBeCloseTo(score, 5)
    // The scores of the clip are the mean of those of its crops, which are not all alike.
    const crops = maps.crops.starts.length
    expect(crops).toBeGreaterThan(1)
    expect(maps.cropScores).toHaveLength(2 * crops)
    for (const label of [0, 1]) {
      const ofLabel = [...maps.cropScores].filter((_, at) => at % 2 === label)
      expect(ofLabel.reduce((sum, score) => sum + score, 0) / crops).toBeCloseTo(maps.scores[label]!, 5)
      expect(new Set(ofLabel).size).toBe(crops)
    }
  })

  it('of a training crop are of the crop as it was drawn', async () => {
    const cut = { drawn: { seed: 3, augments: false } }
    const [whole, input, maps] = [
      await inputOf('logmel-cnn'),
      await inputOf('logmel-cnn', cut),
      await mapsOf('logmel-cnn', cut),
    ]
    expect(maps.crops).toEqual({ frames: input.frames, starts: [0] })
    expect(maps.values).toHaveLength(2 * maps.mapFrames * maps.mapBands)
    expect(maps.cropScores).toEqual(maps.scores)
    // A scored crop that lies where the draw begins would have the same scores; elsewhere they are others.
    const all = await mapsOf('logmel-cnn')
    const start = Math.round((input.firstFrameSeconds - whole.firstFrameSeconds) / whole.frameSeconds)
    const same = all.crops.starts.indexOf(start)
    if (same >= 0) expect(all.cropScores[2 * same]).toBeCloseTo(maps.scores[0]!, 5)
    const louder = await mapsOf('logmel-cnn', { drawn: { seed: 3, augments: true } })
    expect(louder.scores).not.toEqual(maps.scores)
  })

  it('of a regression are none, with the reason and the scores', async () => {
    const maps = await mapsOf('mfcc-logistic')
    expect(maps).toMatchObject({ method: null, about: expect.stringContaining('logistic regression') as string })
    expect(maps.scores[0]! + maps.scores[1]!).toBeCloseTo(1, 5)
  })
})
