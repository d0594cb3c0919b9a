/** Ten steps of every optimiser on two problems, held against Keras 3 and PyTorch on the current backend. */
import * as tf from '@tensorflow/tfjs-core'
import { readReference, relativeError, toTensor, type InputRecord, type Tensors } from '../layers/numeric-suite'
import { FlatOptimizer } from './optimizers/flat-optimizer'
import { FlatVariables } from './optimizers/flat-variables'
import { optimizerDefaults, type OptimizerSettings, type SharedSettings } from './optimizers/settings'

/** A case of optimizers.*.json, whose form numeric-suite.ts describes. */
export interface OptimizerCase {
  name: string
  source: 'keras' | 'torch'
  optimizer: 'sgd' | 'adam' | 'rmsprop' | 'adagrad' | 'adadelta'
  settings: Record<string, unknown> & {
    weightDecay?: { kind: 'coupled' | 'decoupled'; value: number }
    clip?: { kind: 'value' | 'globalNorm'; value: number }
  }
  problem: string
  learningRates: number[]
  losses: number[]
  steps: Record<string, number[]>[]
}

interface Problem {
  start: Record<string, InputRecord>
  constants: Record<string, InputRecord>
}

interface Reference {
  problems: Record<string, Problem>
  cases: OptimizerCase[]
}

const references = ['optimizers.keras', 'optimizers.torch'].map((file) => readReference(file) as Reference)

export const optimizerCases: OptimizerCase[] = references.flatMap(({ cases }) => cases)

/**
 * Takes the ten steps of a case and returns the largest error of any loss or variable, relative to the largest absolute
 * value of the same.
 */
export async function followOptimizer(item: OptimizerCase): Promise<number> {
  const { start, constants } = references[0]!.problems[item.problem]!
  const initial = toTensors(start)
  const fixed = toTensors(constants)
  const variables = Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, tf.variable(value)]))
  const trained = Object.values(variables)
  const row = new FlatVariables(trained)
  const optimizer = new FlatOptimizer(row, toSettings(item))
  let worst = 0
  for (const [step, learningRate] of item.learningRates.entries()) {
    const loss = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(() => lossOf(item.problem, variables, fixed), trained)
      optimizer.apply(
        trained.map((variable) => grads[variable.name]!),
        learningRate,
      )
      return value
    })
    worst = Math.max(worst, relativeError(await loss.data(), [item.losses[step]!]))
    loss.dispose()
    for (const [name, wanted] of Object.entries(item.steps[step]!)) {
      worst = Math.max(worst, relativeError(await variables[name]!.data(), wanted))
    }
  }
  optimizer.dispose()
  row.dispose()
  tf.dispose([variables, initial, fixed])
  return worst
}

/** The settings of a case in the words of Earmark's optimisers. */
function toSettings({ optimizer, settings, source }: OptimizerCase): OptimizerSettings {
  const { weightDecay, clip, nesterov, centered, ...rest } = settings
  const shared: Partial<SharedSettings> = { definition: source === 'keras' ? 'keras' : 'pytorch' }
  if (weightDecay?.kind === 'coupled') shared.l2 = weightDecay.value
  if (weightDecay?.kind === 'decoupled') shared.weightDecay = weightDecay.value
  if (clip?.kind === 'value') shared.clipValue = clip.value
  if (clip?.kind === 'globalNorm') shared.clipNorm = clip.value
  const flags = { ...(nesterov ? { isNesterov: true } : {}), ...(centered ? { isCentered: true } : {}) }
  return { ...optimizerDefaults[optimizer], ...rest, ...flags, ...shared } as OptimizerSettings
}

function toTensors(records: Record<string, InputRecord>): Tensors {
  return Object.fromEntries(Object.entries(records).map(([name, record]) => [name, toTensor(record)]))
}

/** The two problems, as scripts/backend_reference/optimizer_problems.py states them. */
function lossOf(problem: string, w: Tensors, c: Tensors): tf.Scalar {
  if (problem === 'quadratic') {
    const bowl = (curvature: tf.Tensor, values: tf.Tensor, target: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(curvature, tf.square(tf.sub(values, target))))
    return tf.mul(0.5, tf.add(bowl(c.curvatureU!, w.u!, c.targetU!), bowl(c.curvatureV!, w.v!, c.targetV!)))
  }
  const hidden = tf.tanh(tf.add(tf.matMul(c.x!, w.w1!), w.b1!))
  return tf.mean(tf.square(tf.sub(tf.add(tf.matMul(hidden, w.w2!), w.b2!), c.target!)))
}
