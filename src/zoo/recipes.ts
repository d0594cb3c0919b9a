/** The recipes that come with Earmark. */
import { logmelFrontEnd, mfccFrontEnd } from '../dsp/presets'
import type { Recipe } from '../dsp/recipe'

/**
 * The baseline: a small convolutional network on 3-second crops of a 64-band log-mel spectrogram.
 *
 * A tenth of the training groups is held out, stratified by class, and decides when training stops and which epoch is
 * kept. With nothing held out (validationShare 0) patience watches the training loss; on ESC-10, with 24 clips a class
 * to train on, that was one point better over two seeds, within the noise of the folds. Trials of SpecAugment's masks on
 * ESC-10 were no better, so the chain has none; its steps are of the picture, so that the sound is heard once.
 */
const logmelCnn: Recipe = {
  name: 'logmel-cnn',
  frontEnd: logmelFrontEnd,
  model: { kind: 'logmel-cnn', cropSeconds: 3, filters: [8, 16, 32, 64], dropout: 0.3 },
  training: {
    maxEpochs: 60,
    batchClips: 16,
    learningRate: 0.002,
    patienceEpochs: 15,
    validationShare: 0.1,
    isClassBalanced: true,
    chain: {
      steps: [
        { kind: 'picture-gain', decibels: [-6, 6] },
        { kind: 'mixup', alpha: 0.2, labels: 'shares' },
      ],
    },
  },
  seed: 1,
}

/**
 * The control: means and deviations of 20 MFCC, their deltas, zero crossings and 60 log-mel bands with a
 * logistic regression, trained in seconds. A network that does not beat it has learned no more than band statistics.
 */
const mfccLogistic: Recipe = {
  name: 'mfcc-logistic',
  frontEnd: mfccFrontEnd,
  model: { kind: 'mfcc-logistic', mfccCount: 20, inverseL2: 1 },
  // Of these the logistic regression reads only maxEpochs, the most iterations it may take.
  training: {
    maxEpochs: 1000,
    batchClips: 32,
    learningRate: 0.001,
    patienceEpochs: 0,
    validationShare: 0,
    isClassBalanced: false,
  },
  seed: 1,
}

export const recipes: Record<'logmel-cnn' | 'mfcc-logistic', Recipe> = {
  'logmel-cnn': logmelCnn,
  'mfcc-logistic': mfccLogistic,
}
