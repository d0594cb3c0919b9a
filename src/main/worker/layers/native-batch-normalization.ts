/** Batch normalisation by TensorFlow's own fused kernels, which tfjs-node does not use in training. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeAttribute, type NativeBackend } from '../backends/native-backend'

/** Whether the current backend is TensorFlow's native library. */
export function hasNativeNormalization(): boolean {
  return nativeBackend() !== null
}

function makeAttributes(backend: NativeBackend, epsilon: number): NativeAttribute[] {
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
 * @param isRectified also takes the ReLU of the values: in the same pass over them where oneDNN's kernel is there
 */
export function normalizeNatively(
  input: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
  observe: (mean: tf.Tensor, variance: tf.Tensor, correction: number) => void,
  isRectified = false,
): tf.Tensor {
  const backend = tf.backend() as unknown as NativeBackend
  if (isRectified && !hasRectifyingKernel(backend))
    return tf.relu(normalizeNatively(input, scale, offset, epsilon, observe))
  const attributes = makeAttributes(backend, epsilon)
  const count = input.size / input.shape.at(-1)!
  const normalize = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const none = tf.tensor1d([], 'float32')
    const inputs = [x, gamma, beta, none, none]
    const outputs = isRectified
      ? backend.executeMultipleOutputs(rectifyingKernel, [...attributes, ...rectifyingAttributes(backend)], inputs, 6)
      : backend.executeMultipleOutputs('FusedBatchNormV3', attributes, inputs, 6)
    const [value, mean, unbiasedVariance, ...reserved] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor, ...tf.Tensor[]]
    observe(mean, unbiasedVariance, (count - 1) / count)
    save(isRectified ? [x, gamma, ...reserved, value] : [x, gamma, ...reserved])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const type = attributes.slice(0, 1)
        const slopes = isRectified ? backend.executeMultipleOutputs('ReluGrad', type, [dy, saved[5]!], 1)[0]! : dy
        const given = [slopes, ...saved.slice(0, 5)]
        return backend.executeMultipleOutputs('FusedBatchNormGradV3', attributes, given, 5).slice(0, 3)
      },
    }
  })
  return normalize(input, scale, offset)
}

/** What TensorFlow's graph optimiser puts in the place of a batch normalisation and its ReLU. */
const rectifyingKernel = '_MklNativeFusedBatchNormEx'

function rectifyingAttributes({ binding }: NativeBackend): NativeAttribute[] {
  return [
    { name: 'activation_mode', type: binding.TF_ATTR_STRING, value: 'Relu' },
    { name: 'num_side_inputs', type: binding.TF_ATTR_INT, value: 0 },
    // The label under which TensorFlow registers oneDNN's kernels.
    { name: '_kernel', type: binding.TF_ATTR_STRING, value: 'MklNameChangeOp' },
  ]
}

const known = new WeakMap<NativeBackend, boolean>()

/** Tried once: the library names no kernels. */
function hasRectifyingKernel(backend: NativeBackend): boolean {
  let has = known.get(backend)
  if (has === undefined) known.set(backend, (has = !backend.isUsingGpuDevice && tryRectifying(backend)))
  return has
}

/** Two values a channel, 1 and 3: normalised −1 and 1. */
function tryRectifying(backend: NativeBackend): boolean {
  return tf.tidy(() => {
    const inputs = [
      tf.tensor4d([1, 3], [2, 1, 1, 1]),
      tf.tensor1d([2]),
      tf.tensor1d([1]),
      tf.tensor1d([]),
      tf.tensor1d([]),
    ]
    const attributes = [...makeAttributes(backend, 1e-12), ...rectifyingAttributes(backend)]
    try {
      const [value] = backend.executeMultipleOutputs(rectifyingKernel, attributes, inputs, 6)
      const [low, high] = value!.dataSync()
      return low === 0 && Math.abs(high! - 3) < 1e-4
    } catch {
      return false
    }
  })
}
