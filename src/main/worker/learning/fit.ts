/** The training loop of a network. */
import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import type { TrainingRecipe } from '../../../dsp/recipe'
import { AppError } from '../../../shared/errors'
import type { BatchMaker } from './batches'
import type { Picture } from './features'
import { judgeScores, scorePictures } from './scorer'
import { WeightAverage } from './weight-average'

export interface EpochReport {
  /** From 1. */
  epoch: number
  /** Mean cross-entropy in nats on the training batches as they were drawn, augmentation and all. */
  loss: number
  /** Share of training rows whose largest score is the largest share of their target. */
  accuracy: number
  validationLoss: number | null
  validationAccuracy: number | null
  seconds: number
}

export interface ValidationSet {
  /** Standardised. */
  pictures: readonly Picture[]
  classIndexes: readonly number[]
}

export interface FitOptions {
  training: TrainingRecipe
  batches: BatchMaker
  /** null when no clips are held out. */
  validation: ValidationSet | null
  cropFrames: number
  bands: number
  classCount: number
  onEpoch: (report: EpochReport) => void
}

/**
 * Fits a network with Adam (Kingma & Ba 2015); what is judged and kept is the moving average of its weights. With a
 * validation set the average of the epoch with the lowest validation loss is restored at the end; without, the last one stays.
 * `patienceEpochs` without a lower loss end the training: the validation loss, or the training loss where nothing is
 * held out.
 *
 * @returns the epoch whose weights the network has now, from 1
 * @throws AppError 'training-failed' when the loss is no longer a number
 */
export async function fitNetwork(model: tfl.LayersModel, options: FitOptions): Promise<{ bestEpoch: number }> {
  const { training, batches, validation } = options
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const optimizer = tf.train.adam(training.learningRate)
  const average = new WeightAverage(model)
  let best = { epoch: 0, loss: Infinity, weights: [] as tf.Tensor[] }
  let epoch = 0
  try {
    while (epoch < training.maxEpochs) {
      epoch++
      const started = performance.now()
      let loss = 0
      let correct = 0
      for (let step = 0; step < batches.batchesPerEpoch; step++) {
        const done = (epoch - 1 + step / batches.batchesPerEpoch) / training.maxEpochs
        setLearningRate(optimizer, training.learningRate * scheduleFactor(done))
        const result = await takeStep(model, optimizer, variables, options)
        average.update()
        loss += result.loss / batches.batchesPerEpoch
        correct += result.accuracy / batches.batchesPerEpoch
        // Lets the events of this process out.
        await setImmediate()
      }
      const judged = validation ? await judge(model, validation, average, options) : null
      const watched = judged?.loss ?? loss
      if (!Number.isFinite(loss + watched)) {
        throw new AppError('training-failed', `The loss is no longer a number in epoch ${epoch}.`, {
          hint: `Lower the learning rate (it is ${training.learningRate}).`,
        })
      }
      const weights = judged?.weights ?? []
      if (watched < best.loss) {
        tf.dispose(best.weights)
        best = { epoch, loss: watched, weights }
      } else tf.dispose(weights)
      options.onEpoch({
        epoch,
        loss,
        accuracy: correct,
        validationLoss: judged?.loss ?? null,
        validationAccuracy: judged?.accuracy ?? null,
        seconds: (performance.now() - started) / 1000,
      })
      if (training.patienceEpochs > 0 && epoch - best.epoch >= training.patienceEpochs) break
    }
    if (validation === null) {
      average.exchange()
      return { bestEpoch: epoch }
    }
    for (const [index, weight] of model.weights.entries()) weight.write(best.weights[index]!)
    return { bestEpoch: best.epoch }
  } finally {
    tf.dispose(best.weights)
    average.dispose()
    optimizer.dispose()
  }
}

/** Loss and accuracy of the averaged weights on the validation clips, with a copy of those weights. */
async function judge(
  model: tfl.LayersModel,
  validation: ValidationSet,
  average: WeightAverage,
  { cropFrames, classCount }: FitOptions,
): Promise<{ loss: number; accuracy: number; weights: tf.Tensor[] }> {
  average.exchange()
  const scores = await scorePictures(model, validation.pictures, cropFrames, classCount)
  const weights = model.weights.map((weight) => weight.read().clone())
  average.exchange()
  return { ...judgeScores(scores, validation.classIndexes), weights }
}

/** What the learning rate is multiplied by after the share `done` of the schedule: half a cosine from 1 to 0. */
function scheduleFactor(done: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * done))
}

async function takeStep(
  model: tfl.LayersModel,
  optimizer: tf.AdamOptimizer,
  variables: tf.Variable[],
  { batches, cropFrames, bands, classCount }: FitOptions,
): Promise<{ loss: number; accuracy: number }> {
  const batch = batches.next()
  const outcome = tf.tidy(() => {
    const pictures = tf.tensor4d(batch.pictures, [batch.rows, cropFrames, bands, 1])
    const targets = tf.tensor2d(batch.targets, [batch.rows, classCount])
    let logits: tf.Tensor | null = null
    const { value, grads } = tf.variableGrads(() => {
      logits = model.apply(pictures, { training: true }) as tf.Tensor
      tf.keep(logits)
      return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar
    }, variables)
    optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })))
    const isRight = tf.equal(tf.argMax(logits!, 1), tf.argMax(targets, 1))
    const accuracy = tf.mean(tf.cast(isRight, 'float32'))
    tf.dispose(logits!)
    return [value, accuracy] as [tf.Scalar, tf.Scalar]
  })
  const [loss, accuracy] = await Promise.all(outcome.map((scalar) => scalar.data()))
  tf.dispose(outcome)
  return { loss: loss![0]!, accuracy: accuracy![0]! }
}

/** tfjs has no setter for Adam's learning rate, which it reads anew at every step. */
function setLearningRate(optimizer: tf.AdamOptimizer, rate: number): void {
  ;(optimizer as unknown as { learningRate: number }).learningRate = rate
}
