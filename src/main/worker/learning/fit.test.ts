import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import type { TrainingRecipe } from '../../../dsp/recipe'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { recipes } from '../../../zoo/recipes'
import { BatchMaker, hearPictures } from './batches'
import { buildModel } from './build-model'
import { readWeights } from './classifier'
import type { Picture } from './features'
import { fitNetwork, type EpochReport } from './fit'
import { loadTensorflow } from '../backends/load-tensorflow'
import { loadWasm } from '../backends/load-wasm'
import { judgeScores, scorePictures } from './scorer'
import { FoldState } from './state-keeper'

// The same number of threads every time, so that sums are added up in the same order.
process.env.TF_NUM_INTRAOP_THREADS ??= '2'
process.env.TF_NUM_INTEROP_THREADS ??= '2'
const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

const bands = 8
const cropFrames = 12
const classCount = 3

/** Noise with a louder third of the bands, a different third for each class. */
function makePictures(perClass: number, seed: number): { pictures: Picture[]; classIndexes: number[] } {
  const random = new Random(seed)
  const classIndexes = Array.from({ length: perClass * classCount }, (_, index) => index % classCount)
  const pictures = classIndexes.map((label) => {
    const frames = cropFrames + random.integer(6)
    const values = Float32Array.from({ length: frames * bands }, (_, index) => {
      const isLoud = Math.floor(((index % bands) * classCount) / bands) === label
      return random.normal() + (isLoud ? 1 : 0)
    })
    return { frames, bands, values }
  })
  return { pictures, classIndexes }
}

interface RunOptions {
  seed?: number
  training?: Partial<TrainingRecipe>
  validation?: boolean
  /** File of the state, which is saved after every epoch. */
  state?: string
  /** The last epoch of this process. */
  killedAfter?: number
}

async function run(options: RunOptions) {
  const training: TrainingRecipe = {
    ...recipes['logmel-cnn'].training,
    ...{ maxEpochs: 6, batchClips: 8, learningRate: 0.01 },
    chain: {
      steps: [
        { kind: 'picture-gain', decibels: [-1, 1] },
        { kind: 'time-mask', masks: 1, widestFrames: 3, widestShare: 1 },
        { kind: 'mixup', alpha: 0.2, labels: 'shares' },
      ],
    },
    ...options.training,
  }
  const random = Random.recorded(options.seed ?? 1)
  const settings = { kind: 'logmel-cnn' as const, cropSeconds: 1, filters: [4, 6], dropout: 0.2 }
  const model = buildModel(describeLogmelCnn(settings, { frames: cropFrames, bands }, classCount), random)
  const classNames = Array.from({ length: classCount }, (_, index) => `class ${index}`)
  const source = { classNames, seed: options.seed ?? 1, cropFrames, decibel: new Float32Array(bands).fill(1), training }
  const { pictures, classIndexes } = makePictures(12, 1)
  const batches = new BatchMaker({ ...hearPictures(pictures), classIndexes, ...source }, random.stream('batches'))
  const reports: EpochReport[] = []
  const tensorCounts: number[] = []
  const validation = options.validation ? makePictures(8, 2) : null
  const keeper = options.state ? await FoldState.open({ file: options.state, identity: 'x', random, share: 1 }) : null
  const { bestEpoch } = await fitNetwork(model, {
    ...(keeper === null
      ? {}
      : {
          keeper: {
            resumed: keeper.resumed,
            afterEpoch: async (capture) => {
              await keeper.afterEpoch(capture)
              if (reports.at(-1)!.epoch === options.killedAfter) throw new Error('killed')
            },
          },
        }),
    training,
    batches,
    validation,
    cropFrames,
    bands,
    classCount,
    onEpoch: (report) => {
      reports.push(report)
      tensorCounts.push(tf.memory().numTensors)
    },
  })
  return { model, reports, bestEpoch, tensorCounts, validation }
}

beforeAll(async () => {
  await loadWasm()
})

describe('fitNetwork', () => {
  it('learns what can be learned', async () => {
    const { model, reports } = await run({ training: { maxEpochs: 20 } })
    expect(reports.at(-1)!.loss).toBeLessThan(reports[0]!.loss)
    const fresh = makePictures(20, 3)
    const { accuracy } = judgeScores(
      await scorePictures(model, fresh.pictures, cropFrames, classCount),
      fresh.classIndexes,
    )
    expect(accuracy).toBeGreaterThan(0.9)
    model.dispose()
  })

  it('repeats bit for bit with its seed', async () => {
    const weightsOf = async (seed: number): Promise<string> => {
      const { model } = await run({ seed, training: { maxEpochs: 2 } })
      const weights = await readWeights(model)
      model.dispose()
      return weights.map(({ values }) => values.join()).join()
    }
    const first = await weightsOf(4)
    expect(await weightsOf(4)).toBe(first)
    expect(await weightsOf(5)).not.toBe(first)
  })

  it('leaks no tensors', async () => {
    const before = tf.memory().numTensors
    const { model, tensorCounts } = await run({ training: { patienceEpochs: 0 }, validation: true })
    // The first epoch makes the optimiser's variables and the best weights.
    expect(new Set(tensorCounts.slice(1)).size).toBe(1)
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('restores the weights with the lowest validation loss', async () => {
    // A learning rate that overshoots: the last epoch is not the best.
    const { model, reports, bestEpoch, validation } = await run({
      training: { learningRate: 0.5, maxEpochs: 5 },
      validation: true,
    })
    const losses = reports.map((report) => report.validationLoss!)
    expect(bestEpoch).toBe(losses.indexOf(Math.min(...losses)) + 1)
    const scores = await scorePictures(model, validation!.pictures, cropFrames, classCount)
    expect(judgeScores(scores, validation!.classIndexes).loss).toBeCloseTo(Math.min(...losses), 5)
    model.dispose()
  })

  it('stops when patience is at its end', async () => {
    const { model, reports, bestEpoch } = await run({
      training: { learningRate: 1e-12, maxEpochs: 50, patienceEpochs: 2 },
      validation: true,
    })
    // The running statistics still settle for some epochs; then nothing gets better any more.
    expect(reports.length).toBe(bestEpoch + 2)
    expect(reports.length).toBeLessThan(50)
    model.dispose()
  })

  it('watches the training loss where nothing is held out', async () => {
    const { model, reports, bestEpoch } = await run({
      training: { learningRate: 1e-12, maxEpochs: 100, patienceEpochs: 4 },
    })
    const losses = reports.map((report) => report.loss)
    expect(reports.length).toBe(losses.indexOf(Math.min(...losses)) + 1 + 4)
    expect(reports.length).toBeLessThan(100)
    // The weights are those of the end.
    expect(bestEpoch).toBe(reports.length)
    model.dispose()
  })

  it.for([
    { backend: 'wasm', load: loadWasm, reason: '' },
    { backend: `tensorflow ${missing}`, load: loadTensorflow, reason: missing },
  ])('goes on after any epoch to the same last bit, on $backend', async ({ load, reason }, { skip }) => {
    if (reason !== '') skip(reason)
    await load()
    const folder = await mkdtemp(join(tmpdir(), 'earmark-fit-'))
    try {
      for (const validation of [true, false]) {
        const training = { maxEpochs: 4, patienceEpochs: 0 }
        const straight = await run({ validation, training })
        const wanted = await readWeights(straight.model)
        const before = tf.memory().numTensors
        for (const killedAfter of [1, 2, 3, 4]) {
          const state = join(folder, `${validation}-${killedAfter}.state`)
          await expect(run({ validation, training, state, killedAfter })).rejects.toThrow('killed')
          const resumed = await run({ validation, training, state })
          expect(resumed.reports.map((report) => ({ ...report, seconds: 0, waitShare: 0 }))).toEqual(
            straight.reports.slice(killedAfter).map((report) => ({ ...report, seconds: 0, waitShare: 0 })),
          )
          expect(resumed.bestEpoch).toBe(straight.bestEpoch)
          const values = await readWeights(resumed.model)
          expect(values.map((weight) => weight.values)).toEqual(wanted.map((weight) => weight.values))
          resumed.model.dispose()
        }
        // The networks of the killed processes are still there; of their trainings nothing is.
        expect(tf.memory().numTensors - before).toBe(4 * straight.model.weights.length)
        straight.model.dispose()
      }
    } finally {
      await rm(folder, { recursive: true })
      await loadWasm()
    }
  })

  it('says so when the loss is no longer a number', async () => {
    const failing = run({ training: { learningRate: Infinity } })
    await expect(failing).rejects.toMatchObject({ code: 'training-failed' })
  })
})
