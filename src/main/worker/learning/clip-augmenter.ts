/** Changes the sound of training clips by their recipe's chain, each time that one is drawn. */
import { partnerPlace } from '../../../dsp/augment/draw-place'
import { PartnerPool } from '../../../dsp/augment/partners'
import { type AugmentationChain, isMixingStep, type LabelMix, type MixingStep } from '../../../dsp/recipe'
import type { TrainClip, TrainManifest } from '../../../shared/job/manifest'
import { drawSounds } from '../../media/draw-sounds'
import type { Augmentation, HeardSpan, MaterialSpan, MediaPartner, MediaSpan } from '../../media/media-task'
import type { ExampleDraw, HeardExample } from './batches'
import { hearClip, type MediaRunner, type Picture } from './features'
import type { SoundKeep } from './sound-keep'

export interface AugmentationOptions {
  manifest: Pick<TrainManifest, 'clips' | 'classes' | 'recipe'>
  chain: AugmentationChain
  /** Positions in the manifest of the clips that are trained on: other clips are mixed in from among these alone. */
  train: readonly number[]
  /** For each step of the chain the sounds of its source. */
  sources: MediaSpan[][]
}

export interface AugmenterOptions extends AugmentationOptions {
  media: MediaRunner
  /** Absent: sounds are read for every draw. */
  sounds?: SoundKeep | undefined
  /** Makes what the front end gave into what crops are cut from. */
  prepare: (picture: Picture) => Picture
}

/** What the chain does to a clip in one example, known before any sound is read. */
export interface PlannedExample {
  own: TrainClip & Pick<HeardSpan, 'samples'>
  augmentation: Augmentation
  /** The clip that is mixed in, and by which step of the chain. */
  mixing: { step: MixingStep; position: number; partner: TrainClip } | null
}

/** `clip` is a place in `train`. */
export function planExamples({ manifest, chain, train, sources }: AugmentationOptions) {
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
    const planPartner = (clip: TrainClip): MediaPartner => {
      const { id, path, startSeconds, endSeconds, segments = [] } = clip
      const className = nameOf(clip)
      const before = { steps: chain.steps.slice(0, mixingAt) }
      return {
        id,
        className,
        span: { path, startSeconds, endSeconds },
        segments: segments.map((own, index) => ({ ...own, index })),
        materials: drawSounds(before, partnerPlace(place, mixingAt, className), sources),
      }
    }
    const partners = chain.steps.map((_, position) =>
      partner !== null && position === mixingAt ? planPartner(partner) : null,
    )
    return {
      own,
      augmentation: { chain, place, materials: drawSounds(chain, place, sources), partners },
      mixing: step && partner ? { step, position: mixingAt, partner } : null,
    }
  }
}

/** The sound files that an example is made of: its clip's, those that steps take, that of the clip that is mixed in. */
export function listExampleFiles({ own, augmentation: { materials = [], partners = [] } }: PlannedExample): string[] {
  const others = partners.flatMap((partner) => (partner ? [partner.span, ...partner.materials!.flat()] : []))
  return [...new Set([own, ...materials.flat(), ...others].map(({ path }) => path))]
}

/** What BatchMaker asks for: `clip` is a place in `train`. */
export function makeClipAugmenter({ media, sounds, prepare, ...options }: AugmenterOptions) {
  const planExample = planExamples(options)
  return async (clip: number, draw: ExampleDraw): Promise<HeardExample> => {
    const { mixing, ...plan } = planExample(clip, draw)
    const { own, augmentation } = sounds ? await takeSounds(plan, sounds) : plan
    const { picture, drawn } = await hearClip(own, options.manifest.recipe, media, augmentation)
    const share = mixing === null ? undefined : drawn[mixing.position]!.values['share']
    const mixed =
      mixing === null || share === undefined
        ? null
        : { classIndex: mixing.partner.classIndex, share, labels: labelsOf(mixing.step) }
    return { picture: prepare(picture), drawn, mixed }
  }
}

/** The example with the samples that are kept, all of which are asked for at once. */
async function takeSounds(
  { own, augmentation }: Pick<PlannedExample, 'own' | 'augmentation'>,
  sounds: SoundKeep,
): Promise<Pick<PlannedExample, 'own' | 'augmentation'>> {
  const takeMaterials = (materials: MaterialSpan[][] = []): Promise<MaterialSpan[][]> =>
    Promise.all(materials.map((taken) => Promise.all(taken.map((one) => sounds.giveMaterial(one)))))
  const takePartner = async (partner: MediaPartner): Promise<MediaPartner> => {
    const [span, materials] = await Promise.all([sounds.give(partner.span), takeMaterials(partner.materials)])
    return { ...partner, span, materials }
  }
  const [heard, materials, partners] = await Promise.all([
    sounds.give(own),
    takeMaterials(augmentation.materials),
    Promise.all(
      (augmentation.partners ?? []).map((partner) => (partner ? takePartner(partner) : Promise.resolve(null))),
    ),
  ])
  return { own: heard, augmentation: { ...augmentation, materials, partners } }
}

/** A ratio of loudness is one of labels. */
function labelsOf(step: MixingStep): LabelMix {
  return step.kind === 'between-class' ? 'shares' : step.labels
}
