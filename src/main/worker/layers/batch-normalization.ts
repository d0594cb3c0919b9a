/** Batch normalisation (Ioffe & Szegedy 2015) over all axes but one. */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { canNormalizeOnWasm, normalizeOnWasm } from '../backends/wasm-normalization'
import { hasNativeNormalization, normalizeNatively } from './native-batch-normalization'
import { observe } from './running-statistics'

const defaultEpsilon = 1e-3

export interface BatchNormalizationConfig {
  name?: string
  /** Of the units that keep statistics of their own: -1 (channels) where left out. */
  axis?: number
  /** 1e-3 (Keras) where left out; PyTorch has 1e-5. */
  epsilon?: number
  /** Share of the running mean and variance that is kept at each training step: 0.9 where left out. */
  momentum?: number
  /** false: no scale is learned (Keras's scale: false). */
  hasScale?: boolean
  /** Also takes the ReLU of what it gives, which TensorFlow does in the same pass. */
  isRectified?: boolean
}

/**
 * The same layer as tfjs's batchNormalization, with the gradient in closed form: tfjs differentiates through
 * mean and variance one operation at a time, which takes more than half of a training step on WASM.
 * Weights in order: scale (if any), offset (trained), running mean, running variance.
 */
export class BatchNormalization extends tfl.layers.Layer {
  static readonly className = 'EarmarkBatchNormalization'
  readonly momentum: number
  readonly axis: number
  readonly epsilon: number
  readonly hasScale: boolean
  readonly isRectified: boolean
  #scale: tfl.LayerVariable | null = null
  #offset!: tfl.LayerVariable
  #mean!: tfl.LayerVariable
  #variance!: tfl.LayerVariable

  constructor({
    name,
    axis = -1,
    epsilon = defaultEpsilon,
    momentum = 0.9,
    hasScale = true,
    isRectified = false,
  }: BatchNormalizationConfig = {}) {
    super(name === undefined ? {} : { name })
    this.axis = axis
    this.epsilon = epsilon
    this.momentum = momentum
    this.hasScale = hasScale
    this.isRectified = isRectified
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shape = [(inputShape as tfl.Shape).at(this.axis)!]
    const ones = tfl.initializers.ones()
    const zeros = tfl.initializers.zeros()
    if (this.hasScale) this.#scale = this.addWeight('scale', shape, 'float32', ones, undefined, true)
    this.#offset = this.addWeight('offset', shape, 'float32', zeros, undefined, true)
    this.#mean = this.addWeight('mean', shape, 'float32', zeros, undefined, false)
    this.#variance = this.addWeight('variance', shape, 'float32', ones, undefined, false)
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    return tf.tidy(() => {
      const weights = { scale: this.#scale?.read() ?? null, offset: this.#offset.read() }
      if (!kwargs.training) {
        const statistics = { mean: this.#mean.read(), variance: this.#variance.read() }
        const normalized = batchNormalizeWith(input, weights, statistics, this)
        return this.isRectified ? tf.relu(normalized) : normalized
      }
      return batchNormalize(input, weights, this, (mean, variance, correction = 1) => {
        observe(this.#mean, mean, this.momentum, 1)
        observe(this.#variance, variance, this.momentum, correction)
      })
    })
  }
}

export interface BatchNormalizationWeights {
  /** [units], or null for none (Keras's scale: false). */
  scale: tf.Tensor | null
  /** [units] */
  offset: tf.Tensor
}

/** The variance times the correction (1 where left out) is the biased one. */
type Observe = (mean: tf.Tensor, variance: tf.Tensor, correction?: number) => void

/**
 * Batch normalisation (Ioffe & Szegedy 2015) over all axes but one, with the statistics of this batch.
 *
 * @param axis of the units that keep statistics of their own: -1 for channels, 1 for the frequencies of
 *   [batch, frequency, time, channels]
 * @param observe is handed the batch's mean and biased variance, [units]
 */
export function batchNormalize(
  x: tf.Tensor,
  { scale, offset }: BatchNormalizationWeights,
  { axis = -1, epsilon, isRectified = false }: { axis?: number; epsilon: number; isRectified?: boolean },
  observe: Observe,
): tf.Tensor {
  return tf.tidy(() =>
    withUnitsLast(x, axis, (turned) => {
      const units = turned.shape.at(-1)!
      const factor = scale ?? tf.ones([units])
      if (hasNativeNormalization()) {
        // TensorFlow's kernel takes pictures: all else becomes one of a single column.
        const picture = turned.rank === 4 ? turned : tf.reshape(turned, [1, turned.size / units, 1, units])
        const y = normalizeNatively(picture, factor, offset, epsilon, observe, isRectified)
        return turned.rank === 4 ? y : tf.reshape(y, turned.shape)
      }
      const y = canNormalizeOnWasm(turned)
        ? normalizeOnWasm(turned, factor, offset, epsilon, observe)
        : normalizeInTraining(turned, factor, offset, observe, epsilon)
      return isRectified ? tf.relu(y) : y
    }),
  )
}

/** The same with given statistics, [units]: one factor and one summand for each unit. */
export function batchNormalizeWith(
  x: tf.Tensor,
  { scale, offset }: BatchNormalizationWeights,
  { mean, variance }: { mean: tf.Tensor; variance: tf.Tensor },
  { axis = -1, epsilon }: { axis?: number; epsilon: number },
): tf.Tensor {
  return tf.tidy(() => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    const factor = scale === null ? inverse : tf.mul(scale, inverse)
    const summand = tf.sub(offset, tf.mul(mean, factor))
    const shape = x.shape.map((length, index) => (index === (axis + x.rank) % x.rank ? length : 1))
    return tf.add(tf.mul(x, tf.reshape(factor, shape)), tf.reshape(summand, shape))
  })
}

/** Brings `axis` to the end and back. */
function withUnitsLast(x: tf.Tensor, axis: number, run: (turned: tf.Tensor) => tf.Tensor): tf.Tensor {
  const unitAxis = (axis + x.rank) % x.rank
  if (unitAxis === x.rank - 1) return run(x)
  const order = [...x.shape.keys()].filter((index) => index !== unitAxis).concat(unitAxis)
  const back = order.map((_, index) => order.indexOf(index))
  return tf.transpose(run(tf.transpose(x, order)), back)
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
  observe: Observe,
  epsilon = defaultEpsilon,
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
