import type { Database, SqlValue } from '../database'
import { journaledTables, type JournaledTable, type RangedTable, rangedTables } from '../journal-tables'
import type { JournalMove } from './fork'
import { columnsOf, identityOf, type MergedTable, mergedTables, type PortableRow, PortableWriter } from './portable-row'

/** A row that a catalog has added, changed or removed: as it was at the base (null: not there) and as it is now. */
export interface ChangedRow {
  table: MergedTable
  base: PortableRow | null
  now: PortableRow | null
  /** Who changed it last, and when, where the journal knows. */
  author: string | null
  at: string | null
}

type RawRow = Record<string, SqlValue>

interface Change {
  base: RawRow | null
  author: string
  at: string
}

const isMerged = (table: string): table is MergedTable => (mergedTables as string[]).includes(table)

/** What some moves of a catalog's journal have changed, by table, parents first; rows that came back are left out. */
export function readChangedRows(database: Database, moves: JournalMove[]): ChangedRow[] {
  const tables = new Map<MergedTable, Map<string, Change>>(mergedTables.map((table) => [table, new Map()]))
  const note = (table: MergedTable, key: string, base: RawRow | null, move: JournalMove): void => {
    const changes = tables.get(table)!
    const known = changes.get(key)
    if (known === undefined) changes.set(key, { base, author: move.author, at: move.at })
    // What changed many rows at once has kept only its columns of a row; a later change knows others of them.
    else Object.assign(known, { base: known.base && { ...base, ...known.base }, author: move.author, at: move.at })
  }
  for (const move of moves) {
    for (const { table, row, key } of rangeRows(database, move)) note(table, key, move.isUndo ? row : null, move)
    const changes = database.all<{
      table: string
      key: string
      base: string | null
      author: string | null
      at: string | null
    }>(
      `SELECT c.table_name AS "table", c.row_key AS key, c.${move.isUndo ? 'after' : 'before'} AS base, o.author, o.at
         FROM journal_changes c LEFT JOIN journal_origins o USING (entry_seq, position)
         WHERE c.entry_seq = ? ORDER BY c.position ${move.isUndo ? 'DESC' : 'ASC'}`,
      move.seq,
    )
    for (const { table, key, base, author, at } of changes)
      if (isMerged(table))
        note(table, key, base === null ? null : (JSON.parse(base) as RawRow), {
          ...move,
          author: author ?? move.author,
          at: at ?? move.at,
        })
  }
  const writer = new PortableWriter(database)
  for (const [table, changes] of tables)
    for (const [key, { base }] of changes)
      if (base !== null && typeof base.id === 'string') writer.remember(table, Number(JSON.parse(key)[0]), base.id)
  return [...tables].flatMap(([table, changes]) =>
    [...changes]
      .map(([key, change]): ChangedRow => {
        const now = readRow(database, table, JSON.parse(key) as SqlValue[])
        return {
          table,
          base: change.base && writer.write(table, { ...now, ...change.base }),
          now: now && writer.write(table, now),
          author: change.author,
          at: change.at,
        }
      })
      .filter(({ base, now }) => !isSame(base, now)),
  )
}

/** How one catalog differs from another that is given as its base; null: everything in it is new. */
export function diffCatalogs(base: Database | null, database: Database): ChangedRow[] {
  const writer = new PortableWriter(database)
  const baseWriter = base && new PortableWriter(base)
  return mergedTables.flatMap((table) => {
    const columns = columnsOf(table).join(', ')
    const before = new Map<string, PortableRow>()
    if (base && baseWriter)
      for (const row of base.iterate<RawRow>(`SELECT ${columns} FROM ${table}`)) {
        const portable = baseWriter.write(table, row)
        before.set(identityOf(table, portable), portable)
      }
    const changed: ChangedRow[] = []
    for (const row of database.all<RawRow>(`SELECT ${columns} FROM ${table}`)) {
      const now = writer.write(table, row)
      const own = before.get(identityOf(table, now)) ?? null
      before.delete(identityOf(table, now))
      if (!isSame(own, now)) changed.push({ table, base: own, now, author: null, at: null })
    }
    for (const gone of before.values()) changed.push({ table, base: gone, now: null, author: null, at: null })
    return changed
  })
}

function isSame(a: PortableRow | null, b: PortableRow | null): boolean {
  if (a === null || b === null) return a === b
  return Object.keys(a).every((column) => isSameValue(a[column], b[column]))
}

export function isSameValue(a: SqlValue | undefined, b: SqlValue | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return (a ?? null) === (b ?? null)
}

/** The key of a row as the journal writes it: of embeddings, which it never writes, their number. */
const keyColumns = (table: MergedTable): readonly string[] =>
  table === 'embeddings' ? ['key'] : journaledTables[table as JournaledTable].key

function readRow(database: Database, table: MergedTable, key: SqlValue[]): RawRow | null {
  const where = keyColumns(table)
    .map((column) => `${column} = ?`)
    .join(' AND ')
  return database.get<RawRow>(`SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE ${where}`, ...key) ?? null
}

/** The rows that an import added and that are still there, or, of an undone one, that wait aside. */
function* rangeRows(
  database: Database,
  move: JournalMove,
): Generator<{ table: RangedTable & MergedTable; row: RawRow; key: string }> {
  const ranges = database.all<{ table: RangedTable; first: number; last: number }>(
    `SELECT table_name AS "table", first_key AS first, last_key AS last FROM journal_ranges WHERE entry_seq = ?`,
    move.seq,
  )
  for (const { table, first, last } of ranges) {
    if (!isMerged(table)) continue
    const rows = database.all<RawRow>(
      `SELECT ${columnsOf(table).join(', ')} FROM ${move.isUndo ? 'aside_' : ''}${table}
         WHERE ${rangedTables[table].by} BETWEEN ? AND ?`,
      first,
      last,
    )
    for (const row of rows) yield { table, row, key: JSON.stringify(keyColumns(table).map((column) => row[column])) }
  }
}
