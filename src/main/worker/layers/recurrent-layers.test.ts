import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { loadTensorflow } from '../backends/load-tensorflow'
import { loadWasm } from '../backends/load-wasm'
import { drawOrthogonal } from './orthogonal'
import { Bidirectional } from './recurrent-bidirectional'
import { GatedRecurrent } from './recurrent-gru'
import type { RecurrentLayer, RecurrentOptions } from './recurrent-layer'
import { LongShortTerm } from './recurrent-lstm'

const [batch, time, features, units] = [3, 5, 4, 6]

type Cell = (x: tf.Tensor, state: tf.Tensor[], weights: tf.Tensor[]) => tf.Tensor[]

/** Keras's cells as their documentation states them, one step, from [kernel, recurrent kernel, bias]. */
const cells: Record<string, Cell> = {
  'GRU, reset after': (x, [h], [w, u, b]) => {
    const [inputBias, stateBias] = tf.unstack(b!)
    const [xz, xr, xc] = tf.split(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), inputBias!), 3, 1)
    const [hz, hr, hc] = tf.split(tf.add(tf.matMul(h as tf.Tensor2D, u as tf.Tensor2D), stateBias!), 3, 1)
    const [z, r] = [tf.sigmoid(tf.add(xz!, hz!)), tf.sigmoid(tf.add(xr!, hr!))]
    const candidate = tf.tanh(tf.add(xc!, tf.mul(r, hc!)))
    return [tf.add(tf.mul(z, h!), tf.mul(tf.sub(1, z), candidate))]
  },
  'GRU, reset before': (x, [h], [w, u, b]) => {
    const [xz, xr, xc] = tf.split(tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), b!), 3, 1)
    const [uz, ur, uc] = tf.split(u!, 3, 1) as tf.Tensor2D[]
    const z = tf.sigmoid(tf.add(xz!, tf.matMul(h as tf.Tensor2D, uz!)))
    const r = tf.sigmoid(tf.add(xr!, tf.matMul(h as tf.Tensor2D, ur!)))
    const candidate = tf.tanh(tf.add(xc!, tf.matMul(tf.mul(r, h!) as tf.Tensor2D, uc!)))
    return [tf.add(tf.mul(z, h!), tf.mul(tf.sub(1, z), candidate))]
  },
  LSTM: (x, [h, c], [w, u, b]) => {
    const sums = tf.add(
      tf.add(tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D), tf.matMul(h as tf.Tensor2D, u as tf.Tensor2D)),
      b!,
    )
    const [i, f, g, o] = tf.split(sums, 4, 1)
    const cell = tf.add(tf.mul(tf.sigmoid(f!), c!), tf.mul(tf.sigmoid(i!), tf.tanh(g!)))
    return [tf.mul(tf.sigmoid(o!), tf.tanh(cell)), cell]
  },
}

const makers: Record<string, (options: RecurrentOptions) => RecurrentLayer> = {
  'GRU, reset after': (options) => new GatedRecurrent(options),
  'GRU, reset before': (options) => new GatedRecurrent({ ...options, resetAfter: false }),
  LSTM: (options) => new LongShortTerm(options),
}

const draw = (shape: number[], seed: number): Float32Array => {
  const random = new Random(seed)
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => 0.6 * random.normal())
}

/** The layer written out step by step, for tfjs to differentiate. */
function walk(name: string, x: tf.Tensor, weights: tf.Tensor[], options: Partial<RecurrentOptions>): tf.Tensor {
  // A copy: the tape holds the array that unstack gave.
  const steps = options.goBackwards ? tf.unstack(x, 1).toReversed() : tf.unstack(x, 1)
  const outputs: tf.Tensor[] = []
  let state = [tf.zeros([batch, units]), tf.zeros([batch, units])]
  for (const step of steps) {
    state = cells[name]!(step, state, weights) as [tf.Tensor, tf.Tensor]
    outputs.push(state[0]!)
  }
  return options.returnSequences ? tf.stack(outputs, 1) : outputs.at(-1)!
}

/** Output, gradient to the input and to each weight, under one random projection of the output to a number. */
function measure(
  run: (x: tf.Tensor) => tf.Tensor,
  weights: tf.Variable[],
  input: Float32Array,
): { output: Float32Array; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const x = tf.variable(tf.tensor(input, [batch, time, features]))
    const output = run(x)
    const direction = tf.tensor(draw(output.shape, 5), output.shape)
    const { grads } = tf.variableGrads(() => tf.sum(tf.mul(run(x), direction)) as tf.Scalar, [x, ...weights])
    const gradients = [x, ...weights].map((variable) => Float32Array.from(grads[variable.name]!.dataSync()))
    const values = Float32Array.from(output.dataSync())
    x.dispose()
    return { output: values, gradients }
  })
}

/** The largest difference, relative to the largest value. */
function distance(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  expect(scale).toBeGreaterThan(1e-3)
  return expected.reduce((most, value, at) => Math.max(most, Math.abs(value - actual[at]!)), 0) / scale
}

function build(layer: RecurrentLayer | Bidirectional): tf.Variable[] {
  layer.build([null, time, features])
  const weights = layer.trainableWeights.map((weight) => weight.read() as tf.Variable)
  for (const [index, weight] of weights.entries()) weight.assign(tf.tensor(draw(weight.shape, index + 1), weight.shape))
  return weights
}

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)
const backends: { backend: string; load: () => Promise<string> }[] = [
  { backend: 'wasm', load: loadWasm },
  ...(missing === '' ? [{ backend: 'tensorflow', load: loadTensorflow }] : []),
]
if (missing !== '') it.skip(`recurrent layers on TensorFlow's native library (${missing})`, () => undefined)

describe.each(backends)('recurrent layers on $backend', ({ load }) => {
  beforeAll(async () => {
    await load()
  })

  const cases = Object.keys(cells).flatMap((name) =>
    [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ].map(([returnSequences, goBackwards]) => ({ name, returnSequences: returnSequences!, goBackwards: goBackwards! })),
  )

  it.each(cases)('$name: values and gradients (sequences $returnSequences, backwards $goBackwards)', (settings) => {
    const { name, ...options } = settings
    const layer = makers[name]!({ units, random: new Random(1), name: 'layer', ...options })
    const weights = build(layer)
    const input = draw([batch, time, features], 9)
    const actual = measure((x) => layer.call(x), weights, input)
    const expected = measure((x) => walk(name, x, weights, options), weights, input)
    expect(distance(actual.output, expected.output)).toBeLessThan(1e-5)
    for (const [index, gradient] of expected.gradients.entries())
      expect(distance(actual.gradients[index]!, gradient)).toBeLessThan(1e-5)
    tf.dispose(weights)
  })

  it.each(Object.keys(cells))('%s: agrees with finite differences', (name) => {
    const layer = makers[name]!({ units, random: new Random(1), name: 'layer', returnSequences: true })
    const weights = build(layer)
    const input = draw([batch, time, features], 9)
    const { gradients } = measure((x) => layer.call(x), weights, input)
    const direction = draw([batch, time, units], 5)
    const loss = (values: Float32Array): number => {
      const output = tf.tidy(() => layer.call(tf.tensor3d(values, [batch, time, features])).dataSync()) as Float32Array
      return output.reduce((total, value, at) => total + value * direction[at]!, 0)
    }
    for (const at of [0, 17, 31, 59]) {
      const [up, down] = [input.slice(), input.slice()]
      up[at]! += 0.02
      down[at]! -= 0.02
      const slope = (loss(up) - loss(down)) / (up[at]! - down[at]!)
      expect(Math.abs(gradients[0]![at]! - slope)).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)))
    }
    tf.dispose(weights)
  })

  it('runs both ways side by side, in the order of the frames', () => {
    for (const returnSequences of [true, false]) {
      const make = (goBackwards: boolean): RecurrentLayer =>
        new GatedRecurrent({ units, returnSequences, goBackwards, random: new Random(1), name: `${goBackwards}` })
      const both = new Bidirectional(make(false), make(true), 'both')
      const weights = build(both)
      expect(both.computeOutputShape([null, time, features])).toEqual(
        returnSequences ? [null, time, 2 * units] : [null, 2 * units],
      )
      const input = draw([batch, time, features], 9)
      const actual = measure((x) => both.call(x), weights, input)
      const expected = measure(
        (x) => {
          const ahead = walk('GRU, reset after', x, weights.slice(0, 3), { returnSequences })
          const behind = walk('GRU, reset after', x, weights.slice(3), { returnSequences, goBackwards: true })
          return tf.concat([ahead, returnSequences ? tf.reverse(behind, 1) : behind], -1)
        },
        weights,
        input,
      )
      expect(distance(actual.output, expected.output)).toBeLessThan(1e-5)
      for (const [index, gradient] of expected.gradients.entries())
        expect(distance(actual.gradients[index]!, gradient)).toBeLessThan(1e-5)
      tf.dispose(weights)
    }
  })

  it.each(Object.keys(cells))('%s: leaves no tensor behind, with gradients and without', (name) => {
    const layer = makers[name]!({ units, random: new Random(1), name: 'layer' })
    const weights = build(layer)
    const run = (): void => {
      measure((x) => layer.call(x), weights, draw([batch, time, features], 9))
    }
    run()
    const before = tf.memory().numTensors
    run()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(weights)
  })

  it('joins models: shapes, counts and weights of the same seed', () => {
    const make = (seed: number): tfl.LayersModel => {
      const random = new Random(seed)
      const input = tfl.input({ shape: [time, features] })
      const forward = new LongShortTerm({ units, returnSequences: true, random: random.stream('a'), name: 'a' })
      const backward = new LongShortTerm({
        ...{ units, returnSequences: true, goBackwards: true },
        ...{ random: random.stream('b'), name: 'b' },
      })
      const both = new Bidirectional(forward, backward, 'both').apply(input)
      const last = new GatedRecurrent({ units: 2, random: random.stream('c'), name: 'c' }).apply(both)
      return tfl.model({ inputs: input, outputs: last as tfl.SymbolicTensor })
    }
    const [one, same, other] = [make(1), make(1), make(2)]
    expect(one.outputShape).toEqual([null, 2])
    const perLstm = 4 * units * (features + units + 1)
    expect(one.countParams()).toBe(2 * perLstm + 3 * 2 * (2 * units + 2 + 2))
    const texts = [one, same, other].map((model) => model.getWeights().map((weight) => weight.dataSync().join()))
    expect(texts[0]).toEqual(texts[1])
    expect(texts[0]![0]).not.toBe(texts[2]![0])
    // The forget gate's bias starts at one.
    const bias = one.getWeights()[2]!.dataSync()
    expect([...bias]).toEqual(Array.from({ length: 4 * units }, (_, at) => (at >= units && at < 2 * units ? 1 : 0)))
    for (const model of [one, same, other]) model.dispose()
  })
})

describe('initial values', () => {
  it.each([
    [4, 12],
    [7, 3],
    [5, 5],
  ])('of %i × %i are orthonormal', (rows, columns) => {
    const values = drawOrthogonal(rows, columns, new Random(3))
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)]
    const at = (vector: number, index: number): number =>
      rows <= columns ? values[vector * columns + index]! : values[index * columns + vector]!
    for (let a = 0; a < count; a++)
      for (let b = 0; b <= a; b++) {
        let product = 0
        for (let index = 0; index < length; index++) product += at(a, index) * at(b, index)
        expect(product).toBeCloseTo(a === b ? 1 : 0, 6)
      }
  })
})
