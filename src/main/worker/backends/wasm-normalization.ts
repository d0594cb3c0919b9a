/** Batch normalisation by Earmark's own kernels on the WASM backend. */
import * as tf from '@tensorflow/tfjs-core'

/** Kernel: x, scale, offset and `epsilon` to [out, mean, biased variance]. */
export const normalizeKernel = 'EarmarkNormalize'
/** Kernel: dy, x, scale, mean, variance and `epsilon` to the gradients of x, scale and offset. */
export const normalizeGradientKernel = 'EarmarkNormalizeGradient'

/** Whether the current backend is WASM, with these kernels, and the channels of x fill whole vectors. */
export function canNormalizeOnWasm(x: tf.Tensor): boolean {
  const channels = x.shape.at(-1) ?? 0
  return (
    tf.getBackend() === 'wasm' &&
    tf.getKernel(normalizeKernel, 'wasm') !== undefined &&
    x.size > 0 &&
    channels % 4 === 0 &&
    x.dtype === 'float32'
  )
}

/**
 * Normalises over all axes but the last, with the batch's own mean and variance: two passes for these, one for the
 * values, and two for the gradient, where composed operations take about twenty.
 *
 * @param observe is handed the batch's mean and its biased variance
 */
export function normalizeOnWasm(
  input: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  epsilon: number,
  observe: (mean: tf.Tensor, variance: tf.Tensor) => void,
): tf.Tensor {
  const run = (kernel: string, inputs: tf.NamedTensorMap): tf.Tensor[] =>
    tf.engine().runKernel(kernel, inputs as unknown as tf.NamedTensorMap, { epsilon }) as unknown as tf.Tensor[]
  const normalize = tf.customGrad((...args) => {
    const [x, gamma, beta, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc]
    const [value, mean, variance] = run(normalizeKernel, { x, scale: gamma, offset: beta }) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ]
    observe(mean, variance)
    save([x, gamma, mean, variance])
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, scale, mean, variance] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor]
        return run(normalizeGradientKernel, { dy, x, scale, mean, variance })
      },
    }
  })
  return normalize(input, scale, offset)
}
