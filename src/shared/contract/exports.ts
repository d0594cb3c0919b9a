import { z } from 'zod'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import type { FollowedLabels } from '../job/manifest'
import type { Leak } from './splits'
import { idSchema } from './labels'
import { pathSchema, type FormatInfo } from './recordings'

export interface ExportPreview {
  clips: number
  seconds: number
  /** Clips that will be left out, by reason: the format cannot hold them, or their sound is known to be missing. */
  left: { reason: string; count: number }[]
  /** What is on both sides of the split, or of the folds: the first few, and how many in all. */
  leaks: Leak[]
  leakCount: number
  /** Clips among those it can hold on which classes may be unknown: they are not fully annotated. */
  unfinished: number
  /** What follows from labels by the tree of classes, where that is asked for. */
  followed: FollowedLabels | null
}

/** What a person can choose about a format. */
export interface ExportFormatInfo extends FormatInfo {
  /** Heading under which it is offered. */
  family: string
  /** Whether sound is written: never, as files, or only where it is wanted. */
  sound: 'never' | 'always' | 'optional'
  /** Whether files are named by a template. */
  hasNames: boolean
  unknown: UnknownSupport
}

/**
 * What a format makes of a class that nobody has judged on a clip: it tells it apart, it has to write a number, or it
 * lists what is present and is silent about all else.
 */
export type UnknownSupport = 'kept' | 'number' | 'silent'

const unknownSchema = z.enum(['keep', 'absent', 'leave-out'])

const soundSchema = z.enum(['copy', 'convert', 'reference'])

const optionsSchema = z.strictObject({
  sound: soundSchema,
  encoding: z.enum(['wav16', 'wav24', 'wav-float', 'flac']),
  sampleRateHz: z.number().int().min(1000).max(384_000).nullable(),
  nameTemplate: z.string().min(1).max(200).nullable(),
  unknown: unknownSchema,
})

const format = z.string().min(1).max(50)
/** Exports all that a snapshot holds, as it holds it; the query is of every clip then. Null is the catalog as it is. */
const snapshotId = idSchema.nullable().default(null)

export const exportCalls = {
  formats: call(z.void()).returns<ExportFormatInfo[]>(),
  /** What an export would write. Tells 'exports.looking' where it takes long; it can be cancelled. */
  preview: call(
    z.strictObject({
      format,
      query: clipQuerySchema,
      snapshotId,
      sound: soundSchema.default('copy'),
      unknown: unknownSchema.default('keep'),
      propagate: z.boolean().default(false),
    }),
  ).returns<ExportPreview>(),
  /**
   * Writes a new folder; an existing one that is not empty is refused, and so are leaks that are not allowed. The same
   * export that a crash has interrupted goes on where it was.
   */
  start: call(
    z.strictObject({
      format,
      out: pathSchema,
      query: clipQuerySchema,
      snapshotId,
      options: optionsSchema.optional(),
      allowsLeaks: z.boolean().default(false),
      /** Also write what follows from labels by the tree of classes (docs/ontology.md). */
      propagate: z.boolean().default(false),
    }),
  ).returns<{ jobId: string }>(),
}
