/** A clip's picture made into what a network is given: the steps of training and of prediction, for one clip. */
import type { DrawPlace } from '../../../dsp/augment/draw-place'
import { applyPictureSteps } from '../../../dsp/augment/picture-chain'
import { Random } from '../../../dsp/random'
import { isMixingStep, isPictureStep, type Recipe } from '../../../dsp/recipe'
import type { ModelInput } from '../../../shared/job/model-view'
import { coverStarts, cropFramesOf, cutCrop, repeatToLength } from './crops'
import { decibelColumns } from './decibel-columns'
import { countColumns, type HeardClip, type Picture } from './features'
import { standardizePicture, type Standardization } from './standardization'
import { nameSummaryValues } from './summary-features'

export interface InputOptions {
  recipe: Recipe
  /** Of the fold; null leaves the levels as they are. */
  standardization: Standardization | null
  /** A training crop as the seed draws it, augmented or only cut; null: the whole clip that crops are scored of. */
  drawn: { seed: number; augments: boolean } | null
}

/** A picture as the crops of a network are cut from it: standardised, and repeated to a crop's length. */
export function prepareForCrops(picture: Picture, recipe: Recipe, standardization: Standardization | null): Picture {
  const standardised = standardization === null ? picture : standardizePicture(picture, standardization)
  return recipe.model.kind === 'logmel-cnn' ? repeatToLength(standardised, cropFramesOf(recipe)) : standardised
}

/** What the model of a recipe is given of a clip. */
export function makeModelInput(heard: HeardClip, { recipe, standardization, drawn }: InputOptions): ModelInput {
  const { frontEnd, model, training } = recipe
  const whole = prepareForCrops(heard.picture, recipe, standardization)
  const frameSeconds = frontEnd.hopSamples / frontEnd.sampleRateHz
  const notes = standardization
    ? []
    : ['Not standardised: the statistics for it come from the training clips of a run.']
  const common = {
    bands: whole.bands,
    channels: whole.channels ?? 1,
    bandHz: heard.bandHz,
    frameSeconds,
    isStandardised: standardization !== null,
  }
  if (model.kind !== 'logmel-cnn') {
    const rowNames = nameSummaryValues(model.mfccCount, (whole.bands - 3 * model.mfccCount - 2) / 2)
    if (drawn) notes.push('A summary of the whole clip: nothing is cut or augmented.')
    const row = { frames: 1, values: whole.values, rowNames, firstFrameSeconds: 0, soundFrames: 1, crops: null }
    return { ...common, ...row, notes }
  }
  const cropFrames = cropFramesOf(recipe)
  const { frames: soundFrames } = heard.picture
  if (soundFrames < cropFrames)
    notes.push(`The clip fills ${soundFrames} frames of a crop of ${cropFrames}, and is repeated from its start.`)
  if (frontEnd.segments) notes.push('Its front end cuts segments for files of features; training cuts crops instead.')
  if (drawn === null) {
    const crops = { frames: cropFrames, starts: coverStarts(whole.frames, cropFrames) }
    const { frames, values } = whole
    return {
      ...common,
      frames,
      values,
      rowNames: null,
      firstFrameSeconds: heard.firstFrameSeconds,
      soundFrames,
      crops,
      notes,
    }
  }
  const start = new Random(drawn.seed).stream('crop').integer(whole.frames - cropFrames + 1)
  const values = cutCrop(whole, start, cropFrames)
  if (drawn.augments) {
    const deviations = standardization?.deviations ?? new Array<number>(countColumns(whole)).fill(1)
    const crop = { frames: cropFrames, bands: whole.bands, channels: whole.channels ?? 1, values }
    const row = { crop, targets: new Float32Array(0), place: lookPlace(drawn.seed) }
    if (training.chain) applyPictureSteps([row], training.chain, decibelColumns(frontEnd, deviations))
    notes.push(...describeAugmentation(recipe))
  }
  return {
    ...common,
    frames: cropFrames,
    values,
    rowNames: null,
    firstFrameSeconds: heard.firstFrameSeconds + start * frameSeconds,
    soundFrames: Math.min(cropFrames, Math.max(0, soundFrames - start)),
    crops: { frames: cropFrames, starts: [0] },
    notes,
  }
}

/** The draw of a chain that a look at one clip has. What the clip is counts for nothing in it: steps for single classes are left out. */
export function lookPlace(seed: number): DrawPlace {
  return { seed, epoch: 1, example: 0, className: null }
}

function describeAugmentation({ training }: Recipe): string[] {
  const steps = training.chain?.steps ?? []
  const isMixing = (step: (typeof steps)[number]): boolean => isMixingStep(step) || step.kind === 'mixup'
  const own = steps.filter((step) => !isMixing(step) && step.onlyClasses === undefined)
  const [sound, picture] = [false, true].map((is) =>
    own.filter((step) => isPictureStep(step) === is).map(({ kind }) => kind),
  ) as [string[], string[]]
  const done = [
    ...(sound.length > 0 ? [`its sound by ${sound.join(', ')}`] : []),
    ...(picture.length > 0 ? [`its picture by ${picture.join(', ')}`] : []),
  ]
  const single = steps.filter((step) => !isMixing(step)).length - own.length
  const mixing = steps.filter(isMixing).map(({ kind }) => kind)
  return [
    done.length > 0 ? `Augmented: ${done.join('; ')}.` : 'The recipe changes nothing of a crop.',
    ...(single > 0 ? [`${single} of the chain’s steps are for single classes, and left out here.`] : []),
    ...(mixing.length > 0
      ? [`Training also mixes it with other clips (${mixing.join(', ')}), which one clip alone cannot show.`]
      : []),
  ]
}
