/** What would make a training run fail or mean nothing, found before any work is done. */
import { isFor } from '../../../dsp/augment/draw-place'
import { gainResponse } from '../../../dsp/gain-response'
import { pictureShape, type PictureShape } from '../../../dsp/picture-shape'
import { type AugmentationChain, isMixingStep, isPictureStep, type Recipe } from '../../../dsp/recipe'
import { AppError } from '../../../shared/errors'
import { findSilentStep } from '../../../shared/job/fold-materials'
import type { TrainFold, TrainManifest } from '../../../shared/job/manifest'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { flowShapes } from '../../../zoo/model-spec'
import { countCropFrames } from './crops'
import { graphObstacle } from './graph-front-end'
import { isSummarizable } from './summary-features'

/**
 * @throws AppError 'invalid-argument' naming the class, fold or clip: fewer than two classes, no folds, two folds of one
 *   name, a fold without training or test clips, a clip on both sides of a fold, a group on both sides of a fold, a
 *   class without training clips, a model that does not fit its front end, a step of the chain that takes other sounds and
 *   has none
 */
export function checkManifest(manifest: TrainManifest): void {
  const { classes, clips, folds } = manifest
  if (classes.length < 2) {
    const given = classes.length === 0 ? 'there is none' : `there is only “${classes[0]!.name}”`
    throw refuse(`Training needs two classes or more; ${given}.`, 'Label some clips with another class.')
  }
  if (folds.length === 0) throw refuse('The run has no folds.', 'Choose the folds to train and to test on.')
  const names = new Set<string>()
  for (const fold of folds) {
    if (names.has(fold.name)) throw refuse(`Two folds have the name “${fold.name}”.`)
    names.add(fold.name)
    for (const position of [...fold.train, ...fold.test, ...(fold.validation ?? [])]) {
      const clip = clips[position]
      if (!clip) throw refuse(`Fold “${fold.name}” names clip ${position} of ${clips.length}.`)
      if (!classes[clip.classIndex])
        throw refuse(`The clip ${clip.path} has class ${clip.classIndex} of ${classes.length}.`)
    }
    checkFold(manifest, fold)
  }
  checkModel(
    manifest.recipe,
    classes.map(({ name }) => name),
  )
  const { chain } = manifest.recipe.training
  const silent = chain ? findSilentStep({ chain, materials: manifest.materials ?? [], clips, folds }) : null
  if (silent !== null) throw refuse(silent, 'Give the step a source that has other recordings.')
}

function checkFold({ classes, clips, allowsLeaks = false }: TrainManifest, fold: TrainFold): void {
  for (const side of ['train', 'test'] as const) {
    if (fold[side].length === 0) {
      const purpose = side === 'train' ? 'to train on' : 'to test on'
      throw refuse(`Fold “${fold.name}” has no clips ${purpose}.`, 'Choose folds that hold labeled clips.')
    }
  }
  const trained = new Set(fold.train)
  const groups = new Set(fold.train.map((position) => clips[position]!.group))
  for (const position of fold.test) {
    const clip = clips[position]!
    if (trained.has(position)) throw refuse(`Fold “${fold.name}” tests on a clip that it trains on: ${clip.path}.`)
    if (groups.has(clip.group) && !allowsLeaks) {
      throw refuse(
        `Fold “${fold.name}” tests on ${clip.path}, and trains on clips of the same group “${clip.group}”.`,
        'Put all clips of a group in one fold: a model would be tested on what it has heard.',
      )
    }
  }
  const present = new Set(fold.train.map((position) => clips[position]!.classIndex))
  const missing = classes.filter((_, index) => !present.has(index)).map(({ name }) => `“${name}”`)
  if (missing.length > 0) {
    const subject = missing.length === 1 ? `class ${missing[0]}` : `classes ${missing.join(', ')}`
    throw refuse(
      `Fold “${fold.name}” has no training clips of ${subject}.`,
      'Label clips of it outside the test fold, or leave the class out.',
    )
  }
}

/** Can the loader run the chain, and is every class that it names one of the run? */
function checkChain(
  { steps }: AugmentationChain,
  { model, features, frontEnd }: Pick<Recipe, 'model' | 'features' | 'frontEnd'>,
  classNames: readonly string[],
): void {
  if (model.kind === 'mfcc-logistic')
    throw refuse(
      'The recipe has an augmentation chain, and mfcc-logistic sees every clip once, as it is.',
      'Take training.chain out, or train a network.',
    )
  const ofSound = steps.findIndex((step) => !isPictureStep(step))
  if (features === 'graph' && ofSound >= 0)
    throw refuse(
      `Step ${ofSound + 1} of the chain (${steps[ofSound]!.kind}) changes the sound, which the media threads do, and the recipe has its features computed in the graph.`,
      'Leave features to the media threads, or take steps of the picture alone.',
    )
  for (const [position, step] of steps.entries()) {
    const { kind, onlyClasses = [], exceptClasses = [] } = step
    const unknown = [...onlyClasses, ...exceptClasses].find((name) => !classNames.includes(name))
    if (unknown !== undefined)
      throw refuse(
        `Step ${position + 1} of the chain (${kind}) names the class “${unknown}”, which the run does not have.`,
        `Its classes are ${classNames.join(', ')}.`,
      )
    const taken = classNames.filter((name) => isFor(step, name))
    if (isMixingStep(step) && taken.length === 0)
      throw refuse(`Step ${position + 1} of the chain (${kind}) is for no class of the run.`)
    if (step.kind === 'between-class' && taken.length === 1)
      throw refuse(
        `Step ${position + 1} of the chain (between-class) mixes clips of two classes, and is for “${taken[0]}” alone.`,
        'Let it have a second class, or take sound-mixup.',
      )
    if (step.kind === 'picture-gain' && gainResponse(frontEnd) === null)
      throw refuse(
        `Step ${position + 1} of the chain (picture-gain) adds decibels, and this front end gives none.`,
        'Take gain, which changes the sound, or a level in decibels.',
      )
  }
}

/** Does the model fit what the front end gives it? */
function checkModel({ frontEnd, model, training, features }: Recipe, classNames: readonly string[]): void {
  let shape: PictureShape
  try {
    shape = pictureShape(frontEnd)
  } catch (error) {
    throw refuse(`The front end cannot be computed: ${(error as RangeError).message}.`)
  }
  if (training.chain?.steps.length) checkChain(training.chain, { model, features, frontEnd }, classNames)
  if (features === 'graph') {
    const obstacle =
      model.kind === 'mfcc-logistic' ? 'mfcc-logistic computes its own in double precision' : graphObstacle(frontEnd)
    if (obstacle !== null)
      throw refuse(`The features cannot be computed in the graph: ${obstacle}.`, 'Leave features to the media threads.')
  }
  if (model.kind === 'mfcc-logistic') {
    if (!isSummarizable(frontEnd))
      throw refuse(
        'mfcc-logistic summarises the levels of a spectrum, without steps after it; this front end gives others.',
        'Take a spectrogram without steps, or another model.',
      )
    if (model.mfccCount <= shape.bands) return
    throw refuse(
      `The recipe asks for ${model.mfccCount} MFCC of ${shape.bands} bands.`,
      'Ask for as many as bands at most.',
    )
  }
  const { hopSamples, sampleRateHz } = frontEnd
  const frames = countCropFrames(model.cropSeconds, hopSamples / sampleRateHz)
  try {
    flowShapes(describeLogmelCnn(model, { frames, ...shape }, classNames.length))
  } catch (error) {
    throw refuse(
      `The network does not fit a crop of ${model.cropSeconds} s: ${(error as RangeError).message}.`,
      'Take longer crops or fewer blocks.',
    )
  }
}

function refuse(message: string, hint?: string): AppError {
  return new AppError('invalid-argument', message, hint === undefined ? {} : { hint })
}
