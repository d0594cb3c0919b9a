/** An offset for each channel. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend } from '../backends/native-backend'

/**
 * values + bias over the last axis. On TensorFlow's native library by its own operations: BiasAddGrad takes an eighth of the
 * time of the general sum that tfjs's addition is differentiated with.
 */
export function addBias(values: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  const backend = nativeBackend()
  if (backend === null) return tf.add(values, bias)
  const { TF_ATTR_TYPE, TF_ATTR_STRING, TF_FLOAT } = backend.binding
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'data_format', type: TF_ATTR_STRING, value: 'NHWC' },
  ]
  const add = tf.customGrad((...args) => {
    const [x, b] = args as unknown as [tf.Tensor, tf.Tensor]
    return {
      value: backend.executeMultipleOutputs('BiasAdd', attributes, [x, b], 1)[0]!,
      gradFunc: (dy: tf.Tensor) => [dy.clone(), backend.executeMultipleOutputs('BiasAddGrad', attributes, [dy], 1)[0]!],
    }
  })
  return add(values, bias)
}
