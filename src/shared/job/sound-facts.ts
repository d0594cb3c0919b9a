/** What a sound file was when it was read. */
export interface SoundFacts {
  contentHash: string
  sizeBytes: number
  modifiedMs: number
  format: string
  sampleRateHz: number
  channelCount: number
  durationSeconds: number
}

/** The sound is not here: a dataset's tables name it, its length at most is known. */
export interface NoSound {
  contentHash: null
  sizeBytes: null
  modifiedMs: null
  format: null
  sampleRateHz: null
  channelCount: null
  durationSeconds: number | null
}
