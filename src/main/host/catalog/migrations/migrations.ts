import initial from './0001_initial.sql?raw'
import savedViews from './0002_saved_views.sql?raw'
import ontology from './0003_ontology.sql?raw'
import splits from './0004_splits.sql?raw'
import snapshots from './0005_snapshots.sql?raw'
import review from './0006_review.sql?raw'
import interactions from './0007_interactions.sql?raw'
import snapshotMetadata from './0008_snapshot_metadata.sql?raw'
import annotating from './0009_annotating.sql?raw'
import ratingSessions from './0010_rating_sessions.sql?raw'
import proposals from './0011_proposals.sql?raw'
import origins from './0012_origins.sql?raw'

export interface Migration {
  /** The number of its file and the `user_version` it leads to; numbers rise, and some may be left out. */
  version: number
  name: string
  sql: string
  /** A table it makes, for one that came after a catalog had a higher number: it is caught up where this is not there. */
  makes?: string
}

/** Every migration, in order. A released one never changes. */
export const migrations: readonly Migration[] = [
  { version: 1, name: 'initial', sql: initial },
  { version: 2, name: 'saved views', sql: savedViews, makes: 'saved_views' },
  { version: 3, name: 'ontology', sql: ontology, makes: 'ontology_versions' },
  { version: 4, name: 'splits', sql: splits, makes: 'split_locks' },
  { version: 5, name: 'snapshots', sql: snapshots, makes: 'snapshots' },
  { version: 6, name: 'review', sql: review },
  { version: 7, name: 'interactions', sql: interactions, makes: 'interactions' },
  { version: 8, name: 'snapshot metadata', sql: snapshotMetadata },
  { version: 9, name: 'annotating', sql: annotating, makes: 'tier_locks' },
  { version: 10, name: 'rating sessions', sql: ratingSessions, makes: 'rating_sessions' },
  { version: 11, name: 'proposals', sql: proposals, makes: 'annotation_proposals' },
  { version: 12, name: 'origins', sql: origins, makes: 'aside_annotation_origins' },
]
