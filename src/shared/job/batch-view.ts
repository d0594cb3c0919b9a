/** A batch of a run's training, made again: what a person looks at. */
import type { DrawnValues } from './drawn-values'

/** The tensors that the network was given, and where each of their rows comes from. */
export interface BatchView {
  frames: number
  bands: number
  channels: number
  /** Band b and channel c of frame t of example n is `values[((n · frames + t) · bands + b) · channels + c]`; standardised. */
  values: Float32Array
  /** Example by example, the share of each class of the run. */
  targets: Float32Array
  /** Centre of each band in Hz; empty where the rows are no bands. */
  bandHz: Float32Array
  frameSeconds: number
  examples: BatchRow[]
  /** What else there is to know, in sentences. */
  notes: string[]
}

export interface BatchRow {
  clipId: string
  /** Which example of the fold's training, from 0, over all epochs. */
  example: number
  /** The crop, in seconds of the clip as the chain has changed its sound; a shorter one is repeated from its start. */
  startSeconds: number
  endSeconds: number
  /** Step by step; `partner` is the id of the clip that was mixed in. */
  drawn: (DrawnValues & { partner?: string })[]
  /** Files whose content is another now than when the run began. */
  changed: string[]
}

/** The clip of an example as the chain has changed its sound, before it was cut. */
export interface BatchSound {
  samples: Float32Array
  sampleRateHz: number
}
