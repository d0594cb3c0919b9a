import { z } from 'zod'
import { call } from './define'
import type { Job } from './jobs'
import { type CommandResult, idSchema } from './labels'

/** What a merge of another catalog did, or, in a dry run, would do; counts are rows. */
export interface MergeReport {
  mergeId: string
  title: string
  isDryRun: boolean
  /** How the common beginning was known: from the entries both journals share, given, or not at all. */
  base: 'journal' | 'given' | 'none'
  sharedEntries: number
  /** Rows that the other catalog has changed since. */
  theirChanges: number
  added: number
  changed: number
  removed: number
  agreed: number
  conflicts: number
  opinions: number
  reopened: number
}

/** A report in one line. */
export function describeMerge({
  added,
  changed,
  removed,
  conflicts,
}: Pick<MergeReport, 'added' | 'changed' | 'removed' | 'conflicts'>): string {
  const rows = added + changed + removed
  return `${rows} row${rows === 1 ? '' : 's'}, ${conflicts} conflict${conflicts === 1 ? '' : 's'}`
}

export interface ConflictSide {
  /** The value in words. */
  text: string
  author: string | null
  /** ISO 8601, UTC. */
  at: string | null
  /** Seconds in the recording, where the conflict is about a segment that this side has. */
  span: { startSeconds: number; endSeconds: number } | null
}

/** What two catalogs changed differently. */
export interface MergeConflict {
  id: string
  mergeId: string
  otherPath: string
  table: string
  /** Column, or '' for the row as a whole. */
  field: string
  subject: string
  /** Where it is heard; null where it is of no clip, or the clip is gone. */
  clip: { id: string; recordingPath: string; startSeconds: number; endSeconds: number } | null
  base: ConflictSide
  ours: ConflictSide
  theirs: ConflictSide
  reason: string
  decision: 'open' | 'ours' | 'theirs'
  decidedBy: string | null
  decidedAt: string | null
}

export const mergeCalls = {
  /**
   * Merges another catalog into the open one, as one edit that can be undone. The other is never changed. A job, of which
   * nothing stays when it is cancelled.
   */
  start: call(
    z.strictObject({
      otherPath: z.string().min(1).max(4096),
      /** A catalog as both began; null: found by the journals. */
      basePath: z.string().min(1).max(4096).nullable().default(null),
      conflicts: z.enum(['ours', 'theirs']).default('ours'),
      isDryRun: z.boolean().default(false),
    }),
  ).returns<Job>(),
  /** What a merge of this session has done, when it has; fails as the merge has failed. */
  report: call(z.strictObject({ jobId: idSchema })).returns<MergeReport>(),
  conflicts: call(
    z.strictObject({
      decision: z.enum(['open', 'decided', 'all']).default('open'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ).returns<{ total: number; open: number; conflicts: MergeConflict[] }>(),
  /** Ours stays, or theirs is written; one edit that can be undone. */
  decide: call(z.strictObject({ id: idSchema, decision: z.enum(['ours', 'theirs']) })).returns<CommandResult>(),
}
