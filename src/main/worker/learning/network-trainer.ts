/** A network with all that its training needs: optimiser, running statistics, moving average. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { collectObservations, type Observation } from '../layers/running-statistics'
import { softmaxCrossEntropy } from '../layers/softmax-cross-entropy'
import { klDivergence } from './losses/cross-entropy'
import { FlatOptimizer } from './optimizers/flat-optimizer'
import { FlatVariables } from './optimizers/flat-variables'
import type { OptimizerSettings } from './optimizers/settings'
import { RunningVector } from './running-vector'
import { WeightAverage } from './weight-average'

export interface TrainingBatch {
  /** rows × frames × bands. */
  pictures: Float32Array
  shape: [rows: number, frames: number, bands: number, channels: number]
  /** rows × classes: the share of each class. */
  targets: Float32Array
}

/** What one step gave, still on the device: to be read after the next step was sent off, so that nothing waits. */
export interface StepOutcome {
  loss: tf.Scalar
  /** [rows, classes]. */
  logits: tf.Tensor2D
}

/** Rows of values of all weights: what training needs to go on, or what is kept of the best epoch. */
export interface TrainerState {
  steps: number
  averagedSteps: number
  vectors: Record<string, Float32Array>
}

/** Trains one network step by step. The network stays the caller's. */
export class NetworkTrainer {
  readonly #model: tfl.LayersModel
  readonly #variables: tf.Variable[]
  readonly #weights: FlatVariables
  /** null for a network without batch normalisation. */
  readonly #running: RunningVector | null
  readonly #parts: FlatVariables[]
  readonly #optimizer: FlatOptimizer
  readonly #average: WeightAverage
  readonly #loss: (logits: tf.Tensor2D, targets: tf.Tensor2D) => tf.Scalar

  /** @param hasMixtures its targets are shares of classes: what is left of their own entropy is no loss, and is taken off */
  constructor(model: tfl.LayersModel, settings: OptimizerSettings, hasMixtures = false) {
    this.#model = model
    this.#loss = hasMixtures ? klDivergence : (logits, targets) => softmaxCrossEntropy(targets, logits)
    this.#variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    this.#weights = new FlatVariables(this.#variables)
    this.#running = model.nonTrainableWeights.length === 0 ? null : new RunningVector(model.nonTrainableWeights)
    this.#parts = this.#running === null ? [this.#weights] : [this.#weights, this.#running.flat]
    this.#optimizer = new FlatOptimizer(this.#weights, settings)
    this.#average = new WeightAverage(this.#parts)
  }

  /** One step down the gradient of the mean cross-entropy, or divergence; the outcome is the caller's to dispose. */
  step({ pictures, shape, targets }: TrainingBatch, learningRate: number): StepOutcome {
    const observations: Observation[] = []
    const outcome = tf.tidy(() => {
      const input = tf.tensor4d(pictures, shape)
      const wanted = tf.tensor2d(targets, [shape[0], targets.length / shape[0]])
      const logits: tf.Tensor2D[] = []
      const { value, grads } = tf.variableGrads(() => {
        const output = collectObservations(
          observations,
          () => this.#model.apply(input, { training: true }) as tf.Tensor2D,
        )
        logits.push(tf.keep(output))
        return this.#loss(output, wanted)
      }, this.#variables)
      const gradients = this.#variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable))
      this.#optimizer.apply(gradients, learningRate)
      return [value, logits[0]!]
    }) as [tf.Scalar, tf.Tensor2D]
    this.#running?.absorb(observations)
    this.#average.update()
    return { loss: outcome[0], logits: outcome[1] }
  }

  /** Puts the moving average into the network, or back what was there before. */
  exchange(): void {
    this.#average.exchange()
  }

  /** A copy on the device of what is in the network now (after exchange: the average), to be given to `putWeights`. */
  copyWeights(): tf.Tensor1D[] {
    return this.#parts.map(({ values }) => tf.keep(tf.clone(values)))
  }

  /** Puts a copy back into the network; it stays the caller's. */
  putWeights(copy: readonly tf.Tensor1D[]): void {
    for (const [index, part] of this.#parts.entries()) {
      part.replace(tf.clone(copy[index]!))
      part.publish()
    }
  }

  /** Everything that the next step depends on. */
  async save(): Promise<TrainerState> {
    const { steps, slots } = await this.#optimizer.save()
    const vectors: Record<string, Float32Array> = {}
    for (const [index, slot] of slots.entries()) vectors[`slot-${index}`] = slot
    for (const [index, part] of this.#parts.entries()) vectors[`part-${index}`] = await read(part.values)
    for (const [index, values] of this.#average.values.entries()) vectors[`average-${index}`] = await read(values)
    return { steps, averagedSteps: this.#average.steps, vectors }
  }

  /** Goes on from a saved state, to the last bit on the same backend. @throws RangeError where it is not of this network */
  restore({ steps, averagedSteps, vectors }: TrainerState): void {
    const read = (name: string, count: number): Float32Array[] =>
      Array.from({ length: count }, (_, index) => {
        const values = vectors[`${name}-${index}`]
        if (values === undefined) throw new RangeError(`the state has no ${name}-${index}`)
        return values
      })
    const parts = read('part', this.#parts.length)
    for (const [index, part] of this.#parts.entries()) {
      if (parts[index]!.length !== part.values.size) {
        throw new RangeError(`the state has ${parts[index]!.length} weights where the network has ${part.values.size}`)
      }
    }
    this.#optimizer.restore({ steps, slots: read('slot', this.#optimizer.slotCount) })
    this.#average.restore(read('average', this.#parts.length), averagedSteps)
    for (const [index, part] of this.#parts.entries()) {
      part.replace(tf.tensor1d(parts[index]!.slice()))
      part.publish()
    }
  }

  dispose(): void {
    this.#optimizer.dispose()
    this.#average.dispose()
    this.#weights.dispose()
    this.#running?.dispose()
  }
}

/** A copy: a backend may hand out the array it keeps. */
async function read(values: tf.Tensor1D): Promise<Float32Array> {
  return (await values.data<'float32'>()).slice()
}
