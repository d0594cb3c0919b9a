/** What people set themselves, as the history tells: an import that comes again leaves it alone. */
import { type Database, listParameter } from './database'
import { type JournaledTable, journaledTables, type Row, type RowKey } from './journal-tables'

/** The kind of history entries that no person decided value by value. */
const importKind = 'import'

/**
 * The columns of rows whose value was last set by an edit and not by an import, by the row's key as `rowKeyText` writes
 * it. A row that was added or removed by an edit has all of its columns set, also when it is gone.
 */
export function listSetByPeople(
  database: Database,
  table: JournaledTable,
  keys: readonly RowKey[],
): Map<string, ReadonlySet<string>> {
  if (keys.length === 0) return new Map()
  // Of one row the oldest change comes first, so that the last word stands.
  const changes = database.all<{ key: string; kind: string; before: string | null; after: string | null }>(
    `SELECT x.row_key AS key, j.kind, x.before, x.after FROM json_each(?) wanted
       CROSS JOIN journal_changes x ON x.table_name = ? AND x.row_key = wanted.value
       JOIN journal j ON j.seq = x.entry_seq
     WHERE j.state IN ('done', 'open') ORDER BY x.row_key, x.entry_seq, x.position`,
    listParameter(keys.map(rowKeyText)),
    table,
  )
  const found = new Map<string, Set<string>>()
  const { columns } = journaledTables[table]
  for (const { key, kind, before, after } of changes) {
    const [old, own] = [parse(before), parse(after)]
    const changed = columns.filter((column) => old === null || own === null || old[column] !== own[column])
    const set = found.get(key) ?? new Set()
    for (const column of changed)
      if (kind === importKind) set.delete(column)
      else set.add(column)
    found.set(key, set)
  }
  return found
}

export const rowKeyText = (key: RowKey): string => JSON.stringify(key)

const parse = (text: string | null): Row | null => (text === null ? null : (JSON.parse(text) as Row))
