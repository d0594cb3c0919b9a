/** The batches of a fold, as its training consumes them and a person looks at them: one road for both. */
import { pictureShape } from '../../../dsp/picture-shape'
import { Random } from '../../../dsp/random'
import { isPictureStep } from '../../../dsp/recipe'
import type { TrainFold, TrainManifest } from '../../../shared/job/manifest'
import type { BatchSource, HeardExample } from './batches'
import { listChainSounds } from './chain-sounds'
import { makeClipAugmenter } from './clip-augmenter'
import { cropFramesOf } from './crops'
import { decibelColumns } from './decibel-columns'
import type { MediaRunner, Picture } from './features'
import { prepareForCrops } from './model-input'
import type { SoundKeep } from './sound-keep'
import type { Standardization } from './standardization'
import { holdOutGroups } from './validation-split'

/** Positions in the manifest of the clips that a fold learns from, and of those that decide when it stops. */
export interface FoldSplit {
  train: readonly number[]
  validation: readonly number[]
}

/** Above all that a fold's training draws from; made anew, it draws the same. */
export function foldRandom({ recipe }: TrainManifest, fold: TrainFold): Random {
  return Random.recorded(recipe.seed, `fold/${fold.name}`)
}

/** @param random of the fold */
export function splitFold({ clips, recipe }: TrainManifest, fold: TrainFold, random: Random): FoldSplit {
  if (fold.validation) return { train: fold.train, validation: fold.validation }
  return holdOutGroups(clips, fold.train, recipe.training.validationShare, random.stream('validation'))
}

/** Whether the recipe's chain changes the sound of a clip, each time that it is drawn. */
export function changesSound({ recipe }: TrainManifest): boolean {
  const { chain } = recipe.training
  return chain !== undefined && !chain.steps.every(isPictureStep)
}

export interface FoldBatchOptions {
  manifest: TrainManifest
  fold: TrainFold
  split: FoldSplit
  standardization: Standardization
  /** Changes clips by the recipe's chain. */
  media: MediaRunner
  /** Keeps the sounds that are drawn again and again; absent: each is read for every draw. */
  sounds?: SoundKeep
  /** What a model sees of a clip of the manifest; asked once for each, and of no clip where the chain changes its sound. */
  pictureOf: (position: number) => Picture | Promise<Picture>
}

/** What a BatchMaker draws a fold's batches from, with the fold's stream 'batches'. */
export function foldBatchSource(options: FoldBatchOptions): BatchSource {
  const { manifest, fold, split, standardization, media, sounds, pictureOf } = options
  const { clips, classes, recipe } = manifest
  const { chain } = recipe.training
  const prepare = (picture: Picture): Picture => prepareForCrops(picture, recipe, standardization)
  // Steps of the picture alone leave the sound as it is: it is heard once, for all epochs.
  const prepared = new Map<number, Promise<Picture>>()
  const hearOnce = async (clip: number): Promise<HeardExample> => {
    if (!prepared.has(clip)) prepared.set(clip, Promise.resolve(pictureOf(split.train[clip]!)).then(prepare))
    return { picture: await prepared.get(clip)!, drawn: [], mixed: null }
  }
  return {
    ...pictureShape(recipe.frontEnd),
    classIndexes: split.train.map((position) => clips[position]!.classIndex),
    classNames: classes.map(({ name }) => name),
    cropFrames: cropFramesOf(recipe),
    decibel: decibelColumns(recipe.frontEnd, standardization.deviations),
    training: recipe.training,
    seed: recipe.seed,
    hear:
      chain && changesSound(manifest)
        ? makeClipAugmenter({
            manifest,
            chain,
            train: split.train,
            sources: listChainSounds(manifest, fold, split),
            media,
            sounds,
            prepare,
          })
        : hearOnce,
  }
}
