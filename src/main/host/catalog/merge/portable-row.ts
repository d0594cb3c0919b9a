import type { Database, SqlValue } from '../database'
import { journaledTables, type JournaledTable, type RangedTable, rangedTables } from '../journal-tables'

/**
 * A row as every copy of a catalog would write it: where the catalog keeps its own number of another row, this has
 * that row's id (of metadata names, the name). The row's own number is left out.
 */
export type PortableRow = Record<string, SqlValue>

/**
 * The tables that a merge brings over, parents first. A catalog's own record of its merges stays with it, and so do
 * snapshots, whose content is no row, and saved views, which say nothing of the clips. Interactions are imported into each.
 */
export type MergedTable = Exclude<
  JournaledTable | Extract<RangedTable, 'embeddings'>,
  'merges' | 'merge_conflicts' | 'snapshots' | 'saved_views'
>

const ownTables: readonly string[] = ['merges', 'merge_conflicts', 'snapshots', 'saved_views']

export const mergedTables = [...Object.keys(journaledTables), 'embeddings'].filter(
  (name) => !ownTables.includes(name),
) as MergedTable[]

/** Tables whose rows have an id, by the column that refers to them. */
const referredTables = {
  root_key: 'roots',
  recording_key: 'recordings',
  clip_key: 'clips',
  class_key: 'ontology_classes',
  parent_key: 'ontology_classes',
  child_key: 'ontology_classes',
  annotation_key: 'annotations',
  sample_key: 'blind_samples',
  session_key: 'rating_sessions',
  name_key: 'metadata_names',
} as const

export type ReferredTable = (typeof referredTables)[keyof typeof referredTables]

/** The table that a column refers to, null where it is a value. */
export function referenceOf(column: string): ReferredTable | null {
  return column in referredTables ? referredTables[column as keyof typeof referredTables] : null
}

export function columnsOf(table: MergedTable): readonly string[] {
  return table === 'embeddings' ? rangedTables.embeddings.columns : journaledTables[table].columns
}

/** What names a row in every copy: its id, or the ids and values that it consists of. */
export function identityColumns(table: MergedTable): readonly string[] {
  if (table === 'embeddings') return ['clip_key', 'name']
  return columnsOf(table).includes('id') ? ['id'] : journaledTables[table].key
}

export function identityOf(table: MergedTable, row: PortableRow): string {
  const values = identityColumns(table).map((column) => row[column] ?? null)
  return values.length === 1 ? String(values[0]) : JSON.stringify(values)
}

/** Who judged and when go with the judgement: they are no fields that could differ by themselves. */
const companions: readonly string[] = ['author', 'at']

/** The columns that two catalogs may change differently. */
export function fieldsOf(table: MergedTable): string[] {
  const identity = identityColumns(table)
  return columnsOf(table).filter(
    (column) =>
      column !== 'key' &&
      column !== 'id' &&
      !identity.includes(column) &&
      referenceOf(column) === null &&
      !companions.includes(column),
  )
}

/** Whether a row is one judgement, with its author and time, rather than fields that are edited one by one. */
export function isJudgement(table: MergedTable): boolean {
  return columnsOf(table).includes('state') && columnsOf(table).includes('at')
}

/** What belongs to a segment beside its row, by the name under which a conflict about the segment keeps it. */
export const segmentParts = {
  labels: 'annotation_labels',
  doubts: 'annotation_doubts',
  origins: 'annotation_origins',
  verdicts: 'annotation_verdicts',
  proposals: 'annotation_proposals',
} as const satisfies Record<string, MergedTable>

export type SegmentPart = (typeof segmentParts)[keyof typeof segmentParts]

export const isSegmentPart = (table: MergedTable): table is SegmentPart =>
  (Object.values(segmentParts) as MergedTable[]).includes(table)

/** Writes the rows of one catalog portably. */
export class PortableWriter {
  private readonly ids = new Map<string, string>()

  constructor(private readonly database: Database) {}

  /** Remembers a row that may be gone from its table, so that others can still refer to it. */
  remember(table: string, key: number, id: string): void {
    this.ids.set(`${table}/${key}`, id)
  }

  write(table: MergedTable, row: Record<string, SqlValue>): PortableRow {
    const portable: PortableRow = {}
    for (const column of columnsOf(table)) {
      if (column === 'key') continue
      const value = row[column] ?? null
      const referred = referenceOf(column)
      portable[column] = referred === null || value === null ? value : this.idOf(referred, Number(value))
    }
    return portable
  }

  private idOf(table: ReferredTable, key: number): string {
    const name = `${table}/${key}`
    const known = this.ids.get(name)
    if (known !== undefined) return known
    const id = this.database.get<{ id: string }>(
      `SELECT ${table === 'metadata_names' ? 'name' : 'id'} AS id FROM ${table} WHERE key = ?`,
      key,
    )?.id
    // Gone together with what referred to it: no row of another catalog has this name.
    if (id === undefined) return `gone:${key}`
    this.ids.set(name, id)
    return id
  }
}
