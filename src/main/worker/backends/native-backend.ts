/** TensorFlow's own operations, beyond those that tfjs has kernels for. */
import * as tf from '@tensorflow/tfjs-core'

export interface NativeAttribute {
  name: string
  type: number
  value: unknown
}

/** An output of the addon: `id` names the tensor inside it. */
export interface NativeOutput {
  id: number
  shape: number[]
  dtype: number
}

type Constant = 'TF_ATTR_TYPE' | 'TF_ATTR_FLOAT' | 'TF_ATTR_BOOL' | 'TF_ATTR_STRING' | 'TF_ATTR_INT' | 'TF_ATTR_SHAPE'

/** tfjs's Node-API addon: tensors by number, which whoever was given one deletes. */
export interface NativeBinding extends Record<Constant | 'TF_FLOAT' | 'TF_INT32', number> {
  executeOp(operation: string, attributes: NativeAttribute[], inputs: number[], outputs: number): NativeOutput[]
  /** The values stay with the tensor: they must not change while it lives. */
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array): number
  deleteTensor(id: number): void
  /** A copy of the values. */
  tensorDataSync(id: number): Float32Array
}

/** What tfjs-node's backend offers beyond tfjs's kernels. */
export interface NativeBackend {
  binding: NativeBinding
  isUsingGpuDevice: boolean
  executeMultipleOutputs(
    operation: string,
    attributes: NativeAttribute[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[]
  /** The numbers of tensors that stay theirs. */
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[]
  /** A tensor of tfjs that owns an output of the addon. */
  createOutputTensor(output: NativeOutput): tf.Tensor
  /** Counts one owner of the values down; true when that was the last one (or with `force`), and they are gone. */
  disposeData(dataId: tf.DataId, force?: boolean): boolean
}

/** The current backend where it is TensorFlow's native library, else null. */
export function nativeBackend(): NativeBackend | null {
  const backend = tf.getBackend() === 'tensorflow' ? tf.backend() : null
  return backend !== null && 'executeMultipleOutputs' in backend ? (backend as unknown as NativeBackend) : null
}
