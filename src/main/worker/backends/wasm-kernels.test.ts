import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { buildModel } from '../learning/build-model'
import { normalizeInTraining } from '../layers/batch-normalization'
import { loadWasm } from './load-wasm'
import { canNormalizeOnWasm, normalizeOnWasm } from './wasm-normalization'

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

function expectClose(actual: Float32Array, expected: Float32Array, tolerance = 1e-4): void {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  expect(scale).toBeGreaterThan(0)
  const worst = actual.reduce((largest, value, index) => Math.max(largest, Math.abs(value - expected[index]!)), 0)
  expect(worst / scale).toBeLessThan(tolerance)
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
    { input: [2, 13, 11, 8], filter: [5, 5, 8, 16], strides: 2, pad: 'same' },
    { input: [2, 12, 11, 5], filter: [4, 4, 5, 9], strides: 2, pad: 'same' },
    { input: [2, 11, 13, 3], filter: [1, 1, 3, 8], strides: 2, pad: 'valid' },
    { input: [2, 11, 13, 3], filter: [2, 3, 3, 1], strides: [3, 2], pad: 'same' },
    { input: [1, 1, 163, 3], filter: [1, 80, 3, 6], strides: [1, 4], pad: 'same' },
    { input: [3, 40, 30, 16], filter: [3, 3, 16, 24], strides: 1, pad: 'same' },
    // tfjs computes the output's width from the kernel's height here, so that windows reach past the padding.
    { input: [2, 9, 8, 2], filter: [1, 5, 2, 3], strides: 1, pad: 0 },
  ]
  it.each(cases)('input $input filter $filter strides $strides pad $pad', async ({ input, filter, strides, pad }) => {
    const [cpu, wasm] = await onBoth([input, filter], ([x, w]) =>
      tf.grads((a, b) => tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad))))([x!, w!]),
    )
    expectClose(wasm[0]!, cpu[0]!)
    expectClose(wasm[1]!, cpu[1]!)
  })

  it.each(cases.slice(0, 12))('forward: input $input filter $filter', async ({ input, filter, strides, pad }) => {
    const [cpu, wasm] = await onBoth([input, filter], ([x, w]) =>
      tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, strides, pad),
    )
    expectClose(wasm[0]!, cpu[0]!, 1e-5)
  })

  it('takes explicit padding wider than the kernel', async () => {
    const pad: tf.backend_util.ExplicitPadding = [
      [0, 0],
      [3, 2],
      [4, 0],
      [0, 0],
    ]
    const [cpu, wasm] = await onBoth(
      [
        [2, 6, 5, 4],
        [2, 3, 4, 8],
      ],
      ([x, w]) =>
        tf.grads((a, b) =>
          tf.sum(tf.square(tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, [1, 2], pad as unknown as 'valid'))),
        )([x!, w!]),
    )
    expectClose(wasm[0]!, cpu[0]!)
    expectClose(wasm[1]!, cpu[1]!)
  })

  it.each(['linear', 'relu', 'elu'] as const)('with bias and %s in one operation', async (activation) => {
    const [cpu, wasm] = await onBoth([[2, 9, 8, 3], [3, 3, 3, 5], [5]], ([x, filter, bias]) =>
      tf.fused.conv2d({
        x: x as tf.Tensor4D,
        filter: filter as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: bias!,
        activation,
      }),
    )
    expectClose(wasm[0]!, cpu[0]!, 1e-5)
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
    { shape: [2, 9, 7, 8], size: 3, strides: 1 },
    { shape: [2, 9, 7, 8], size: 2, strides: 2 },
    { shape: [3, 12, 13, 12], size: 3, strides: 3 },
    { shape: [2, 9, 8, 4], size: 4, strides: 4 },
  ])('pooling $shape size $size strides $strides', async ({ shape, size, strides }) => {
    for (const pad of ['valid', 'same'] as const) {
      for (const pool of [tf.maxPool<tf.Tensor4D>, tf.avgPool<tf.Tensor4D>]) {
        const [cpu, wasm] = await onBoth([shape], ([x]) =>
          tf.grad((a: tf.Tensor) => tf.sum(tf.square(pool(a as tf.Tensor4D, size, strides, pad) as tf.Tensor)))(x!),
        )
        expectClose(wasm[0]!, cpu[0]!)
      }
    }
  })

  it.each([
    { input: [2, 9, 11, 4], filter: [3, 3, 4, 1], strides: 1 },
    { input: [2, 9, 11, 8], filter: [2, 2, 8, 1], strides: 1 },
    { input: [2, 9, 11, 4], filter: [3, 3, 4, 1], strides: 2 },
    { input: [2, 9, 11, 3], filter: [3, 5, 3, 2], strides: 1 },
    { input: [1, 8, 7, 5], filter: [4, 3, 5, 3], strides: 2 },
  ])('depthwise convolution $input filter $filter strides $strides', async ({ input, filter, strides }) => {
    for (const pad of ['same', 'valid'] as const) {
      const [cpu, wasm] = await onBoth([input, filter], ([x, w]) =>
        tf.grads((a, b) => tf.sum(tf.square(tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad))))([
          x!,
          w!,
        ]),
      )
      expectClose(wasm[0]!, cpu[0]!)
      expectClose(wasm[1]!, cpu[1]!)
    }
  })

  it.each([
    [17, 33, 9],
    [1, 64, 128],
    [64, 1, 64],
    [40, 50, 60],
    [5, 700, 13],
  ])('matrix products %i × %i × %i, each side transposed or not', async (rows, depth, columns) => {
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        const shapes = [transposeA ? [depth, rows] : [rows, depth], transposeB ? [columns, depth] : [depth, columns]]
        const [cpu, wasm] = await onBoth(shapes, ([a, b]) => [
          tf.matMul(a!, b!, transposeA, transposeB),
          ...tf.grads((a, b) => tf.sum(tf.square(tf.matMul(a, b, transposeA, transposeB))))([a!, b!]),
        ])
        for (const [index, values] of wasm.entries()) expectClose(values, cpu[index]!, index === 0 ? 1e-5 : 1e-4)
      }
    }
  })

  it('adds up the gradients of an embedding row by row', async () => {
    const [cpu, wasm] = await onBoth([[5, 3]], ([table]) =>
      tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.gather(x, tf.tensor1d([2, 0, 2, 4, 2], 'int32')))))(table!),
    )
    expectClose(wasm[0]!, cpu[0]!)
  })

  it.each([[[4, 1, 6]], [[5, 1]], [[6]], [[1]], [[4, 5, 6]]])('prelu with slopes %j', async (slopes) => {
    const [cpu, wasm] = await onBoth([[4, 5, 6], slopes], ([x, alpha]) => [
      tf.prelu(x!, alpha!),
      ...tf.grads((a, b) => tf.sum(tf.square(tf.prelu(a, b))))([x!, alpha!]),
    ])
    for (const [index, values] of wasm.entries()) expectClose(values, cpu[index]!)
  })

  it('elu', async () => {
    const [cpu, wasm] = await onBoth([[5, 37]], ([x]) => tf.grad((a: tf.Tensor) => tf.sum(tf.square(tf.elu(a))))(x!))
    expectClose(wasm[0]!, cpu[0]!)
  })

  it.each([[[2, 7, 9, 16]], [[3, 5, 4, 20]], [[130, 4]]])(
    'batch normalisation of %j, as the composed operations of the cpu backend',
    async (shape) => {
      const channels = shape.at(-1)!
      const [cpu, wasm] = await onBoth([shape, [channels], [channels]], ([x, scale, offset]) => {
        const seen: tf.Tensor[] = []
        const normalize = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor): tf.Tensor => {
          const observe = (mean: tf.Tensor, variance: tf.Tensor): void => {
            if (seen.length === 0) seen.push(tf.keep(tf.clone(mean)), tf.keep(tf.clone(variance)))
          }
          expect(canNormalizeOnWasm(a)).toBe(tf.getBackend() === 'wasm')
          return tf.getBackend() === 'wasm'
            ? normalizeOnWasm(a, b, c, 1e-3, observe)
            : normalizeInTraining(a, b, c, observe)
        }
        const value = normalize(x!, scale!, offset!)
        const gradients = tf.grads((a, b, c) => tf.sum(tf.mul(tf.square(normalize(a, b, c)), x!)))([
          x!,
          scale!,
          offset!,
        ])
        return [value, ...seen, ...gradients]
      })
      expect(wasm.length).toBe(6)
      for (const [index, values] of wasm.entries()) expectClose(values, cpu[index]!, index < 3 ? 1e-5 : 1e-4)
    },
  )

  it('shares the values of a copy until one of them is written or given back', async () => {
    await tf.setBackend('wasm')
    const x = tf.tensor1d([1, 2, 3])
    const copy = tf.clone(x)
    x.dispose()
    expect([...copy.dataSync()]).toEqual([1, 2, 3])
    copy.dispose()
  })

  it('takes empty batches and passes on what is not a number', async () => {
    await tf.setBackend('wasm')
    const filter = tf.ones([3, 3, 2, 4]) as tf.Tensor4D
    const none = tf.grad((w: tf.Tensor) =>
      tf.sum(tf.conv2d(tf.zeros<tf.Rank.R4>([0, 8, 8, 2]), w as tf.Tensor4D, 1, 'same')),
    )(filter)
    expect(none.shape).toEqual([3, 3, 2, 4])
    expect([...new Set(none.dataSync())]).toEqual([0])
    const holed = tf.tensor4d([NaN, ...wave(71, 1)], [1, 6, 6, 2])
    const out = tf.conv2d(holed, filter, 1, 'same').dataSync()
    expect(out[0]).toBeNaN()
    expect(out.at(-1)).not.toBeNaN()
    expect(tf.sum(tf.tensor2d([NaN, 1, 2, 3, 4, 5, 6, 7], [2, 4]), 0).dataSync()[0]).toBeNaN()
  })

  it('sends the gradient of a tie to the first of the window, as the cpu backend does', async () => {
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend)
      const gradient = tf.grad((a: tf.Tensor) => tf.sum(tf.maxPool(a as tf.Tensor4D, 2, 2, 'valid')))(
        tf.ones([1, 2, 2, 4]),
      )
      expect([...gradient.dataSync()]).toEqual([1, 1, 1, 1, ...Array<number>(12).fill(0)])
    }
  })

  it.each([
    { shape: [4, 5, 6], axis: [0, 1] },
    { shape: [4, 5, 6], axis: [0] },
    { shape: [4, 5, 6], axis: [1] },
    { shape: [4, 5, 6], axis: [0, 1, 2] },
    { shape: [7], axis: [0] },
    { shape: [1000, 12], axis: [0] },
    { shape: [130, 3, 7], axis: [0] },
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
