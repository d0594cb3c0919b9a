/** What the page and the worker of the studio say to each other. */
import type { DrawnStep } from '../../../dsp/augment/apply-chain'
import type { AugmentationChain, FrontEnd } from '../../../dsp/recipe'

export interface PreviewQuestion {
  /** Mono. */
  samples: Float32Array
  sampleRateHz: number
  frontEnd: FrontEnd
  chain: AugmentationChain
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
  draws: (PreviewSound & { drawn: DrawnStep[] })[]
}
