import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { buildModel } from '../learning/build-model'
import { loadWasm } from './load-wasm'

/** Runs `compute` on both backends with the same input values and returns the values of each. */
async function onBoth(
  shapes: number[][],
  compute: (inputs: tf.Tensor[]) => tf.Tensor | tf.Tensor[],
): Promise<[Float32Array[], Float32Array[]]> {
  const results: Float32Array[][] = []
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    const inputs = shapes.map((shape, index) => tf.tensor(wave(tf.util.sizeFromShape(shape), index + 1), shape))
    const outputs = [compute(inputs)].flat()
    results.push(outputs.map((output) => output.dataSync() as Float32Array))
    tf.dispose([inputs, outputs])
  }
  return [results[0]!, results[1]!]
}

/** Deterministic values without ties, roughly in −1…1. */
function wave(length: number, phase: number): Float32Array {
  return Float32Array.from({ length }, (_, index) => Math.sin(index * 12.9898 + phase) * Math.cos(index * 0.017))
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  expect(scale).toBeGreaterThan(0)
  const worst = actual.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index]!)), 0)
  expect(worst / scale).toBeLessThan(1e-4)
}

beforeAll(async () => {
  await loadWasm()
})

describe('convolution gradients on wasm', () => {
  const cases: {
    input: number[]
    filter: number[]
    strides: number | [number, number]
    pad: 'same' | 'valid' | number
  }[] = [
    { input: [2, 8, 9, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'same' },
    { input: [2, 8, 9, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'valid' },
    { input: [3, 9, 11, 1], filter: [5, 3, 1, 6], strides: 2, pad: 'same' },
    { input: [1, 10, 7, 2], filter: [3, 2, 2, 5], strides: [2, 1], pad: 'valid' },
    { input: [2, 10, 10, 2], filter: [3, 3, 2, 2], strides: 3, pad: 'valid' },
    { input: [2, 6, 6, 4], filter: [1, 1, 4, 3], strides: 1, pad: 'same' },
    { input: [2, 7, 8, 2], filter: [4, 4, 2, 3], strides: 1, pad: 'same' },
    { input: [2, 7, 8, 2], filter: [3, 3, 2, 3], strides: 1, pad: 2 },
    { input: [2, 6, 6, 1], filter: [1, 1, 1, 2], strides: 1, pad: 1 },
  ]
  it.each(cases)('input $input filter $filter strides $strides pad $pad', async ({ input, filter, strides, pad }) => {
    const [cpu, wasm] = await onBoth([input, filter], ([x, w]) =>
      tf.grads((a, b) => tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad))))([x!, w!]),
    )
    expectClose(wasm[0]!, cpu[0]!)
    expectClose(wasm[1]!, cpu[1]!)
  })

  it('agrees with finite differences', async () => {
    await tf.setBackend('wasm')
    const x = tf.tensor4d(wave(2 * 6 * 5 * 2, 1), [2, 6, 5, 2])
    const weights = wave(3 * 3 * 2 * 2, 2)
    const loss = (values: Float32Array): tf.Scalar =>
      tf.tidy(() => tf.sum(tf.conv2d(x, tf.tensor4d(values, [3, 3, 2, 2]), 2, 'same')))
    const gradient = tf.grad((w: tf.Tensor) => tf.sum(tf.conv2d(x, w as tf.Tensor4D, 2, 'same')))(
      tf.tensor4d(weights, [3, 3, 2, 2]),
    )
    const analytic = gradient.dataSync()
    for (const index of [0, 7, 20, 35]) {
      // The loss is linear in the weights, so a wide step is exact and keeps rounding small.
      const up = weights.slice()
      const down = weights.slice()
      up[index] = weights[index]! + 1
      down[index] = weights[index]! - 1
      const numeric = (loss(up).dataSync()[0]! - loss(down).dataSync()[0]!) / 2
      expect(Math.abs(analytic[index]! - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(numeric)))
    }
  })
})

describe('other gradients on wasm', () => {
  it.each([
    { shape: [2, 8, 8, 3], size: 2, strides: 2 },
    { shape: [2, 9, 7, 3], size: 2, strides: 2 },
    { shape: [1, 9, 12, 2], size: 3, strides: 3 },
    { shape: [1, 8, 8, 2], size: 3, strides: 2 },
  ])('max pooling $shape size $size strides $strides', async ({ shape, size, strides }) => {
    const [cpu, wasm] = await onBoth([shape], ([x]) =>
      tf.grad((a: tf.Tensor) => tf.sum(tf.square(tf.maxPool(a as tf.Tensor4D, size, strides, 'valid'))))(x!),
    )
    expectClose(wasm[0]!, cpu[0]!)
  })

  it('sends the gradient of a tie to the first of the window, as the cpu backend does', async () => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend)
      const gradient = tf.grad((a: tf.Tensor) => tf.sum(tf.maxPool(a as tf.Tensor4D, 2, 2, 'valid')))(
        tf.ones([1, 2, 2, 1]),
      )
      expect([...gradient.dataSync()]).toEqual([1, 0, 0, 0])
    }
  })

  it.each([
    { shape: [4, 5, 6], axis: [0, 1] },
    { shape: [4, 5, 6], axis: [0] },
    { shape: [4, 5, 6], axis: [1] },
    { shape: [4, 5, 6], axis: [0, 1, 2] },
    { shape: [7], axis: [0] },
  ])('sum of $shape over $axis', async ({ shape, axis }) => {
    const [cpu, wasm] = await onBoth([shape], ([x]) => tf.sum(x!, axis))
    expectClose(wasm[0]!, cpu[0]!)
  })
})

describe('the whole baseline network', () => {
  it('has the same gradients on wasm as on the cpu backend', async () => {
    const model = { kind: 'logmel-cnn' as const, cropSeconds: 1, filters: [4, 6, 8], dropout: 0.3 }
    const spec = describeLogmelCnn(model, { frames: 33, bands: 16 }, 3)
    const gradients: Float32Array[][] = []
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend)
      const network = buildModel(spec, new Random(1))
      const pictures = tf.tensor4d(wave(6 * 33 * 16, 3), [6, 33, 16, 1])
      const targets = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2], 'int32'), 3)
      const variables = network.trainableWeights.map((weight) => weight.read() as tf.Variable)
      const { grads } = tf.variableGrads(
        () =>
          tf.losses.softmaxCrossEntropy(targets, network.apply(pictures, { training: true }) as tf.Tensor) as tf.Scalar,
        variables,
      )
      gradients.push(variables.map(({ name }) => grads[name]!.dataSync() as Float32Array))
    }
    const [cpu, wasm] = gradients as [Float32Array[], Float32Array[]]
    expect(wasm.length).toBe(11)
    for (const [index, gradient] of wasm.entries()) expectClose(gradient, cpu[index]!)
  })
})
