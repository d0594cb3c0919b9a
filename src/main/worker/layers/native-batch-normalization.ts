/** Batch normalisation by TensorFlow's own fused kernels, which tfjs-node does not use in training. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeBackend } from '../backends/native-backend'

/** Whether the current backend is TensorFlow's native library. */
export function hasNativeNormalization(): boolean {
  return nativeBackend() !== null
}

function makeAttributes(backend: NativeBackend, epsilon: number): { name: string; type: number; value: unknown }[] {
  const { TF_ATTR_TYPE, TF_ATTR_FLOAT, TF_ATTR_BOOL, TF_ATTR_STRING, TF_FLOAT } = backend.binding
  return [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'U', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'epsilon', type: TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: TF_ATTR_BOOL, value: true },
  ]
}

/**
 * The same values and gradients as `normalizeInTraining` composes, for inputs of shape [rows, height, width, channels]:
 * FusedBatchNormV3 and FusedBatchNormGradV3, the kernels that Keras trains with.
 *
 * @param observe is handed the batch's mean and its variance over n − 1, with what makes it the one over n
 */
export function normalizeNatively(
  input: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
  observe: (mean: tf.Tensor, variance: tf.Tensor, correction: number) => void,
): tf.Tensor {
  const backend = tf.backend() as unknown as NativeBackend
  const attributes = makeAttributes(backend, epsilon)
  const count = input.size / input.shape.at(-1)!
  const normalize = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const none = tf.tensor1d([], 'float32')
    const outputs = backend.executeMultipleOutputs('FusedBatchNormV3', attributes, [x, gamma, beta, none, none], 6)
    const [value, mean, unbiasedVariance, ...reserved] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]]
    observe(mean, unbiasedVariance, (count - 1) / count)
    save([x, gamma, ...reserved])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes, [dy, ...saved], 5).slice(0, 3),
    }
  })
  return normalize(input, scale, offset)
}
