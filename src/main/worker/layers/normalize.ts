/** Normalisation over a row, and over neighbouring channels. */
import * as tf from '@tensorflow/tfjs-core'

/**
 * Layer normalisation (Ba et al. 2016) over the last axis, with the biased variance.
 *
 * @param scale and `offset` [units of the last axis]
 */
export function layerNormalize(x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => {
    const centred = tf.sub(x, tf.mean(x, -1, true))
    const variance = tf.mean(tf.square(centred), -1, true)
    return tf.add(tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon))), scale), offset)
  })
}

export interface LocalResponseOptions {
  /** The window reaches so many channels to each side. */
  radius: number
  bias: number
  /** As TensorFlow has it; PyTorch's is this times the size of the window, 2 · radius + 1. */
  alpha: number
  beta: number
}

/**
 * Local response normalisation (Krizhevsky et al. 2012): x / (bias + alpha · Σ x²)^beta, the sum over neighbouring
 * channels. The sum is a product with a band matrix, whose gradient every backend has.
 *
 * @param x [batch, height, width, channels]
 */
export function localResponseNormalize(
  x: tf.Tensor4D,
  { radius, bias, alpha, beta }: LocalResponseOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const channels = x.shape[3]
    const band = Float32Array.from({ length: channels * channels }, (_, index) =>
      Math.abs(Math.floor(index / channels) - (index % channels)) <= radius ? alpha : 0,
    )
    const rows = tf.reshape(tf.square(x), [-1, channels]) as tf.Tensor2D
    const sums = tf.reshape(tf.matMul(rows, tf.tensor2d(band, [channels, channels])), x.shape)
    return tf.mul(x, tf.pow(tf.add(sums, bias), -beta)) as tf.Tensor4D
  })
}
