import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../../dsp/random'
import { loadTensorflow } from '../../backends/load-tensorflow'
import { loadWasm } from '../../backends/load-wasm'
import { FlatOptimizer } from './flat-optimizer'
import { FlatVariables } from './flat-variables'
import { optimizerDefaults, type OptimizerSettings } from './settings'

/** The rules for one weight in double precision, written from the definitions: a step gives the change of the weight. */
type Scalar = (gradient: number, weight: number, rate: number, step: number) => number
const { adam, adamw, adagrad, adadelta, rmsprop } = optimizerDefaults

const cases: { name: string; settings: OptimizerSettings; make: () => Scalar }[] = [
  { name: 'sgd', settings: optimizerDefaults.sgd, make: () => (g, _, rate) => -rate * g },
  {
    name: 'momentum',
    settings: { ...optimizerDefaults.sgd, momentum: 0.9 },
    make: () => {
      let velocity = 0
      return (g, _, rate) => (velocity = 0.9 * velocity - rate * g)
    },
  },
  {
    name: 'nesterov',
    settings: { ...optimizerDefaults.sgd, momentum: 0.9, isNesterov: true },
    make: () => {
      let velocity = 0
      return (g, _, rate) => {
        velocity = 0.9 * velocity - rate * g
        return 0.9 * velocity - rate * g
      }
    },
  },
  {
    name: 'pytorch’s nesterov',
    settings: { ...optimizerDefaults.sgd, momentum: 0.9, isNesterov: true, definition: 'pytorch' },
    make: () => {
      let velocity = 0
      return (g, _, rate) => {
        velocity = 0.9 * velocity + g
        return -rate * (g + 0.9 * velocity)
      }
    },
  },
  { name: 'adam', settings: adam, make: () => scalarAdam(1e-7, 0, 'inside') },
  {
    name: 'adam with a large epsilon',
    settings: { ...adam, epsilon: 0.05 },
    make: () => scalarAdam(0.05, 0, 'inside'),
  },
  {
    name: 'pytorch’s adamw with a large epsilon',
    settings: { ...adamw, epsilon: 0.05, weightDecay: 0.3, definition: 'pytorch' },
    make: () => scalarAdam(0.05, 0.3, 'outside'),
  },
  { name: 'adamw', settings: { ...adamw, weightDecay: 0.3 }, make: () => scalarAdam(1e-7, 0.3, 'inside') },
  {
    name: 'rmsprop',
    settings: { ...rmsprop, epsilon: 0.01 },
    make: () => {
      let power = 0
      return (g, _, rate) => {
        power = 0.9 * power + 0.1 * g * g
        return (-rate * g) / Math.sqrt(power + 0.01)
      }
    },
  },
  {
    name: 'centred rmsprop with momentum',
    settings: { ...rmsprop, epsilon: 0.01, momentum: 0.8, isCentered: true },
    make: () => {
      let [power, mean, velocity] = [0, 0, 0]
      return (g, _, rate) => {
        power = 0.9 * power + 0.1 * g * g
        mean = 0.9 * mean + 0.1 * g
        velocity = 0.8 * velocity + (rate * g) / Math.sqrt(power - mean * mean + 0.01)
        return -velocity
      }
    },
  },
  {
    name: 'pytorch’s rmsprop with momentum',
    settings: { ...rmsprop, epsilon: 0.01, momentum: 0.8, definition: 'pytorch' },
    make: () => {
      let [power, velocity] = [0, 0]
      return (g, _, rate) => {
        power = 0.9 * power + 0.1 * g * g
        velocity = 0.8 * velocity + g / (Math.sqrt(power) + 0.01)
        return -rate * velocity
      }
    },
  },
  {
    name: 'adagrad',
    settings: { ...adagrad, epsilon: 0.01 },
    make: () => {
      let sum = 0.1
      return (g, _, rate) => {
        sum += g * g
        return (-rate * g) / Math.sqrt(sum + 0.01)
      }
    },
  },
  {
    name: 'adadelta',
    settings: { ...adadelta, epsilon: 1e-3 },
    make: () => {
      let [power, moved] = [0, 0]
      return (g, _, rate) => {
        power = 0.95 * power + 0.05 * g * g
        const move = (-Math.sqrt(moved + 1e-3) / Math.sqrt(power + 1e-3)) * g
        moved = 0.95 * moved + 0.05 * move * move
        return rate * move
      }
    },
  },
]

function scalarAdam(epsilon: number, decay: number, place: 'inside' | 'outside'): Scalar {
  let [first, second] = [0, 0]
  return (g, weight, rate, step) => {
    first += 0.1 * (g - first)
    second += 0.001 * (g * g - second)
    const [one, two] = [1 - 0.9 ** step, Math.sqrt(1 - 0.999 ** step)]
    const move =
      place === 'inside'
        ? ((rate * two) / one) * (first / (Math.sqrt(second) + epsilon))
        : ((rate / one) * first) / (Math.sqrt(second) / two + epsilon)
    return -rate * decay * weight - move
  }
}

const shapes = [[2, 3], [4], [1, 1, 2, 2]]
const rateAt = (step: number): number => 0.05 / (1 + 0.3 * step)
const size = 14

/** Weights after each of ten steps down a bowl of a different depth for each weight, in double precision. */
function follow(make: () => Scalar, bend: (gradients: number[], weights: number[]) => number[]): number[] {
  const weights = startWeights()
  const rules = weights.map(make)
  for (let step = 1; step <= 10; step++) {
    const gradients = bend(
      weights.map((weight, index) => (index - 5) * (weight - 0.3)),
      weights,
    )
    for (const [index, rule] of rules.entries())
      weights[index]! += rule(gradients[index]!, weights[index]!, rateAt(step), step)
  }
  return weights
}

function startWeights(): number[] {
  const random = new Random(5)
  return Array.from({ length: size }, () => Math.fround(random.normal()))
}

/** Takes steps of the optimiser under test; `between` is called after each and may replace it. */
function run(settings: OptimizerSettings, between?: (optimizer: FlatOptimizer, step: number) => void): number[] {
  const [variables, slopes] = tf.tidy(() => {
    const cut = (values: number[]): tf.Tensor[] =>
      tf.split(tf.tensor1d(values), [6, 4, 4]).map((part, index) => tf.reshape(part, shapes[index]!))
    return [
      cut(startWeights()).map((part) => tf.variable(part)) as unknown as tf.Tensor[],
      cut(Array.from({ length: size }, (_, index) => index - 5)),
    ]
  }) as unknown as [tf.Variable[], tf.Tensor[]]
  const weights = new FlatVariables(variables)
  const optimizer = new FlatOptimizer(weights, settings)
  for (let step = 1; step <= 10; step++) {
    tf.tidy(() => {
      const gradients = variables.map((variable, index) => tf.mul(slopes[index]!, tf.sub(variable, 0.3)))
      optimizer.apply(gradients, rateAt(step))
    })
    between?.(optimizer, step)
  }
  const result = variables.flatMap((variable) => [...variable.dataSync()])
  expect([...weights.values.dataSync()]).toEqual(result)
  optimizer.dispose()
  weights.dispose()
  tf.dispose(variables)
  tf.dispose(slopes)
  return result
}

function expectClose(actual: readonly number[], wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length)
  for (const [index, value] of wanted.entries()) expect(Math.abs(actual[index]! - value)).toBeLessThan(1e-5)
}

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

describe.each([
  { backend: 'wasm', load: loadWasm, reason: '' },
  { backend: 'tensorflow', load: loadTensorflow, reason: missing },
])('on $backend $reason', ({ load, reason }) => {
  it.skipIf(reason !== '').each(cases)('$name follows its definition', async ({ settings, make }) => {
    await load()
    const before = tf.memory().numTensors
    expectClose(
      run(settings),
      follow(make, (gradients) => gradients),
    )
    expect(tf.memory().numTensors).toBe(before)
  })

  it.skipIf(reason !== '')('adds the penalty, then cuts each component, then the whole', async () => {
    await load()
    const settings: OptimizerSettings = { ...optimizerDefaults.sgd, l2: 0.5, clipValue: 1.5, clipNorm: 2 }
    let isCut = false
    const bend = (gradients: number[], weights: number[]): number[] => {
      const cut = gradients.map((g, index) => Math.max(-1.5, Math.min(1.5, g + 0.5 * weights[index]!)))
      const norm = Math.hypot(...cut)
      isCut ||= norm > 2
      return cut.map((g) => g * Math.min(1, 2 / norm))
    }
    expectClose(run(settings), follow(cases[0]!.make, bend))
    expect(isCut).toBe(true)
    // A gradient of nothing but zeros has a norm of 0 and stays.
    const still = tf.variable(tf.tensor1d([1, 2]))
    const weights = new FlatVariables([still])
    const optimizer = new FlatOptimizer(weights, { ...optimizerDefaults.sgd, clipNorm: 1 })
    optimizer.apply([tf.zeros([2])], 0.1)
    expect([...still.dataSync()]).toEqual([1, 2])
  })

  it.skipIf(reason !== '').each(cases)('$name goes on from a saved state to the last bit', async ({ settings }) => {
    await load()
    const straight = run(settings)
    // Training again from the state after step 6: the steps before are undone by restoring.
    const saved: Awaited<ReturnType<FlatOptimizer['save']>>[] = []
    const variables = shapes.map((shape) => tf.variable(tf.zeros(shape)))
    const put = (values: readonly number[]): void => {
      let from = 0
      for (const variable of variables) {
        const part = tf.tensor(values.slice(from, (from += variable.size)), variable.shape)
        variable.assign(part)
        part.dispose()
      }
    }
    put(startWeights())
    const advance = (optimizer: FlatOptimizer, first: number, last: number): void => {
      for (let step = first; step <= last; step++) {
        tf.tidy(() => {
          let from = 0
          const gradients = variables.map((variable) => {
            const slope = tf.tensor(
              Array.from({ length: variable.size }, (_, index) => from + index - 5),
              variable.shape,
            )
            from += variable.size
            return tf.mul(slope, tf.sub(variable, 0.3))
          })
          optimizer.apply(gradients, rateAt(step))
        })
      }
    }
    const first = new FlatOptimizer(new FlatVariables(variables), settings)
    advance(first, 1, 6)
    saved.push(await first.save())
    const weights = variables.flatMap((variable) => [...variable.dataSync()])
    advance(first, 7, 9)
    put(weights)
    const second = new FlatOptimizer(new FlatVariables(variables), settings)
    second.restore(saved[0]!)
    expect(second.steps).toBe(6)
    advance(second, 7, 10)
    expect(variables.flatMap((variable) => [...variable.dataSync()])).toEqual(straight)
    expect(() => second.restore({ steps: 1, slots: [new Float32Array(3), new Float32Array(3)] })).toThrow(
      /running values of 3, 3/,
    )
  })
})
