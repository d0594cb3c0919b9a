import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { normalizeInTraining } from './batch-normalization'
import { loadTensorflow } from '../backends/load-tensorflow'
import { loadWasm } from '../backends/load-wasm'
import { hasNativeNormalization, normalizeNatively } from './native-batch-normalization'

const epsilon = 1e-3
const random = new Random(7)
const draw = (length: number): Float32Array => Float32Array.from({ length }, () => 3 + 2 * random.normal())
const [values, slopes, scales, offsets] = [draw(4 * 5 * 6 * 3), draw(4 * 5 * 6 * 3), draw(3), draw(3)]

type Normalize = (
  input: tf.Tensor,
  scale: tf.Tensor,
  offset: tf.Tensor,
  observe: (mean: tf.Tensor, variance: tf.Tensor, correction?: number) => void,
) => tf.Tensor

/** Output, the three gradients, mean and variance of one pass on the current backend. */
function measure(normalize: Normalize): Float32Array[] {
  return tf.tidy(() => {
    const observed: tf.Tensor[] = []
    const shape = [4, 5, 6, 3]
    const run = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor =>
      normalize(x, scale, offset, (mean, variance, correction = 1) =>
        observed.push(tf.keep(mean.clone()), tf.keep(tf.mul(variance, correction))),
      )
    const inputs = [tf.tensor(values, shape), tf.tensor(scales), tf.tensor(offsets)]
    const gradients = tf.grads((...all: tf.Tensor[]) => run(all[0]!, all[1]!, all[2]!))(
      inputs as tf.Tensor[],
      tf.tensor(slopes, shape),
    )
    const output = normalize(inputs[0]!, inputs[1]!, inputs[2]!, () => undefined)
    const results = [output, ...gradients, ...observed].map((tensor) => Float32Array.from(tensor.dataSync()))
    tf.dispose(observed)
    return results
  })
}

/** As near as sums of 120 products in single precision come, whose order is the processor's: 1.02e-5 was seen. */
function expectNear(actual: Float32Array, wanted: Float32Array): void {
  const scale = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = wanted.reduce((most, value, at) => Math.max(most, Math.abs(value - actual[at]!)), 0)
  expect(worst / scale).toBeLessThan(3e-5)
}

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

describe.skipIf(missing !== '')(`TensorFlow's own batch normalisation${missing === '' ? '' : ` (${missing})`}`, () => {
  let expected: Float32Array[]
  beforeAll(async () => {
    await loadWasm()
    expected = measure(normalizeInTraining)
  })

  it('gives the values, gradients and statistics of the composed one', async () => {
    expect(hasNativeNormalization()).toBe(false)
    await loadTensorflow()
    expect(hasNativeNormalization()).toBe(true)
    const actual = measure((x, scale, offset, observe) => normalizeNatively(x, scale, offset, epsilon, observe))
    for (const [which, wanted] of expected.entries()) expectNear(actual[which]!, wanted)
  })

  it('takes the ReLU in the same pass with the gradients of both', async () => {
    await loadTensorflow()
    const separate = measure((x, scale, offset, observe) =>
      tf.relu(normalizeNatively(x, scale, offset, epsilon, observe)),
    )
    const fused = measure((x, scale, offset, observe) => normalizeNatively(x, scale, offset, epsilon, observe, true))
    expect(separate[0]!.some((value) => value === 0)).toBe(true)
    for (const [which, wanted] of separate.entries()) expectNear(fused[which]!, wanted)
  })

  it('has the gradient of ReLU as one operation, on this backend alone', async () => {
    const gradient = (): number[] => {
      const relu = tf.grad((x: tf.Tensor) => tf.relu(x))
      return [...tf.tidy(() => relu(tf.tensor1d([-2, 0, 3]), tf.tensor1d([5, 6, 7])).dataSync())]
    }
    await loadTensorflow()
    expect(gradient()).toEqual([0, 0, 7])
    await loadWasm()
    expect(gradient()).toEqual([0, 0, 7])
  })

  it('leaves no tensor behind', async () => {
    await loadTensorflow()
    const run = (): unknown =>
      measure((x, scale, offset, observe) => normalizeNatively(x, scale, offset, epsilon, observe))
    run()
    const before = tf.memory().numTensors
    run()
    expect(tf.memory().numTensors).toBe(before)
  })
})
