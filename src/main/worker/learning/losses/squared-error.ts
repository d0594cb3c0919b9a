/** The loss of regression. */
import * as tf from '@tensorflow/tfjs-core'

/** The mean of (value − target)² over everything; both of one shape. */
export function meanSquaredError(values: tf.Tensor, targets: tf.Tensor): tf.Scalar {
  return tf.tidy(() => tf.mean(tf.square(tf.sub(values, targets))))
}
