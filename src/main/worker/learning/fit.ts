/** The training loop of a network. */
import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { type AugmentationChain, isMixingStep, type TrainingRecipe } from '../../../dsp/recipe'
import { AppError } from '../../../shared/errors'
import type { Batch, BatchMaker } from './batches'
import type { OrderPosition } from './clip-order'
import type { Picture } from './features'
import { NetworkTrainer, type StepOutcome } from './network-trainer'
import { optimizerDefaults } from './optimizers/settings'
import { findHighest, judgeScores, scorePictures } from './scorer'

export interface EpochReport {
  /** From 1. */
  epoch: number
  /**
   * Mean over the training batches as they were drawn, augmentation and all, in nats: cross-entropy, or where the chain mixes
   * clips the Kullback–Leibler divergence from their shares, which has the same gradient and can reach 0.
   */
  loss: number
  /** Share of training rows whose largest score is the largest share of their target. */
  accuracy: number
  validationLoss: number | null
  validationAccuracy: number | null
  seconds: number
  /** Of the time of the steps, the share that went by until their batches were there: the rest is the network's. */
  waitShare: number
}

export interface ValidationSet {
  /** Standardised. */
  pictures: readonly Picture[]
  classIndexes: readonly number[]
}

/** Where a training stands after an epoch: with it and the random streams' positions it goes on as if it had not stopped. */
export interface FitState {
  /** Finished epochs. */
  epoch: number
  bestEpoch: number
  /** null before any epoch was judged finite. */
  bestLoss: number | null
  steps: number
  averagedSteps: number
  batches: OrderPosition
  /** Everything in rows of float32, by name. */
  vectors: Record<string, Float32Array>
}

/** Keeps states of a training where they outlive this process. */
export interface StateKeeper {
  /** The state to go on from, or null to begin. */
  resumed: FitState | null
  /** Called after every epoch; `capture` copies the state, which takes time, so the keeper decides whether. */
  afterEpoch(capture: () => Promise<FitState>): Promise<void>
}

export interface FitOptions {
  training: TrainingRecipe
  batches: BatchMaker
  /** null when no clips are held out. */
  validation: ValidationSet | null
  cropFrames: number
  bands: number
  /** Absent: one. */
  channels?: number
  classCount: number
  onEpoch: (report: EpochReport) => void
  keeper?: StateKeeper
}

interface Best {
  epoch: number
  loss: number
  weights: tf.Tensor1D[]
}

/**
 * Fits a network with Adam (Kingma & Ba 2015); what is judged and kept is the moving average of its weights. With a
 * validation set the average of the epoch with the lowest validation loss is restored at the end; without, the last one stays.
 * `patienceEpochs` without a lower loss end the training: the validation loss, or the training loss where nothing is
 * held out.
 *
 * @returns the epoch whose weights the network has now, from 1
 * @throws AppError 'training-failed' when the loss is no longer a number; RangeError when the keeper's state is not of
 *   this network and these batches
 */
export async function fitNetwork(model: tfl.LayersModel, options: FitOptions): Promise<{ bestEpoch: number }> {
  const { training, batches, validation, keeper } = options
  const trainer = new NetworkTrainer(model, optimizerDefaults.adam, hasMixtures(training.chain))
  const best: Best = { epoch: 0, loss: Infinity, weights: [] }
  let epoch = 0
  try {
    if (keeper?.resumed) epoch = resume(keeper.resumed, trainer, batches, best)
    const isOver = (): boolean =>
      epoch >= training.maxEpochs || (training.patienceEpochs > 0 && epoch - best.epoch >= training.patienceEpochs)
    while (!isOver()) {
      epoch++
      const started = performance.now()
      const { loss, accuracy, waitShare } = await runEpoch(trainer, epoch, options)
      const judged = validation ? await judge(model, validation, trainer, options) : null
      const watched = judged?.loss ?? loss
      if (!Number.isFinite(loss + watched)) {
        tf.dispose(judged?.weights ?? [])
        throw new AppError('training-failed', `The loss is no longer a number in epoch ${epoch}.`, {
          hint: `Lower the learning rate (it is ${training.learningRate}).`,
        })
      }
      const weights = judged?.weights ?? []
      if (watched < best.loss) {
        tf.dispose(best.weights)
        Object.assign(best, { epoch, loss: watched, weights })
      } else tf.dispose(weights)
      options.onEpoch({
        epoch,
        loss,
        accuracy,
        validationLoss: judged?.loss ?? null,
        validationAccuracy: judged?.accuracy ?? null,
        seconds: (performance.now() - started) / 1000,
        waitShare,
      })
      await keeper?.afterEpoch(() => capture(epoch, trainer, batches, best))
    }
    if (validation === null) {
      trainer.exchange()
      return { bestEpoch: epoch }
    }
    trainer.putWeights(best.weights)
    return { bestEpoch: best.epoch }
  } finally {
    tf.dispose(best.weights)
    trainer.dispose()
  }
}

/** Does a chain give examples that are of several classes? */
function hasMixtures(chain: AugmentationChain | undefined): boolean {
  return chain?.steps.some((step) => isMixingStep(step) || step.kind === 'mixup') ?? false
}

/** All steps of an epoch: mean loss, the share of rows whose highest score is their highest share, and that of waiting. */
async function runEpoch(
  trainer: NetworkTrainer,
  epoch: number,
  { training, batches, cropFrames, bands, channels = 1, classCount }: FitOptions,
): Promise<Pick<EpochReport, 'loss' | 'accuracy' | 'waitShare'>> {
  const total = { loss: 0, accuracy: 0 }
  const began = performance.now()
  let waitedMs = 0
  // The numbers of a step are read when the next one is under way: a device that computes by itself never waits.
  let reading: Promise<{ loss: number; accuracy: number }> | null = null
  // The last two: what the first was made for is over when the numbers of its step are read.
  let [used, given]: (Batch | undefined)[] = []
  const add = ({ loss, accuracy }: { loss: number; accuracy: number }): void => {
    total.loss += loss / batches.batchesPerEpoch
    total.accuracy += accuracy / batches.batchesPerEpoch
  }
  for (let step = 0; step < batches.batchesPerEpoch; step++) {
    const done = (epoch - 1 + step / batches.batchesPerEpoch) / training.maxEpochs
    const asked = performance.now()
    const batch = await batches.next(used)
    ;[used, given] = [given, batch]
    const { rows, pictures, targets } = batch
    waitedMs += performance.now() - asked
    const outcome = trainer.step(
      { pictures, shape: [rows, cropFrames, bands, channels], targets },
      training.learningRate * scheduleFactor(done),
    )
    if (reading !== null) add(await reading)
    reading = readOutcome(outcome, targets, classCount)
    // Lets the events of this process out, and clips in.
    const turned = performance.now()
    await setImmediate()
    waitedMs += performance.now() - turned
  }
  if (reading !== null) add(await reading)
  return { ...total, waitShare: waitedMs / (performance.now() - began) }
}

async function readOutcome(
  { loss, logits }: StepOutcome,
  targets: Float32Array,
  classCount: number,
): Promise<{ loss: number; accuracy: number }> {
  const [[value], scores] = await Promise.all([loss.data<'float32'>(), logits.data<'float32'>()])
  tf.dispose([loss, logits])
  let right = 0
  for (let from = 0; from < targets.length; from += classCount) {
    const rowOf = (values: Float32Array): Float32Array => values.subarray(from, from + classCount)
    if (findHighest(rowOf(scores)) === findHighest(rowOf(targets))) right++
  }
  return { loss: value!, accuracy: (right * classCount) / targets.length }
}

/** Loss and accuracy of the averaged weights on the validation clips, with a copy of those weights. */
async function judge(
  model: tfl.LayersModel,
  validation: ValidationSet,
  trainer: NetworkTrainer,
  { cropFrames, classCount }: FitOptions,
): Promise<{ loss: number; accuracy: number; weights: tf.Tensor1D[] }> {
  trainer.exchange()
  const scores = await scorePictures(model, validation.pictures, cropFrames, classCount)
  const weights = trainer.copyWeights()
  trainer.exchange()
  return { ...judgeScores(scores, validation.classIndexes), weights }
}

/** What the learning rate is multiplied by after the share `done` of the schedule: half a cosine from 1 to 0. */
function scheduleFactor(done: number): number {
  return 0.5 * (1 + Math.cos(Math.PI * done))
}

async function capture(
  epoch: number,
  trainer: NetworkTrainer,
  batches: BatchMaker,
  best: Readonly<Best>,
): Promise<FitState> {
  const { vectors, ...counts } = await trainer.save()
  for (const [index, weights] of best.weights.entries()) vectors[`best-${index}`] = await weights.data<'float32'>()
  const bestLoss = Number.isFinite(best.loss) ? best.loss : null
  return { epoch, bestEpoch: best.epoch, bestLoss, ...counts, batches: batches.savePosition(), vectors }
}

/** Puts everything where it was; returns the finished epochs. */
function resume(state: FitState, trainer: NetworkTrainer, batches: BatchMaker, best: Best): number {
  trainer.restore(state)
  batches.restorePosition(state.batches)
  best.epoch = state.bestEpoch
  best.loss = state.bestLoss ?? Infinity
  for (let index = 0; state.vectors[`best-${index}`] !== undefined; index++) {
    best.weights.push(tf.keep(tf.tensor1d(state.vectors[`best-${index}`]!.slice())))
  }
  return state.epoch
}
