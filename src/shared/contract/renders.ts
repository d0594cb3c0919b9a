/** Sound as an augmentation chain changes it, written as files. */
import { z } from 'zod'
import type { AugmentationChain } from '../../dsp/recipe'
import type { DrawnValues } from '../job/drawn-values'
import { chainSchema } from './augmentation'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { pathSchema } from './recordings'

export type { DrawnValues } from '../job/drawn-values'

export interface RenderedFile {
  path: string
  epoch: number
  example: number
  seconds: number
  /** Largest sample by its amount, before it was rounded. */
  peak: number
  /** Samples beyond ±1 that whole numbers could not hold; floats hold them. */
  clippedSamples: number
  /** SHA-256 of the file. */
  sha256: string
  drawn: DrawnValues[]
  /** Of each step, the files that its sounds were taken out of. */
  taken: string[][]
}

/** What was made of a sound file, and all that is needed to make it again. */
export interface RenderLog {
  source: string
  /** Of the source's bytes. */
  sourceSha256: string
  channel: 'mean' | number
  sampleRateHz: number
  encoding: 'wav16' | 'wav24' | 'wav-float'
  className: string | null
  seed: number
  chain: AugmentationChain
  files: RenderedFile[]
}

export const drawSchema = z.strictObject({
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  /** From 1. */
  epoch: z.int().min(1).max(1_000_000),
  /** The first that is drawn; each file is one more. */
  example: z.int().min(0).max(1_000_000_000),
})

export const wavEncodingSchema = z.enum(['wav16', 'wav24', 'wav-float'])

export const renderCalls = {
  /**
   * Writes draws of a chain over one sound file, which needs no catalog: one file for each name in `out`, all of them or
   * none. Sources of its steps are folders by absolute paths. Names that are taken are a 'conflict', unless they may be overwritten.
   */
  file: call(
    z.strictObject({
      path: pathSchema,
      chain: chainSchema,
      draw: drawSchema,
      /** For the steps that are not for every class. */
      className: z.string().nullable(),
      /** Null: the file's own. */
      sampleRateHz: z.int().min(1000).max(384_000).nullable(),
      channel: z.union([z.literal('mean'), z.int().min(0)]),
      encoding: wavEncodingSchema,
      out: z.array(pathSchema).min(1).max(1000),
      /** A JSON file to write beside them, with what was drawn; null: none. */
      log: pathSchema.nullable(),
      overwrites: z.boolean(),
    }),
  ).returns<RenderLog>(),
  /**
   * Writes draws of a chain over the clips of a query as a new folder: the sound, the labels with segments moved, and what
   * was drawn. An existing folder that is not empty is refused.
   */
  start: call(
    z.strictObject({
      query: clipQuerySchema,
      chain: chainSchema,
      draw: drawSchema.omit({ example: true }),
      /** Of each clip. */
      draws: z.int().min(1).max(1000),
      /** Null: each recording's own. */
      sampleRateHz: z.int().min(1000).max(384_000).nullable(),
      encoding: z.enum(['wav16', 'wav24', 'wav-float', 'flac']),
      out: pathSchema,
    }),
  ).returns<{ jobId: string }>(),
}
