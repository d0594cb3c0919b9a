/** Changes the sound of training clips by their recipe's chain, each time that one is drawn. */
import { type DrawPlace, partnerPlace } from '../../../dsp/augment/draw-place'
import { PartnerPool } from '../../../dsp/augment/partners'
import { type AugmentationChain, isMixingStep, type LabelMix, type MixingStep } from '../../../dsp/recipe'
import type { TrainClip, TrainManifest } from '../../../shared/job/manifest'
import { drawSounds } from '../../media/draw-sounds'
import type { MaterialSpan, MediaPartner, MediaSpan } from '../../media/media-task'
import type { ExampleDraw, HeardExample } from './batches'
import { hearClip, type MediaRunner, type Picture } from './features'
import type { SoundKeep } from './sound-keep'

export interface AugmenterOptions {
  manifest: Pick<TrainManifest, 'clips' | 'classes' | 'recipe'>
  chain: AugmentationChain
  /** Positions in the manifest of the clips that are trained on: other clips are mixed in from among these alone. */
  train: readonly number[]
  /** For each step of the chain the sounds of its source. */
  sources: MediaSpan[][]
  media: MediaRunner
  sounds: SoundKeep
  /** Makes what the front end gave into what crops are cut from. */
  prepare: (picture: Picture) => Picture
}

/** What BatchMaker asks for: `clip` is a place in `train`. */
export function makeClipAugmenter(options: AugmenterOptions) {
  const { manifest, chain, train, sources, media, sounds, prepare } = options
  const { clips, classes, recipe } = manifest
  const nameOf = ({ classIndex }: TrainClip): string => classes[classIndex]!.name
  const trained = train.map((position) => clips[position]!)
  const pool = new PartnerPool(trained.map(nameOf), recipe.training.isClassBalanced)
  const mixingAt = chain.steps.findIndex(isMixingStep)
  const mixing = chain.steps[mixingAt] as MixingStep | undefined
  const takeSounds = (steps: AugmentationChain['steps'], place: DrawPlace): Promise<MaterialSpan[][]> =>
    Promise.all(
      drawSounds({ steps }, place, sources).map((own) =>
        Promise.all(own.map((material) => sounds.giveMaterial(material))),
      ),
    )
  const takePartner = async (clip: TrainClip, place: DrawPlace): Promise<MediaPartner> => {
    const { id, path, startSeconds, endSeconds, segments = [] } = clip
    const className = nameOf(clip)
    return {
      id,
      className,
      span: await sounds.give({ path, startSeconds, endSeconds }),
      segments: segments.map((own, index) => ({ ...own, index })),
      materials: await takeSounds(chain.steps.slice(0, mixingAt), partnerPlace(place, mixingAt, className)),
    }
  }
  return async (clip: number, draw: ExampleDraw): Promise<HeardExample> => {
    const own = trained[clip]!
    const place = { seed: recipe.seed, ...draw, className: nameOf(own) }
    const drawnPartner = mixing ? pool.draw(mixing, place, mixingAt) : null
    const partner = drawnPartner === null ? null : trained[drawnPartner]!
    const [heard, materials, mixedIn] = await Promise.all([
      sounds.give({ path: own.path, startSeconds: own.startSeconds, endSeconds: own.endSeconds }),
      takeSounds(chain.steps, place),
      partner && takePartner(partner, place),
    ])
    const partners = chain.steps.map((_, position) => (position === mixingAt ? mixedIn : null))
    const { picture, drawn } = await hearClip({ ...own, ...heard }, recipe, media, {
      chain,
      place,
      materials,
      partners,
    })
    const share = partner === null ? undefined : drawn[mixingAt]!.values['share']
    return {
      picture: prepare(picture),
      drawn,
      mixed: share === undefined ? null : { classIndex: partner!.classIndex, share, labels: labelsOf(mixing!) },
    }
  }
}

/** A ratio of loudness is one of labels. */
function labelsOf(step: MixingStep): LabelMix {
  return step.kind === 'between-class' ? 'shares' : step.labels
}
