/** Batch normalisation (Ioffe & Szegedy 2015) over all axes but the last. */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { canNormalizeOnWasm, normalizeOnWasm } from '../backends/wasm-normalization'
import { hasNativeNormalization, normalizeNatively } from './native-batch-normalization'

const epsilon = 1e-3

/**
 * The same layer as tfjs's batchNormalization, with the gradient in closed form: tfjs differentiates through
 * mean and variance one operation at a time, which takes more than half of a training step on WASM.
 * Weights in order: scale, offset (trained), running mean, running variance.
 */
export class BatchNormalization extends tfl.layers.Layer {
  static readonly className = 'EarmarkBatchNormalization'
  /** Share of the running mean and variance that is kept at each training step. */
  readonly momentum = 0.9
  #scale!: tfl.LayerVariable
  #offset!: tfl.LayerVariable
  #mean!: tfl.LayerVariable
  #variance!: tfl.LayerVariable

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shape = [(inputShape as tfl.Shape).at(-1)!]
    const ones = tfl.initializers.ones()
    const zeros = tfl.initializers.zeros()
    this.#scale = this.addWeight('scale', shape, 'float32', ones, undefined, true)
    this.#offset = this.addWeight('offset', shape, 'float32', zeros, undefined, true)
    this.#mean = this.addWeight('mean', shape, 'float32', zeros, undefined, false)
    this.#variance = this.addWeight('variance', shape, 'float32', ones, undefined, false)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    return tf.tidy(() => {
      const scale = this.#scale.read()
      const offset = this.#offset.read()
      if (kwargs.training) {
        const observe = (mean: tf.Tensor, variance: tf.Tensor): void => {
          keepRunning(this.#mean, mean, this.momentum)
          keepRunning(this.#variance, variance, this.momentum)
        }
        if (input.rank === 4 && hasNativeNormalization()) {
          return normalizeNatively(input, scale, offset, epsilon, observe)
        }
        return canNormalizeOnWasm(input)
          ? normalizeOnWasm(input, scale, offset, epsilon, observe)
          : normalizeInTraining(input, scale, offset, observe)
      }
      const factor = tf.mul(scale, tf.rsqrt(tf.add(this.#variance.read(), epsilon)))
      return tf.add(tf.mul(input, factor), tf.sub(offset, tf.mul(this.#mean.read(), factor)))
    })
  }
}

function keepRunning(variable: tfl.LayerVariable, value: tf.Tensor, momentum: number): void {
  tf.tidy(() => {
    variable.write(tf.add(tf.mul(variable.read(), momentum), tf.mul(value, 1 - momentum)))
  })
}

/**
 * y = scale · (x − mean)/√(variance + ε) + offset with the batch's own mean and (biased) variance, which are
 * handed to `observe`. With x̂ the normalised input and n values per channel, the gradient is
 * dx = scale/√(variance + ε) · (dy − Σdy/n − x̂ · Σ(dy·x̂)/n).
 */
export function normalizeInTraining(
  input: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const channels = input.shape.at(-1)!
  const count = input.size / channels
  const sumPerChannel = (values: tf.Tensor): tf.Tensor => tf.sum(tf.reshape(values, [count, channels]), 0)
  const normalize = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const mean = tf.div(sumPerChannel(x), count)
    const centred = tf.sub(x, mean)
    const variance = tf.div(sumPerChannel(tf.square(centred)), count)
    observe(mean, variance)
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    const normalized = tf.mul(centred, inverse)
    save([normalized, tf.mul(gamma, inverse)])
    return {
      value: tf.add(tf.mul(normalized, gamma), beta),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [unit, factor] = saved as [tf.Tensor, tf.Tensor]
        const offsetGradient = sumPerChannel(dy)
        const scaleGradient = sumPerChannel(tf.mul(dy, unit))
        const spread = tf.mul(unit, tf.div(scaleGradient, count))
        const inputGradient = tf.mul(tf.sub(tf.sub(dy, tf.div(offsetGradient, count)), spread), factor)
        return [inputGradient, scaleGradient, offsetGradient]
      },
    }
  })
  return normalize(input, scale, offset)
}
