/** Changes the sound of training clips by their recipe's chain, each time that one is drawn. */
import { type DrawPlace, partnerPlace } from '../../../dsp/augment/draw-place'
import { drawMaterials } from '../../../dsp/augment/materials'
import { PartnerPool } from '../../../dsp/augment/partners'
import { type AugmentationChain, isMixingStep, type LabelMix, type MixingStep } from '../../../dsp/recipe'
import type { TrainClip, TrainManifest } from '../../../shared/job/manifest'
import type { Augmentation, MediaPartner, MediaSpan } from '../../media/media-task'
import type { ExampleDraw, HeardExample } from './batches'
import { hearClip, type MediaRunner, type Picture } from './features'

export interface AugmentationOptions {
  manifest: TrainManifest
  chain: AugmentationChain
  /** Positions in the manifest of the clips that are trained on: other clips are mixed in from among these alone. */
  train: readonly number[]
  /** For each step of the chain the sounds of its source. */
  materials: MediaSpan[][]
}

export interface AugmenterOptions extends AugmentationOptions {
  media: MediaRunner
  /** Makes what the front end gave into what crops are cut from. */
  prepare: (picture: Picture) => Picture
}

/** What the chain does to a clip in one example, known before any sound is read. */
export interface PlannedExample {
  own: TrainClip
  augmentation: Augmentation
  /** The clip that is mixed in, and by which step of the chain. */
  mixing: { step: MixingStep; position: number; partner: TrainClip } | null
}

/** `clip` is a place in `train`. */
export function planExamples({ manifest, chain, train, materials }: AugmentationOptions) {
  const { clips, classes, recipe } = manifest
  const nameOf = ({ classIndex }: TrainClip): string => classes[classIndex]!.name
  const trained = train.map((position) => clips[position]!)
  const pool = new PartnerPool(trained.map(nameOf), recipe.training.isClassBalanced)
  const mixingAt = chain.steps.findIndex(isMixingStep)
  const step = chain.steps[mixingAt] as MixingStep | undefined
  return (clip: number, draw: ExampleDraw): PlannedExample => {
    const own = trained[clip]!
    const place = { seed: recipe.seed, ...draw, className: nameOf(own) }
    const drawnPartner = step ? pool.draw(step, place, mixingAt) : null
    const partner = drawnPartner === null ? null : trained[drawnPartner]!
    const partners = chain.steps.map((_, position) =>
      partner !== null && position === mixingAt ? toPartner(partner, nameOf(partner)) : null,
    )
    return {
      own,
      augmentation: { chain, place, materials, partners },
      mixing: step && partner ? { step, position: mixingAt, partner } : null,
    }
  }
}

/** The sound files that an example is made of: its clip's, those that steps take, that of the clip that is mixed in. */
export function listExampleFiles({ own, augmentation, mixing }: PlannedExample): string[] {
  const { chain, place, materials = [] } = augmentation
  const counts = materials.map((sounds) => sounds.length)
  const taken = (steps: AugmentationChain['steps'], at: DrawPlace): string[] =>
    drawMaterials({ steps }, at, counts).flatMap((picks, position) =>
      picks.map(({ index }) => materials[position]![index]!.path),
    )
  const files = [own.path, ...taken(chain.steps, place)]
  if (mixing !== null) {
    const { position, partner } = mixing
    const className = augmentation.partners![position]!.className
    files.push(partner.path, ...taken(chain.steps.slice(0, position), partnerPlace(place, position, className)))
  }
  return [...new Set(files)]
}

/** What BatchMaker asks for: `clip` is a place in `train`. */
export function makeClipAugmenter({ media, prepare, ...options }: AugmenterOptions) {
  const planExample = planExamples(options)
  return async (clip: number, draw: ExampleDraw): Promise<HeardExample> => {
    const { own, augmentation, mixing } = planExample(clip, draw)
    const { picture, drawn } = await hearClip(own, options.manifest.recipe, media, augmentation)
    const share = mixing === null ? undefined : drawn[mixing.position]!.values['share']
    const mixed =
      mixing === null || share === undefined
        ? null
        : { classIndex: mixing.partner.classIndex, share, labels: labelsOf(mixing.step) }
    return { picture: prepare(picture), drawn, mixed }
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
