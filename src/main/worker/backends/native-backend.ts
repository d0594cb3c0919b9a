/** TensorFlow's own operations, beyond those that tfjs has kernels for. */
import * as tf from '@tensorflow/tfjs-core'

/** What tfjs-node's backend offers beyond tfjs's kernels. */
export interface NativeBackend {
  binding: Record<'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING' | 'TF_FLOAT', number>
  executeMultipleOutputs(
    operation: string,
    attributes: { name: string; type: number; value: unknown }[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[]
}

/** The current backend where it is TensorFlow's native library, else null. */
export function nativeBackend(): NativeBackend | null {
  const backend = tf.getBackend() === 'tensorflow' ? tf.backend() : null
  return backend !== null && 'executeMultipleOutputs' in backend ? (backend as unknown as NativeBackend) : null
}
