/** A clip's picture made into what a network is given: the steps of training and of prediction, for one clip. */
import { Random } from '../../../dsp/random'
import type { Recipe } from '../../../dsp/recipe'
import type { ModelInput } from '../../../shared/job/model-view'
import { decibelColumns } from './augment'
import { cropStreams, drawCrop } from './batches'
import { countCropFrames, coverStarts, repeatToLength } from './crops'
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
  const unchanged = { ...training, gainDb: 0, frequencyMasks: 0, timeMasks: 0 }
  const decibel = decibelColumns(
    frontEnd,
    standardization?.deviations ?? new Array<number>(countColumns(whole)).fill(1),
  )
  const source = { cropFrames, decibel, training: drawn.augments ? training : unchanged }
  const { start, values } = drawCrop(whole, source, cropStreams(new Random(drawn.seed)))
  if (drawn.augments) notes.push(...describeAugmentation(recipe))
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

function cropFramesOf({ frontEnd, model }: Recipe): number {
  if (model.kind !== 'logmel-cnn') throw new RangeError(`${model.kind} cuts no crops`)
  return countCropFrames(model.cropSeconds, frontEnd.hopSamples / frontEnd.sampleRateHz)
}

function describeAugmentation({ training }: Recipe): string[] {
  const { gainDb, frequencyMasks, timeMasks, mixupAlpha, chain } = training
  const steps = chain?.steps.filter(({ onlyClasses }) => onlyClasses === undefined) ?? []
  const done = [
    ...(steps.length > 0 ? [`its sound by ${steps.map(({ kind }) => kind).join(', ')}`] : []),
    ...(gainDb > 0 ? [`gain within ±${gainDb} dB`] : []),
    ...(frequencyMasks + timeMasks > 0 ? [`${frequencyMasks} masks of bands, ${timeMasks} of frames`] : []),
  ]
  const left = (chain?.steps.length ?? 0) - steps.length
  return [
    done.length > 0 ? `Augmented: ${done.join(', ')}.` : 'The recipe changes nothing of a crop.',
    ...(left > 0 ? [`${left} of the chain’s steps are for single classes, and left out here.`] : []),
    ...(mixupAlpha > 0 ? ['Training also mixes pairs of crops (mixup), which one clip alone cannot show.'] : []),
  ]
}
