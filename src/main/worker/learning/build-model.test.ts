import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { describeCrnn } from '../../../zoo/crnn'
import { describeDeepVgg } from '../../../zoo/deep-vgg'
import { countParameters, countValues, flowShapes } from '../../../zoo/model-spec'
import { normalizeInTraining } from '../layers/batch-normalization'
import { buildModel } from './build-model'
import { readWeights } from './classifier'
import { loadWasm } from '../backends/load-wasm'

const settings = { kind: 'logmel-cnn' as const, cropSeconds: 1, filters: [3, 4], dropout: 0.5 }
const spec = describeLogmelCnn(settings, { frames: 17, bands: 12 }, 5)

beforeAll(async () => {
  await loadWasm()
})

describe('buildModel', () => {
  it('builds what the description says: shapes and parameters', () => {
    const model = buildModel(spec, new Random(1))
    const trained = model.trainableWeights.reduce(
      (total, weight) => total + tf.util.sizeFromShape(weight.shape as number[]),
      0,
    )
    expect(trained).toBe(countParameters(spec))
    const shapes = model.layers
      .filter((layer) => /^(convolution|max-pool|dense)-\d+$/.test(layer.name))
      .map((layer) => (layer.outputShape as number[]).slice(1))
    const kinds = ['convolution', 'max-pool', 'dense']
    expect(shapes).toEqual(flowShapes(spec).filter((_, index) => kinds.includes(spec.layers[index]!.kind)))
    const output = model.apply(tf.zeros([2, 17, 12, 1])) as tf.Tensor
    expect(output.shape).toEqual([2, 5])
    tf.dispose(output)
    model.dispose()
  })

  it('draws the same weights from the same stream, others from another', async () => {
    const weightsOf = async (seed: number): Promise<string> => {
      const model = buildModel(spec, new Random(seed))
      const weights = await readWeights(model)
      model.dispose()
      return weights.map(({ values }) => values.join()).join()
    }
    expect(await weightsOf(1)).toBe(await weightsOf(1))
    expect(await weightsOf(1)).not.toBe(await weightsOf(2))
  })

  it('drops out only in training, with another mask at every step, the same masks for the same stream', () => {
    const run = (seed: number): string[] => {
      const model = buildModel(spec, new Random(seed))
      const picture = tf.ones([1, 17, 12, 1])
      const texts = [true, true, false, false].map((training) =>
        tf.tidy(() => (model.apply(picture, { training }) as tf.Tensor).dataSync().join()),
      )
      model.dispose()
      picture.dispose()
      return texts
    }
    const [first, second, third, fourth] = run(1)
    expect(first).not.toBe(second)
    expect(third).toBe(fourth)
    expect(run(1)).toEqual([first, second, third, fourth])
  })

  it('pools mean and maximum of every band over time', () => {
    const model = buildModel(
      { name: 'x', input: { frames: 3, bands: 2 }, layers: [{ kind: 'pool-time' }] },
      new Random(1),
    )
    const output = tf.tidy(() => model.apply(tf.tensor4d([1, 10, 2, 60, 6, 20], [1, 3, 2, 1])) as tf.Tensor)
    // Band by band: mean and maximum of the one channel.
    expect([...output.dataSync()]).toEqual([3, 6, 30, 60])
    tf.dispose(output)
    model.dispose()
  })
})

describe('the networks of the zoo', () => {
  const networks = [
    // Whole, as published.
    describeDeepVgg({ frames: 149, bands: 149 }, 10),
    // With few filters, so that its steps take no minutes.
    describeCrnn({ frames: 1366, bands: 96 }, 50, { filters: [2, 3, 4, 5], units: 3 }),
  ]

  it.each(networks)('builds $name as described, to the last weight', (network) => {
    const model = buildModel(network, new Random(1))
    const count = (weights: tfl.LayerVariable[]): number =>
      weights.reduce((total, weight) => total + tf.util.sizeFromShape(weight.shape as number[]), 0)
    expect(count(model.trainableWeights)).toBe(countParameters(network))
    expect(count(model.weights)).toBe(countValues(network))
    const built = ['convolution', 'max-pool', 'gated-recurrent', 'frames', 'global-average-pool']
    const shapes = network.layers.flatMap(({ kind }, index) => {
      const layer = built.includes(kind) ? model.getLayer(`${kind}-${index + 1}`) : null
      return layer === null ? [] : [(layer.outputShape as number[]).slice(1)]
    })
    expect(shapes).toEqual(flowShapes(network).filter((_, index) => built.includes(network.layers[index]!.kind)))
    model.dispose()
  })

  const small = [
    describeDeepVgg({ frames: 47, bands: 47 }, 3),
    describeCrnn({ frames: 406, bands: 96 }, 3, { filters: [2, 3, 4, 5], units: 3 }),
  ]

  it.each(small)('trains $name: a few steps lower the loss on one batch', (network) => {
    const model = buildModel(network, new Random(1))
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
    const { frames, bands } = network.input
    const random = new Random(2)
    const values = Float32Array.from({ length: 3 * frames * bands }, () => random.normal())
    const pictures = tf.tensor4d(values, [3, frames, bands, 1])
    const targets = tf.eye(3)
    const optimizer = tf.train.adam(0.01)
    const losses = Array.from({ length: 8 }, () => {
      const loss = optimizer.minimize(
        () => {
          const logits = model.apply(pictures, { training: true }) as tf.Tensor
          return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar
        },
        true,
        variables,
      )!
      return loss.dataSync()[0]!
    })
    expect(Math.min(...losses.slice(4))).toBeLessThan(losses[0]! - 0.1)
    model.dispose()
  })
})

describe('batch normalisation', () => {
  const values = Float32Array.from({ length: 2 * 3 * 4 * 2 }, (_, i) => Math.sin(i * 1.7) * 3 + (i % 2) * 5)

  it('has the values and gradients of the formula differentiated step by step', () => {
    const x = tf.tensor4d(values, [2, 3, 4, 2])
    const scale = tf.tensor1d([1.5, -0.5])
    const offset = tf.tensor1d([0.2, 2])
    const weight = tf.cos(tf.reshape(tf.range(0, values.length), [2, 3, 4, 2]))
    const byFormula = (a: tf.Tensor, g: tf.Tensor, b: tf.Tensor): tf.Tensor => {
      const { mean, variance } = tf.moments(a, [0, 1, 2])
      return tf.add(tf.mul(tf.div(tf.sub(a, mean), tf.sqrt(tf.add(variance, 1e-3))), g), b)
    }
    const gradients = (f: typeof byFormula): Float32Array[] =>
      tf
        .grads((a, g, b) => tf.sum(tf.mul(f(a!, g!, b!), weight)))([x, scale, offset])
        .map((gradient) => gradient.dataSync() as Float32Array)
    const expected = gradients(byFormula)
    const actual = gradients((a, g, b) => normalizeInTraining(a, g, b, () => undefined))
    for (const [index, gradient] of expected.entries()) {
      for (const [i, value] of gradient.entries()) expect(actual[index]![i]).toBeCloseTo(value, 4)
    }
    const difference = tf.sub(
      byFormula(x, scale, offset),
      normalizeInTraining(x, scale, offset, () => undefined),
    )
    expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5)
  })

  it('keeps running statistics as tfjs’s own layer does', () => {
    const own = buildModel(
      { name: 'x', input: { frames: 3, bands: 4 }, layers: [{ kind: 'batch-normalization' }] },
      new Random(1),
    )
    const reference = tfl.sequential({
      layers: [tfl.layers.batchNormalization({ inputShape: [3, 4, 1], momentum: 0.9, epsilon: 1e-3 })],
    })
    const x = tf.tensor4d(values.subarray(0, 24), [2, 3, 4, 1])
    for (let step = 0; step < 3; step++) {
      tf.dispose(own.apply(x, { training: true }) as tf.Tensor)
      tf.dispose(reference.apply(x, { training: true }) as tf.Tensor)
    }
    const [a, b] = [own.apply(x) as tf.Tensor, reference.apply(x) as tf.Tensor]
    expect(tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]).toBeLessThan(1e-4)
  })
})
