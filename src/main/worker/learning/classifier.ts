/** A trained model that scores clips, whichever kind of recipe made it. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { Random } from '../../../dsp/random'
import { AppError } from '../../../shared/errors'
import type { ModelSpec } from '../../../zoo/model-spec'
import { buildModel } from './build-model'
import type { Checkpoint, WeightArray } from './checkpoint'
import type { Picture } from './features'
import { scoreLogistic, type LogisticModel } from './logistic'
import { scorePictures } from './scorer'
import { standardize, standardizePicture, type Standardization } from './standardization'

export interface Classifier {
  /** Softmax scores of every clip, in class order. The pictures are as loadFeatures gives them, not standardised. */
  score(pictures: readonly Picture[]): Promise<Float32Array[]>
  dispose(): void
}

/** Scores with a network, which the classifier takes over: disposing the one disposes the other. */
export function networkClassifier(
  model: tfl.LayersModel,
  spec: ModelSpec,
  standardization: Standardization,
  classCount: number,
): Classifier {
  return {
    score: (pictures) => {
      const standardized = pictures.map((picture) => standardizePicture(picture, standardization))
      return scorePictures(model, standardized, spec.input.frames, classCount)
    },
    dispose: () => void model.dispose(),
  }
}

/** Scores with a logistic regression over summary rows. */
export function logisticClassifier(model: LogisticModel, standardization: Standardization): Classifier {
  return {
    score: async (pictures) =>
      pictures.map(({ values }) => Float32Array.from(scoreLogistic(model, standardize(values, standardization)))),
    dispose: () => undefined,
  }
}

/** The model of a checkpoint. Throws AppError 'bad-file' where its weights do not fit its description. */
export function restoreClassifier({ spec, classes, standardization, weights, fold }: Checkpoint): Classifier {
  if (spec !== null) {
    const model = restoreNetwork({ spec, weights, fold })
    return networkClassifier(model, spec, standardization, classes.length)
  }
  const [coefficients, offsets] = weights
  const columns = standardization.means.length
  if (coefficients?.values.length !== classes.length * columns || offsets?.values.length !== classes.length) {
    throw new AppError(
      'bad-file',
      `The model of fold ${fold} does not hold a logistic regression of ${columns} values.`,
    )
  }
  const model = { weights: Float64Array.from(coefficients.values), offsets: Float64Array.from(offsets.values) }
  return logisticClassifier(model, standardization)
}

/** The network of a checkpoint, to be disposed. @throws AppError 'bad-file' where its weights do not fit its description */
export function restoreNetwork({
  spec,
  weights,
  fold,
}: Pick<Checkpoint, 'weights' | 'fold'> & { spec: ModelSpec }): tfl.LayersModel {
  // The initial weights are replaced at once, so their seed does not matter.
  const model = buildModel(spec, new Random(0))
  writeWeights(model, weights, fold)
  return model
}

/** All weights of a network, trained and running, in its own order. */
export async function readWeights(model: tfl.LayersModel): Promise<WeightArray[]> {
  return Promise.all(
    model.weights.map(async (weight) => {
      const values = (await weight.read().data()) as Float32Array
      return { name: weight.name, shape: weight.shape as number[], values: values.slice() }
    }),
  )
}

function writeWeights(model: tfl.LayersModel, weights: readonly WeightArray[], fold: string): void {
  const wanted = model.weights.map((weight) => weight.shape.join('×'))
  const given = weights.map(({ shape }) => shape.join('×'))
  if (wanted.join() !== given.join()) {
    model.dispose()
    throw new AppError('bad-file', `The weights of fold ${fold} (${given.join(', ')}) are not those of its network.`)
  }
  tf.tidy(() => {
    for (const [index, weight] of model.weights.entries()) {
      weight.write(tf.tensor(weights[index]!.values, weights[index]!.shape))
    }
  })
}
