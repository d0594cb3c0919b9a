/**
 * A Recipe says how sound becomes what a model sees and how the model learns from it.
 * The spectrogram view, training and prediction all read the same value, so that what a
 * person sees is what the network hears.
 */

import type { AugmentationChain } from './augment/chain'
import type { FrontEnd } from './front-end'

export type * from './augment/chain'
export { isMixingStep, isPictureStep } from './augment/chain'
export type * from './front-end'

/** Small convolutional network over random crops of a log-mel spectrogram. */
export interface LogmelCnnModel {
  kind: 'logmel-cnn'
  /** Length of a training crop in seconds; shorter clips are padded by repetition. */
  cropSeconds: number
  /** Filters of each convolution block. */
  filters: number[]
  dropout: number
}

/** Means and standard deviations of MFCC, their deltas and log-mel bands, then multinomial logistic regression. */
export interface MfccLogisticModel {
  kind: 'mfcc-logistic'
  mfccCount: number
  /** Inverse regularisation strength as in scikit-learn's LogisticRegression(C). */
  inverseL2: number
}

export type ModelRecipe = LogmelCnnModel | MfccLogisticModel

/** How a network is fitted; mfcc-logistic reads only `maxEpochs` (iterations). */
export interface TrainingRecipe {
  maxEpochs: number
  batchClips: number
  /** At the start; it falls to 0 along half a cosine over `maxEpochs` (Loshchilov & Hutter 2017). */
  learningRate: number
  /** Epochs without a lower loss (of the validation clips, or of training where none are held out) before training stops; 0 never stops early. */
  patienceEpochs: number
  /** Share of the training groups held out for early stopping, 0 to 0.5. */
  validationShare: number
  /** Draw every class equally often. */
  isClassBalanced: boolean
  /**
   * Changes every training clip anew each time that it is drawn: its sound, before the front end hears it, then the crop of
   * its picture; networks only. Absent: it stays as it is.
   */
  chain?: AugmentationChain
}

export interface Recipe {
  name: string
  frontEnd: FrontEnd
  model: ModelRecipe
  training: TrainingRecipe
  /**
   * Where features are computed: 'graph', on the backend that trains, in single precision, of many clips at once; absent,
   * on the media threads. The same front end either way, within 1e-4.
   */
  features?: 'graph'
  seed: number
}
