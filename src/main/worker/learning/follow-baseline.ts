/** The baseline network from given weights: one batch for the numeric suite, and ten steps held against Keras. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { Random } from '../../../dsp/random'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { readReference, relativeError, toTensor, toValues } from '../layers/numeric-suite'
import type { InputRecord, Operation, Tensors } from '../layers/numeric-suite'
import { softmaxCrossEntropy } from '../layers/softmax-cross-entropy'
import { buildModel } from './build-model'
import type { NetworkTrainer, TrainingBatch } from './network-trainer'
import type { OptimizerSettings } from './optimizers/settings'

/** What trains a network. */
export type Stepper = Pick<NetworkTrainer, 'step' | 'copyWeights' | 'putWeights' | 'dispose'>

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

/** Loss and logits of one batch, as NetworkTrainer computes them. */
export const baselineOperation: Operation = (inputs, settings) => {
  const { training, weightNames } = settings as { training: boolean; weightNames: string[] }
  const { model, byName } = buildBaseline(settings as unknown as ModelSettings, weightNames, inputs)
  return {
    parameters: byName,
    compute: () => {
      const logits = model.apply(inputs.pictures!, { training }) as tf.Tensor2D
      return { logits, y: softmaxCrossEntropy(inputs.targets as tf.Tensor2D, logits) }
    },
    dispose: () => void model.dispose(),
  }
}

interface StepsReference {
  model: ModelSettings
  optimizer: { beta1: number; beta2: number; epsilon: number }
  weightNames: string[]
  start: Record<string, InputRecord>
  batches: { pictures: InputRecord; targets: InputRecord }[]
  learningRates: number[]
  losses: number[]
  steps: Record<string, number[]>[]
}

/**
 * Takes the ten steps of reference/baseline-steps.keras.json on the current backend, with the same weights, batches and
 * learning rates, and compares the loss before and all weights, running statistics too, after every step.
 */
export async function followKeras(
  makeStepper: (model: tfl.LayersModel, settings: OptimizerSettings) => Stepper,
): Promise<StepsResult> {
  const reference = (readReference('baseline-steps.keras') as { cases: [StepsReference] }).cases[0]
  const { frames, bands } = reference.model
  const start = Object.fromEntries(Object.entries(reference.start).map(([name, record]) => [name, toTensor(record)]))
  const { model, byName } = buildBaseline(reference.model, reference.weightNames, start)
  const stepper = makeStepper(model, { kind: 'adam', ...reference.optimizer })
  const result: StepsResult = { loss: 0, weight: 0, worstWeight: '' }
  try {
    for (const [step, expected] of reference.steps.entries()) {
      const { pictures, targets } = reference.batches[step % reference.batches.length]!
      const batch: TrainingBatch = {
        pictures: toValues(pictures),
        shape: [pictures.shape[0]!, frames, bands, 1],
        targets: toValues(targets),
      }
      const { loss, logits } = stepper.step(batch, reference.learningRates[step]!)
      result.loss = Math.max(result.loss, relativeError(await loss.data(), [reference.losses[step]!]))
      // The running statistics reach the network only when they are asked for.
      const weights = stepper.copyWeights()
      stepper.putWeights(weights)
      tf.dispose([loss, logits, ...weights])
      for (const [name, values] of Object.entries(expected)) {
        const error = relativeError(await byName[name]!.data(), values)
        if (error >= result.weight) Object.assign(result, { weight: error, worstWeight: `${name}, step ${step + 1}` })
      }
    }
    return result
  } finally {
    stepper.dispose()
    model.dispose()
    tf.dispose(start)
  }
}
