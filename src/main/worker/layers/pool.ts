/**
 * Pooling with the paddings that tfjs lacks, and over everything. Averages with 'same' padding are composed too: tfjs's
 * gradient of them, on its cpu, WASM and WebGPU backends, divides by the whole window at the edges.
 */
import * as tf from '@tensorflow/tfjs-core'

type Pair = readonly [number, number]

export interface PoolOptions {
  kind: 'max' | 'average'
  size: Pair
  strides: Pair
  /**
   * 'valid': windows that fit (floor). 'same': TensorFlow's rule. 'ceil': also windows that hang over the end, as long as they
   * begin inside; an average counts only what is inside. [before, after] for height and width: padding as
   * PyTorch has it, never a maximum, a zero that counts in an average.
   */
  padding: 'valid' | 'same' | 'ceil' | readonly [height: Pair, width: Pair]
}

export interface Pool1dOptions {
  kind: 'max' | 'average'
  size: number
  stride: number
  padding: 'valid' | 'same' | 'ceil' | Pair
}

/** Under every value that a network computes, and yet finite: −∞ would become NaN where a gradient is multiplied. */
const underAll = -3e38

/**
 * @param x [batch, height, width, channels]
 * @returns [batch, pooled height, pooled width, channels]
 */
export function pool2d(x: tf.Tensor4D, options: PoolOptions): tf.Tensor4D {
  const { kind, size, strides, padding } = options
  const window: [number, number] = [size[0], size[1]]
  const steps: [number, number] = [strides[0], strides[1]]
  return tf.tidy(() => {
    if (kind === 'max' && (padding === 'valid' || padding === 'same')) return tf.maxPool(x, window, steps, padding)
    const [height, width] = ([0, 1] as const).map((axis) => sidesOf(x.shape[axis + 1]!, axis, options)) as [Pair, Pair]
    const isPadded = [...height, ...width].some((count) => count > 0)
    const around: [number, number][] = [
      [0, 0],
      [height[0], height[1]],
      [width[0], width[1]],
      [0, 0],
    ]
    if (kind === 'max') return tf.maxPool(isPadded ? tf.pad(x, around, underAll) : x, window, steps, 'valid')
    const mean = tf.avgPool(isPadded ? tf.pad(x, around) : x, window, steps, 'valid')
    if (!isPadded || typeof padding !== 'string') return mean
    const rows = inverseShares(x.shape[1], size[0], strides[0], height[0], mean.shape[1])
    const columns = inverseShares(x.shape[2], size[1], strides[1], width[0], mean.shape[2])
    return tf.mul(mean, tf.mul(tf.tensor(rows, [1, rows.length, 1, 1]), tf.tensor(columns, [1, 1, columns.length, 1])))
  })
}

/** @param x [batch, time, channels] */
export function pool1d(x: tf.Tensor3D, { kind, size, stride, padding }: Pool1dOptions): tf.Tensor3D {
  return tf.tidy(() => {
    const picture = tf.reshape(x, [x.shape[0], x.shape[1], 1, x.shape[2]]) as tf.Tensor4D
    const pooled = pool2d(picture, {
      kind,
      size: [size, 1],
      strides: [stride, 1],
      padding: typeof padding === 'string' ? padding : [padding, [0, 0]],
    })
    return tf.reshape(pooled, [pooled.shape[0], pooled.shape[1], pooled.shape[3]])
  })
}

/**
 * The mean or the maximum over all axes between the batch and the channels.
 *
 * @param x [batch, …, channels]
 * @returns [batch, channels]
 */
export function globalPool(x: tf.Tensor, kind: 'max' | 'average'): tf.Tensor2D {
  const axes = x.shape.map((_, axis) => axis).slice(1, -1)
  return (kind === 'max' ? tf.max(x, axes) : tf.mean(x, axes)) as tf.Tensor2D
}

/** Rows to add before and after, along one axis. */
function sidesOf(length: number, axis: 0 | 1, { size, strides, padding }: PoolOptions): Pair {
  if (padding === 'valid') return [0, 0]
  if (typeof padding !== 'string') return padding[axis]
  let count = Math.ceil(
    (padding === 'same' ? length : Math.max(length - size[axis], 0) + strides[axis]) / strides[axis],
  )
  // In ceil mode a window that would begin outside is left out (PyTorch's rule).
  if (padding === 'ceil' && (count - 1) * strides[axis] >= length) count--
  const missing = Math.max((count - 1) * strides[axis] + size[axis] - length, 0)
  const before = padding === 'same' ? Math.floor(missing / 2) : 0
  return [before, missing - before]
}

/** Of each of `count` windows: its size over what of it lies inside. */
function inverseShares(length: number, size: number, stride: number, before: number, count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, index) => {
    const start = index * stride - before
    return size / (Math.min(start + size, length) - Math.max(start, 0))
  })
}
