/** What is to be played: pieces of clips one after the other, and how they are listened to. */
export interface Band {
  lowHz: number
  highHz: number
}

export interface SoundPiece {
  clipId: string
  /** Where it begins, in seconds from the clip's start. */
  fromSeconds: number
  /** The span that it stays in; null for the whole clip. */
  span: { startSeconds: number; endSeconds: number } | null
  /** At its end it begins again at the span's start, for ever. */
  isLooping: boolean
  /** Only this of it is let through; null for all. */
  band: Band | null
}

export interface Listening {
  /** 2 is twice as fast. */
  rate: number
  /** Whether the pitch stays as it is when the rate does not. */
  keepsPitch: boolean
  /** The tone that ultrasound is mixed down with; null where it is heard as it is. */
  heterodyneHz: number | null
  /** Heard alone, on both ears; null for all of them. Where a clip has no such channel all are heard. */
  channel: number | null
}

/** Where in the sound a stretch of output frames is: frame f sounds sample `sample` + (f − `frame`) · `samplesPerFrame`. */
export interface Mark {
  /** Counted from the stream's first frame; need not be whole. */
  frame: number
  clipId: string
  sample: number
  samplesPerFrame: number
  sampleRateHz: number
}

/** Frames of a stream, ready to be heard. */
export interface SoundBlock {
  left: Float32Array<ArrayBuffer>
  right: Float32Array<ArrayBuffer>
  marks: Mark[]
  /** Nothing follows, unless a piece is added. */
  isLast: boolean
}

export const slowestRate = 0.1
export const fastestRate = 3
