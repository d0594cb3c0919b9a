/** The tables whose rows people own, and so are edited only through the journal. */
export const journaledTables = {
  roots: { key: ['id'], columns: ['id', 'path', 'format', 'added_at'] },
  recordings: {
    key: ['id'],
    // is_missing is an observation, not an edit, and stays out.
    columns: [
      'id',
      'root_id',
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
  ontology_classes: { key: ['id'], columns: ['id', 'name', 'code', 'mid'] },
  clips: {
    key: ['id'],
    columns: ['id', 'recording_id', 'start_seconds', 'end_seconds', 'fold', 'group_key', 'source'],
  },
  clip_labels: { key: ['clip_id', 'class_id'], columns: ['clip_id', 'class_id', 'state', 'author', 'at'] },
  annotations: {
    key: ['id'],
    columns: ['id', 'clip_id', 'start_seconds', 'end_seconds', 'low_hz', 'high_hz', 'tier', 'author', 'score', 'note'],
  },
  annotation_labels: {
    key: ['annotation_id', 'class_id'],
    columns: ['annotation_id', 'class_id', 'state', 'author', 'at'],
  },
} as const

export type JournaledTable = keyof typeof journaledTables
export type Row = Record<string, string | number | null>

interface TableText {
  select: string
  insert: string
  update: string
  remove: string
}

/** The four statements of a journaled table. Names come from the constant above, never from input. */
export const tableTexts = Object.fromEntries(
  Object.entries(journaledTables).map(([name, { key, columns }]) => {
    const where = key.map((column) => `${column} = ?`).join(' AND ')
    return [
      name,
      {
        select: `SELECT ${columns.join(', ')} FROM ${name} WHERE ${where}`,
        insert: `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
        update: `UPDATE ${name} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${where}`,
        remove: `DELETE FROM ${name} WHERE ${where}`,
      },
    ]
  }),
) as Record<JournaledTable, TableText>

export function keyOf(table: JournaledTable, row: Row): string[] {
  return journaledTables[table].key.map((column) => String(row[column]))
}

export function valuesOf(table: JournaledTable, row: Row): (string | number | null)[] {
  return journaledTables[table].columns.map((column) => row[column] ?? null)
}
