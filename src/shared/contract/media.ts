import { z } from 'zod'
import { chainSchema, soundSourceSchema } from './augmentation'
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
  /** False for a sketch, which has looked at a few places of a long clip only. */
  isExact: boolean
}

export interface ClipOutline {
  /** Lowest sample, highest and mean square of each column by turns. */
  columns: Float32Array
  /** False for a sketch of a few samples a column; `media.preparing` tells when the rest is known. */
  isExact: boolean
}

/** A piece of the spectrogram of the clip's recording; see src/dsp/tile.ts. */
export interface SpectrogramTile {
  columns: number
  bins: number
  values: Int16Array
  /** False for a sketch, which has looked at a few windows of each column only. */
  isExact: boolean
}

/** Part of the clip's PCM WAV rendition: the same decode as the picture, so that ear and eye agree. */
export interface MediaRange {
  totalBytes: number
  mediaType: string
  bytes: Uint8Array
}

const channelSchema = z.union([z.literal('mean'), z.int().min(0).max(255)])

/** What a tile is computed with: columns and windows are powers of two of samples. */
export const tileSettingsSchema = z.strictObject({
  columnLog2: z.int().min(3).max(26),
  windowLog2: z.int().min(5).max(15),
  window: z.enum(['hann', 'hamming', 'blackman', 'blackman-harris', 'nuttall', 'flat-top', 'rectangular']),
  level: z.enum(['decibel', 'pcen']),
  channel: channelSchema,
})
export type TileRequestSettings = z.infer<typeof tileSettingsSchema>

export const mediaCalls = {
  /**
   * How many sounds a step of a chain with this source may take, before a fold leaves out its own: see
   * docs/augmentation.md. @throws 'invalid-argument' for a query or a folder that cannot be read
   */
  countSource: call(z.strictObject({ source: soundSourceSchema })).returns<number>(),
  /**
   * For each of the first `examples` of epoch 1 of a training with this seed, and each step of the chain, the sounds that the
   * step takes: mono, at this rate.
   */
  materials: call(
    z.strictObject({
      chain: chainSchema,
      seed: z.int(),
      examples: z.int().min(1).max(16),
      className: z.string().nullable(),
      sampleRateHz: z.int().min(1000).max(384_000),
      channel: channelSchema,
    }),
  ).returns<Float32Array[][][]>(),
  samples: call(z.strictObject({ clipId: idSchema })).returns<ClipSamples>(),
  /** The waveform from `startSeconds` to `endSeconds` of the clip. */
  outline: call(
    z
      .strictObject({
        clipId: idSchema,
        startSeconds: z.number().min(0),
        endSeconds: z.number(),
        count: z.int().min(1).max(16_384),
        channel: channelSchema,
      })
      .refine(({ startSeconds, endSeconds }) => endSeconds > startSeconds, 'The span has no length.'),
  ).returns<ClipOutline>(),
  /**
   * Tile `index` from the recording's beginning, not the clip's: clips of one recording share them. Who takes a sketch gets
   * one where looking at every sample takes long and was not done before.
   */
  tile: call(
    z.strictObject({
      clipId: idSchema,
      settings: tileSettingsSchema,
      takesSketch: z.boolean().optional(),
      index: z
        .int()
        .min(0)
        .max(2 ** 31),
    }),
  ).returns<SpectrogramTile>(),
  /** The whole clip is looked at, which takes seconds for one of hours, unless a sketch will do and there is no more yet. */
  thumbnail: call(
    z.strictObject({ clipId: idSchema, takesSketch: z.boolean().default(false) }),
  ).returns<ClipThumbnail>(),
  /** Bytes `start` to `end` (exclusive; null is the end) of the rendition. */
  readRange: call(
    z.strictObject({ clipId: idSchema, start: z.int().min(0), end: z.int().min(0).nullable() }),
  ).returns<MediaRange>(),
}
