import { z } from 'zod'
import { call } from './define'
import { idSchema } from './labels'

/** The catalog at one moment, for ever: content hashes, labels, segments, split, fold, metadata and ontology. */
export interface Snapshot {
  id: string
  /** Null for one that the start of a run made. */
  name: string | null
  note: string
  author: string
  /** ISO 8601, UTC. */
  at: string
  /** SHA-256 over all of it: two catalogs with the same have the same content. */
  contentHash: string
  ontologyHash: string
  ontologyVersion: number
  clipCount: number
  /** Of clips and of segments. */
  labelCount: number
  segmentCount: number
  /** Values of metadata, licence and attribution among them; null for one of an older version, which holds none. */
  metadataCount: number | null
  /** The runs that were trained on it. */
  runs: string[]
}

export interface ChangeCounts {
  added: number
  removed: number
  changed: number
}

export interface SnapshotDiffRow {
  clipId: string
  recording: string
  verdict: 'added' | 'removed' | 'changed'
  /** What is different, in words. */
  details: string[]
}

/** What `to` has otherwise than `from`. */
export interface SnapshotDiff {
  from: Snapshot
  to: Snapshot
  clips: ChangeCounts & { same: number }
  /** Of clips that both have, and of those that came or went. */
  labels: ChangeCounts
  segments: ChangeCounts
  /** Values of metadata; null where one of the two holds none, so that they cannot be compared. */
  metadata: ChangeCounts | null
  /** Clips whose split, fold or group is another. */
  splits: number
  /** Clips whose sound is another. */
  sounds: number
  classes: ChangeCounts
  byClass: (ChangeCounts & { name: string })[]
  byMetadata: (ChangeCounts & { name: string })[]
  /** Added and changed labels by who judges in `to`, removed ones by who had judged in `from`. */
  byAuthor: (ChangeCounts & { name: string })[]
  /** The first 500. */
  rows: SnapshotDiffRow[]
  /** The same as text in Markdown. */
  changelog: string
}

const nameSchema = z.string().trim().min(1).max(100)

export const snapshotCalls = {
  /** Newest first; `storedBytes` is what all of them take together. */
  list: call(z.void()).returns<{ snapshots: Snapshot[]; storedBytes: number }>(),
  /** Of the catalog as it is; when one of the same content is there, that one gets the name, if it has none. */
  make: call(z.strictObject({ name: nameSchema, note: z.string().max(10_000).default('') })).returns<{
    snapshot: Snapshot
    isNew: boolean
  }>(),
  describe: call(z.strictObject({ id: idSchema, name: nameSchema, note: z.string().max(10_000) })).returns<Snapshot>(),
  /** Can be undone. Refused while a run names it. */
  remove: call(z.strictObject({ id: idSchema })).returns<void>(),
  /** `to` null is the catalog as it is now, of which a snapshot is made first. */
  diff: call(z.strictObject({ from: idSchema, to: idSchema.nullable() })).returns<SnapshotDiff>(),
}
