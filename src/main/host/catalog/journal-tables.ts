/** The tables whose rows people own, and so are edited only through the journal. */
export const journaledTables = {
  roots: { key: ['key'], columns: ['key', 'id', 'path', 'format', 'added_at'] },
  recordings: {
    key: ['key'],
    // is_missing is an observation, not an edit, and stays out.
    columns: [
      'key',
      'id',
      'root_key',
      'path',
      'content_hash',
      'size_bytes',
      'modified_ms',
      'format',
      'sample_rate_hz',
      'channel_count',
      'duration_seconds',
    ],
  },
  ontology_classes: {
    key: ['key'],
    columns: [
      'key',
      'id',
      'name',
      'code',
      'mid',
      'description',
      'synonyms',
      'colour',
      'quick_code',
      'is_abstract',
      'is_blacklisted',
    ],
  },
  class_parents: { key: ['child_key', 'parent_key'], columns: ['child_key', 'parent_key'] },
  clips: {
    key: ['key'],
    columns: [
      'key',
      'id',
      'recording_key',
      'start_seconds',
      'end_seconds',
      'fold',
      'split',
      'group_key',
      'status',
      'is_fully_annotated',
      'note',
    ],
  },
  clip_metadata: { key: ['clip_key', 'name_key'], columns: ['clip_key', 'name_key', 'value'] },
  clip_labels: { key: ['clip_key', 'class_key'], columns: ['clip_key', 'class_key', 'state', 'author', 'at'] },
  annotations: {
    key: ['key'],
    columns: [
      'key',
      'id',
      'clip_key',
      'start_seconds',
      'end_seconds',
      'low_hz',
      'high_hz',
      'tier',
      'author',
      'score',
      'note',
    ],
  },
  annotation_labels: {
    key: ['annotation_key', 'class_key'],
    columns: ['annotation_key', 'class_key', 'state', 'author', 'at'],
  },
  clip_doubts: { key: ['clip_key', 'class_key'], columns: ['clip_key', 'class_key', 'state', 'author', 'at'] },
  annotation_doubts: {
    key: ['annotation_key', 'class_key'],
    columns: ['annotation_key', 'class_key', 'state', 'author', 'at'],
  },
  annotation_origins: {
    key: ['annotation_key'],
    columns: ['annotation_key', 'act', 'source_id', 'run_id', 'score', 'author', 'at', 'run_name', 'fold'],
  },
  annotation_verdicts: { key: ['annotation_key'], columns: ['annotation_key', 'verdict', 'author', 'at'] },
  annotation_proposals: {
    key: ['annotation_key'],
    columns: [
      'annotation_key',
      'run_id',
      'run_name',
      'fold',
      'basis',
      'model_hash',
      'window_seconds',
      'hop_seconds',
      'floor',
      'mean_score',
      'windows',
      'at',
    ],
  },
  tier_locks: { key: ['tier'], columns: ['tier', 'author', 'at'] },
  split_locks: { key: ['split'], columns: ['split', 'author', 'at'] },
  opinions: {
    key: ['clip_key', 'class_key', 'author', 'source'],
    columns: ['clip_key', 'class_key', 'author', 'source', 'state', 'at'],
  },
  merges: { key: ['key'], columns: ['key', 'id', 'other_path', 'entries', 'at'] },
  merge_conflicts: {
    key: ['key'],
    columns: [
      'key',
      'id',
      'merge_id',
      'table_name',
      'row_id',
      'clip_key',
      'field',
      'base',
      'ours',
      'theirs',
      'ours_author',
      'ours_at',
      'theirs_author',
      'theirs_at',
      'reason',
      'decision',
      'decided_by',
      'decided_at',
    ],
  },
  review_comments: { key: ['key'], columns: ['key', 'id', 'clip_key', 'text', 'author', 'at'] },
  blind_samples: { key: ['key'], columns: ['key', 'id', 'seed', 'author', 'at'] },
  blind_sample_clips: {
    key: ['sample_key', 'position'],
    columns: ['sample_key', 'position', 'clip_key', 'judged_at'],
  },
  saved_views: { key: ['key'], columns: ['key', 'id', 'name', 'query', 'author', 'at'] },
  rating_sessions: { key: ['key'], columns: ['key', 'id', 'plan', 'author', 'at'] },
  rating_items: {
    key: ['session_key', 'position'],
    columns: [
      'session_key',
      'position',
      'clip_key',
      'start_seconds',
      'end_seconds',
      'is_gold',
      'classes',
      'skipped_by',
      'active_ms',
      'key_count',
    ],
  },
  rating_verdicts: {
    key: ['session_key', 'position', 'class_id'],
    columns: ['session_key', 'position', 'class_id', 'verdict', 'author', 'at', 'active_ms', 'key_count'],
  },
  // Making one is no edit; naming and deleting it is. Its text stays in snapshot_chunks.
  snapshots: {
    key: ['key'],
    columns: [
      'key',
      'id',
      'name',
      'note',
      'author',
      'at',
      'content_hash',
      'ontology_hash',
      'ontology_version',
      'clip_count',
      'label_count',
      'segment_count',
      'metadata_count',
    ],
  },
} as const

export type JournaledTable = keyof typeof journaledTables
export type Row = Record<string, string | number | null>
export type RowKey = (string | number)[]

/** What a row of each table is called. */
export const nouns: Record<JournaledTable, string> = {
  roots: 'folder',
  recordings: 'recording',
  ontology_classes: 'class',
  class_parents: 'place of a class in the tree',
  clips: 'clip',
  clip_metadata: 'metadata of a clip',
  clip_labels: 'label',
  annotations: 'annotation',
  annotation_labels: 'label of an annotation',
  clip_doubts: 'doubt',
  annotation_doubts: 'doubt about an annotation',
  annotation_origins: 'origin of an annotation',
  annotation_verdicts: 'verdict on an annotation',
  annotation_proposals: 'proposal of a run',
  tier_locks: 'lock of a tier',
  split_locks: 'lock',
  opinions: 'opinion',
  merges: 'merge',
  merge_conflicts: 'conflict',
  review_comments: 'comment',
  blind_samples: 'blind sample',
  blind_sample_clips: 'clip of a blind sample',
  snapshots: 'snapshot',
  saved_views: 'saved view',
  rating_sessions: 'rating session',
  rating_items: 'segment of a rating session',
  rating_verdicts: 'verdict of a rating session',
}

/**
 * The tables whose new rows an import adds by the million, parents first: they are journaled as ranges of keys and
 * wait in `aside_…` while they are undone. `by` is the column that a range counts: the row's own key, or its owner's.
 */
export const rangedTables = {
  recordings: { by: 'key', owner: null, columns: [...journaledTables.recordings.columns, 'is_missing'] },
  clips: { by: 'key', owner: null, columns: journaledTables.clips.columns },
  clip_metadata: { by: 'clip_key', owner: 'clips', columns: journaledTables.clip_metadata.columns },
  clip_labels: { by: 'clip_key', owner: 'clips', columns: journaledTables.clip_labels.columns },
  annotations: { by: 'key', owner: null, columns: journaledTables.annotations.columns },
  annotation_labels: { by: 'annotation_key', owner: 'annotations', columns: journaledTables.annotation_labels.columns },
  annotation_origins: {
    by: 'annotation_key',
    owner: 'annotations',
    columns: journaledTables.annotation_origins.columns,
  },
  annotation_proposals: {
    by: 'annotation_key',
    owner: 'annotations',
    columns: journaledTables.annotation_proposals.columns,
  },
  embeddings: {
    by: 'key',
    owner: null,
    columns: ['key', 'clip_key', 'name', 'frames', 'dimensions', 'dtype', 'data'],
  },
  interaction_users: { by: 'key', owner: null, columns: ['key', 'name'] },
  interaction_items: { by: 'key', owner: null, columns: ['key', 'name'] },
  interactions: { by: 'key', owner: null, columns: ['key', 'user_key', 'item_key', 'count'] },
  interaction_clips: { by: 'key', owner: null, columns: ['key', 'item_key', 'clip_key'] },
} as const

export type RangedTable = keyof typeof rangedTables
export const rangedTableNames = Object.keys(rangedTables) as RangedTable[]

interface TableText {
  select: string
  insert: string
  update: string
  remove: string
}

const insertText = (table: string, columns: readonly string[]): string =>
  `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`

/** The four statements of a journaled table. Names come from the constant above, never from input. */
export const tableTexts = Object.fromEntries(
  Object.entries(journaledTables).map(([name, { key, columns }]) => {
    const where = key.map((column) => `${column} = ?`).join(' AND ')
    return [
      name,
      {
        select: `SELECT ${columns.join(', ')} FROM ${name} WHERE ${where}`,
        insert: insertText(name, columns),
        update: `UPDATE ${name} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${where}`,
        remove: `DELETE FROM ${name} WHERE ${where}`,
      },
    ]
  }),
) as Record<JournaledTable, TableText>

/** The statements of a range: its rows go aside, or come back; each takes the first and the last key. */
export const rangeTexts = Object.fromEntries(
  Object.entries(rangedTables).map(([name, { by, columns }]) => {
    const list = columns.join(', ')
    const move = (from: string, to: string): string[] => [
      `INSERT INTO ${to} (${list}) SELECT ${list} FROM ${from} WHERE ${by} BETWEEN ? AND ?`,
      `DELETE FROM ${from} WHERE ${by} BETWEEN ? AND ?`,
    ]
    return [
      name,
      { insert: insertText(name, columns), undo: move(name, `aside_${name}`), redo: move(`aside_${name}`, name) },
    ]
  }),
) as Record<RangedTable, { insert: string; undo: [string, string]; redo: [string, string] }>

export function keyOf(table: JournaledTable, row: Row): RowKey {
  return journaledTables[table].key.map((column) => row[column]!)
}

export function valuesOf(table: JournaledTable, row: Row): (string | number | null)[] {
  return journaledTables[table].columns.map((column) => row[column] ?? null)
}
