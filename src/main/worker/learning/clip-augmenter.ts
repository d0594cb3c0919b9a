/** Changes the sound of training clips by their recipe's chain, each time that one is drawn. */
import { PartnerPool } from '../../../dsp/augment/partners'
import { type AugmentationChain, isMixingStep, type LabelMix, type MixingStep } from '../../../dsp/recipe'
import type { TrainClip, TrainManifest } from '../../../shared/job/manifest'
import type { MediaPartner, MediaSpan } from '../../media/media-task'
import type { ExampleDraw, HeardExample } from './batches'
import { hearClip, type MediaRunner, type Picture } from './features'

export interface AugmenterOptions {
  manifest: TrainManifest
  chain: AugmentationChain
  /** Positions in the manifest of the clips that are trained on: other clips are mixed in from among these alone. */
  train: readonly number[]
  /** For each step of the chain the sounds of its source. */
  materials: MediaSpan[][]
  media: MediaRunner
  /** Makes what the front end gave into what crops are cut from. */
  prepare: (picture: Picture) => Picture
}

/** What BatchMaker asks for: `clip` is a place in `train`. */
export function makeClipAugmenter({ manifest, chain, train, materials, media, prepare }: AugmenterOptions) {
  const { clips, classes, recipe } = manifest
  const nameOf = ({ classIndex }: TrainClip): string => classes[classIndex]!.name
  const trained = train.map((position) => clips[position]!)
  const pool = new PartnerPool(trained.map(nameOf), recipe.training.isClassBalanced)
  const mixingAt = chain.steps.findIndex(isMixingStep)
  const mixing = chain.steps[mixingAt] as MixingStep | undefined
  return async (clip: number, draw: ExampleDraw): Promise<HeardExample> => {
    const own = trained[clip]!
    const place = { seed: recipe.seed, ...draw, className: nameOf(own) }
    const drawnPartner = mixing ? pool.draw(mixing, place, mixingAt) : null
    const partner = drawnPartner === null ? null : trained[drawnPartner]!
    const partners = chain.steps.map((_, position) =>
      partner !== null && position === mixingAt ? toPartner(partner, nameOf(partner)) : null,
    )
    const { picture, drawn } = await hearClip(own, recipe, media, { chain, place, materials, partners })
    const share = partner === null ? undefined : drawn[mixingAt]!.values['share']
    return {
      picture: prepare(picture),
      drawn,
      mixed: share === undefined ? null : { classIndex: partner!.classIndex, share, labels: labelsOf(mixing!) },
    }
  }
}

function toPartner(clip: TrainClip, className: string): MediaPartner {
  const { id, path, startSeconds, endSeconds, segments = [] } = clip
  const span = { path, startSeconds, endSeconds }
  return { id, className, span, segments: segments.map((own, index) => ({ ...own, index })) }
}

/** A ratio of loudness is one of labels. */
function labelsOf(step: MixingStep): LabelMix {
  return step.kind === 'between-class' ? 'shares' : step.labels
}
