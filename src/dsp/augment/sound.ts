/** A clip on its way through an augmentation chain. */

/** A labeled part of a clip, in seconds from its start. */
export interface SoundSegment {
  startSeconds: number
  endSeconds: number
  /** Its place in the list that came in: a step may cut one in two or lose one. */
  index: number
  /** It is a segment of the clip that was mixed in, and `index` its place in that one's list. */
  isPartners?: true
}

export interface AugmentedSound {
  /** Mono. */
  samples: Float32Array
  sampleRateHz: number
  segments: SoundSegment[]
}
