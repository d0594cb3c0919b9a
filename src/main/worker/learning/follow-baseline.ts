/** The baseline network from given weights: one batch for the numeric suite, and ten steps held against Keras. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { Random } from '../../../dsp/random'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { readReference, relativeError, toTensor, type Operation, type Tensors } from '../layers/numeric-suite'
import { buildModel } from './build-model'

/** What of an optimiser the ten steps need; learning/optimizers' has it. */
export interface StepOptimizer {
  /** @param gradients one for each variable, in their order; they stay the caller's */
  apply(gradients: readonly tf.Tensor[], learningRate: number): void
  dispose(): void
}

export interface AdamSettings {
  beta1: number
  beta2: number
  epsilon: number
}

export type MakeOptimizer = (variables: readonly tf.Variable[], settings: AdamSettings) => StepOptimizer

interface ModelSettings {
  filters: number[]
  frames: number
  bands: number
  classes: number
}

/** Largest difference after any of the ten steps, relative to the largest value of the same weight, and of the loss before it. */
export const stepTolerance = 1e-3

/** The worst of ten steps. */
export interface StepsResult {
  loss: number
  weight: number
  worstWeight: string
}

/** The baseline without dropout, with weights by the names of the reference: layer by layer, as Keras orders them. */
function buildBaseline(settings: ModelSettings, names: readonly string[], weights: Tensors): Baseline {
  const { filters, frames, bands, classes } = settings
  const spec = describeLogmelCnn(
    { kind: 'logmel-cnn', cropSeconds: 1, filters, dropout: 0 },
    { frames, bands },
    classes,
  )
  const model = buildModel(spec, new Random(1))
  // model.weights has all trained ones first.
  const variables = model.layers.flatMap((layer) => layer.weights.map((weight) => weight.read() as tf.Variable))
  if (variables.length !== names.length) throw new RangeError(`${variables.length} weights for ${names.length} names`)
  const byName: Record<string, tf.Variable> = {}
  for (const [index, name] of names.entries()) {
    variables[index]!.assign(weights[name]!)
    byName[name] = variables[index]!
  }
  return { model, byName }
}

interface Baseline {
  model: tfl.LayersModel
  byName: Record<string, tf.Variable>
}

/** Loss and logits of one batch, as fit.ts computes them. */
export const baselineOperation: Operation = (inputs, settings) => {
  const { training, weightNames } = settings as { training: boolean; weightNames: string[] }
  const { model, byName } = buildBaseline(settings as unknown as ModelSettings, weightNames, inputs)
  return {
    parameters: byName,
    compute: () => {
      const logits = model.apply(inputs.pictures!, { training }) as tf.Tensor
      return { logits, y: tf.losses.softmaxCrossEntropy(inputs.targets!, logits) }
    },
    dispose: () => void model.dispose(),
  }
}

/** Adam of tfjs. */
export const makeTfjsAdam: MakeOptimizer = (variables, { beta1, beta2, epsilon }) => {
  const optimizer = tf.train.adam(0.001, beta1, beta2, epsilon)
  return {
    apply: (gradients, learningRate) => {
      // tfjs has no setter for the rate, which it reads anew at every step.
      ;(optimizer as unknown as { learningRate: number }).learningRate = learningRate
      optimizer.applyGradients(gradients.map((tensor, index) => ({ name: variables[index]!.name, tensor })))
    },
    dispose: () => {
      optimizer.dispose()
    },
  }
}

type Record64 = Parameters<typeof toTensor>[0]

interface StepsReference {
  model: ModelSettings
  optimizer: AdamSettings
  weightNames: string[]
  start: Record<string, Record64>
  batches: { pictures: Record64; targets: Record64 }[]
  learningRates: number[]
  losses: number[]
  steps: Record<string, number[]>[]
}

/**
 * Takes the ten steps of reference/baseline-steps.keras.json on the current backend, with the same weights, batches and
 * learning rates, and compares the loss before and all weights, running statistics too, after every step.
 */
export async function followKeras(makeOptimizer: MakeOptimizer): Promise<StepsResult> {
  const reference = (readReference('baseline-steps.keras') as { cases: [StepsReference] }).cases[0]
  const start = Object.fromEntries(Object.entries(reference.start).map(([name, record]) => [name, toTensor(record)]))
  const { model, byName } = buildBaseline(reference.model, reference.weightNames, start)
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable)
  const optimizer = makeOptimizer(variables, reference.optimizer)
  const result: StepsResult = { loss: 0, weight: 0, worstWeight: '' }
  try {
    for (const [step, expected] of reference.steps.entries()) {
      const batch = reference.batches[step % reference.batches.length]!
      const loss = tf.tidy(() => {
        const [pictures, targets] = [toTensor(batch.pictures), toTensor(batch.targets)]
        const { value, grads } = tf.variableGrads(() => {
          const logits = model.apply(pictures, { training: true }) as tf.Tensor
          return tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar
        }, variables)
        optimizer.apply(
          variables.map(({ name }) => grads[name]!),
          reference.learningRates[step]!,
        )
        return value
      })
      result.loss = Math.max(result.loss, relativeError(await loss.data(), [reference.losses[step]!]))
      loss.dispose()
      for (const [name, values] of Object.entries(expected)) {
        const error = relativeError(await byName[name]!.data(), values)
        if (error >= result.weight) Object.assign(result, { weight: error, worstWeight: `${name}, step ${step + 1}` })
      }
    }
    return result
  } finally {
    optimizer.dispose()
    model.dispose()
    tf.dispose(start)
  }
}
