import { z } from 'zod'
import { call } from './define'
import { idSchema } from './labels'

export interface ClipSamples {
  sampleRateHz: number
  channelCount: number
  /** Mono (mean of channels), −1 to 1. */
  samples: Float32Array
}

export interface ClipThumbnail {
  width: number
  height: number
  /** Row by row from the highest band; 0 is the floor, 255 the loudest cell. */
  values: Uint8Array
}

export interface ClipPeaks {
  durationSeconds: number
  /** Minimum and maximum by turns, `count` pairs. */
  peaks: Float32Array
}

/** Part of the clip's PCM WAV rendition: the same decode as the picture, so that ear and eye agree. */
export interface MediaRange {
  totalBytes: number
  mediaType: string
  bytes: Uint8Array
}

export const mediaCalls = {
  samples: call(z.strictObject({ clipId: idSchema })).returns<ClipSamples>(),
  peaks: call(z.strictObject({ clipId: idSchema, count: z.int().min(1).max(100_000) })).returns<ClipPeaks>(),
  thumbnail: call(z.strictObject({ clipId: idSchema })).returns<ClipThumbnail>(),
  /** Bytes `start` to `end` (exclusive; null is the end) of the rendition. */
  readRange: call(
    z.strictObject({ clipId: idSchema, start: z.int().min(0), end: z.int().min(0).nullable() }),
  ).returns<MediaRange>(),
}
