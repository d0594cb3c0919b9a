/** What the page and the worker of the studio say to each other. */
import type { DrawnStep } from '../../../dsp/augment/apply-chain'
import type { SoundSegment } from '../../../dsp/augment/sound'
import type { AugmentationChain, FrontEnd } from '../../../dsp/recipe'

/** Another clip of the query. */
export interface PreviewClip {
  id: string
  segments: SoundSegment[]
  className: string | null
  /** Mono. */
  samples: Float32Array
  sampleRateHz: number
}

export interface PreviewQuestion {
  /** Mono. */
  samples: Float32Array
  sampleRateHz: number
  /** What may be mixed in: some, where the chain mixes. */
  others: PreviewClip[]
  frontEnd: FrontEnd
  chain: AugmentationChain
  /** What is labeled of the clip, in its seconds. */
  segments: SoundSegment[]
  seed: number
  className: string | null
  /** For each draw and each step, the other sounds that it takes, at the front end's rate. */
  materials: Float32Array[][][]
  /** How many: examples 0, 1, … of epoch 1 of a training with this seed. */
  draws: number
}

export interface PreviewSound {
  samples: Float32Array
  frames: number
  bands: number
  /** As the front end sees it, frame by frame. */
  values: Float32Array
}

export interface PreviewAnswer {
  before: PreviewSound
  /** The recipe's. */
  sampleRateHz: number
  /** Centre of each band; empty where bands have none. */
  bandHz: Float32Array
  frameSeconds: number
  draws: (PreviewSound & { drawn: DrawnStep[] })[]
}
