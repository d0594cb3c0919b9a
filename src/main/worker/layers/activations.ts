/** The activations that models may name. */
import * as tf from '@tensorflow/tfjs-core'

/** Each takes a tensor of any shape and keeps it; softmax and logSoftmax go over the last axis. */
export const activations = {
  linear: (x: tf.Tensor) => x,
  relu: (x: tf.Tensor) => tf.relu(x),
  relu6: (x: tf.Tensor) => tf.relu6(x),
  elu: (x: tf.Tensor) => tf.elu(x),
  selu: (x: tf.Tensor) => tf.selu(x),
  sigmoid: (x: tf.Tensor) => tf.sigmoid(x),
  tanh: (x: tf.Tensor) => tf.tanh(x),
  softplus: (x: tf.Tensor) => tf.softplus(x),
  /** x · sigmoid(x), also called SiLU (Ramachandran et al. 2017). */
  swish: (x: tf.Tensor) => tf.mul(x, tf.sigmoid(x)),
  gelu,
  softmax: (x: tf.Tensor) => tf.softmax(x),
  logSoftmax: (x: tf.Tensor) => tf.logSoftmax(x),
} satisfies Record<string, (x: tf.Tensor) => tf.Tensor>

export type ActivationName = keyof typeof activations

/** x · Φ(x) with the normal distribution itself, not its approximation by tanh (Hendrycks & Gimpel 2016). */
function gelu(x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)))
}

/** max(x, 0) + slope · min(x, 0). */
export function leakyRelu(x: tf.Tensor, slope: number): tf.Tensor {
  return tf.leakyRelu(x, slope)
}

/** The same with a slope that is learned (He et al. 2015), which is broadcast to x: [channels], say. */
export function parametricRelu(x: tf.Tensor, slope: tf.Tensor): tf.Tensor {
  // tfjs-node's own kernel calls methods that tensors have only with all of tfjs loaded.
  return tf.tidy(() => tf.sub(tf.relu(x), tf.mul(slope, tf.relu(tf.neg(x)))))
}
