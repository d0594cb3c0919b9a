/** An optimiser over all weights of a network at once. */
import * as tf from '@tensorflow/tfjs-core'
import type { FlatVariables } from './flat-variables'
import { NativeAdam } from './native-adam'
import type { OptimizerSettings, SharedSettings } from './settings'
import { countSlots, initialSlot, takeStep } from './update-rules'

/** Everything that an optimiser knows beyond its settings: with it and the weights, training goes on as if it had not stopped. */
export interface OptimizerState {
  steps: number
  /** The running values (moments, velocities), each in the order of the weights. */
  slots: Float32Array[]
}

/**
 * Changes weights by gradients: SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta as Keras 3 (or PyTorch) defines them,
 * in about ten operations a step however many variables there are; Adam on TensorFlow's library by its fused one.
 */
export class FlatOptimizer {
  readonly #weights: FlatVariables
  readonly #settings: OptimizerSettings
  #slots: tf.Tensor1D[]
  /** Keeps the slots in place of `#slots`, where it can. */
  readonly #fused: NativeAdam | null
  #steps = 0

  /** @param weights stay the caller's: an optimiser replaces their values and publishes them */
  constructor(weights: FlatVariables, settings: OptimizerSettings) {
    this.#weights = weights
    this.#settings = settings
    this.#fused = settings.kind === 'adam' ? NativeAdam.open(weights.values.size, settings) : null
    const start = initialSlot(settings)
    const count = this.#fused === null ? countSlots(settings) : 0
    this.#slots = Array.from({ length: count }, () => tf.keep(tf.fill([weights.values.size], start)))
  }

  /** Steps taken. */
  get steps(): number {
    return this.#steps
  }

  /** Rows of running values that it keeps. */
  get slotCount(): number {
    return countSlots(this.#settings)
  }

  /**
   * Takes one step and writes the new weights into the variables.
   *
   * @param gradients one for each variable, in their order; they stay the caller's
   */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void {
    this.#steps++
    if (this.#fused === null) this.#compose(gradients, learningRate)
    else this.#fuse(this.#fused, gradients, learningRate)
    this.#weights.publish()
  }

  #fuse(adam: NativeAdam, gradients: readonly tf.Tensor[], learningRate: number): void {
    const { definition = 'keras', weightDecay = 0 } = this.#settings
    tf.tidy(() => {
      const gradient = bendGradient(this.#weights.join(gradients), this.#weights.values, this.#settings)
      this.#weights.transform((values) => {
        const weights: tf.Tensor1D = weightDecay === 0 ? values : tf.mul(values, 1 - learningRate * weightDecay)
        if (weights !== values) values.dispose()
        return adam.step(weights, { gradient, learningRate, number: this.#steps, definition })
      })
    })
  }

  #compose(gradients: readonly tf.Tensor[], learningRate: number): void {
    const old = this.#slots
    const { definition = 'keras', weightDecay = 0 } = this.#settings
    const [weights, ...slots] = tf.tidy(() => {
      const { values } = this.#weights
      const gradient = bendGradient(this.#weights.join(gradients), values, this.#settings)
      const updated = takeStep(this.#settings, {
        weights: weightDecay === 0 ? values : tf.mul(values, 1 - learningRate * weightDecay),
        gradient,
        slots: old,
        learningRate,
        number: this.#steps,
        definition,
      })
      return [updated.weights, ...updated.slots]
    }) as [tf.Tensor1D, ...tf.Tensor1D[]]
    this.#slots = slots.map((slot) => tf.keep(slot))
    tf.dispose(old)
    this.#weights.replace(weights)
  }

  /** A copy of what it knows. */
  async save(): Promise<OptimizerState> {
    if (this.#fused !== null) return { steps: this.#steps, slots: this.#fused.read() }
    const slots = await Promise.all(this.#slots.map((slot) => slot.data<'float32'>()))
    return { steps: this.#steps, slots: slots.map((values) => values.slice()) }
  }

  /** Goes on from a saved state, to the last bit. @throws RangeError where it is of other weights or settings */
  restore({ steps, slots }: OptimizerState): void {
    const sizes = slots.map(({ length }) => length)
    const wanted = new Array<number>(this.slotCount).fill(this.#weights.values.size)
    if (sizes.join() !== wanted.join()) {
      throw new RangeError(`the state has running values of ${sizes.join(', ')}, not ${wanted.join(', ')}`)
    }
    this.#steps = steps
    if (this.#fused !== null) return this.#fused.write(slots)
    tf.dispose(this.#slots)
    // A copy: a backend may keep the array it is given.
    this.#slots = slots.map((values) => tf.keep(tf.tensor1d(values.slice())))
  }

  dispose(): void {
    this.#fused?.dispose()
    tf.dispose(this.#slots)
    this.#slots = []
  }
}

/** The gradient with its penalty, cut to its limits. */
function bendGradient(
  gradient: tf.Tensor1D,
  weights: tf.Tensor1D,
  { definition = 'keras', l2 = 0, clipValue = null, clipNorm = null }: Partial<SharedSettings>,
): tf.Tensor1D {
  const penalize = (values: tf.Tensor1D): tf.Tensor1D => (l2 === 0 ? values : tf.add(values, tf.mul(weights, l2)))
  let bent = definition === 'keras' ? penalize(gradient) : gradient
  if (clipValue !== null) bent = tf.clipByValue(bent, -clipValue, clipValue)
  if (clipNorm !== null) {
    // min(1, c/‖g‖) without reading the norm. PyTorch adds to it.
    const norm = tf.add(tf.sqrt(tf.sum(tf.square(bent))), definition === 'keras' ? 0 : 1e-6)
    bent = tf.mul(bent, tf.div(clipNorm, tf.maximum(norm, clipNorm)))
  }
  return definition === 'keras' ? bent : penalize(bent)
}
