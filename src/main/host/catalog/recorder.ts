// A little over 400 lines: every way to write a journaled table is here, because all must agree on positions and ranges.
import { v7 as createId } from 'uuid'
import { AppError } from '../../../shared/errors'
import type { Database, SqlValue } from './database'
import {
  journaledTables,
  type JournaledTable,
  keyOf,
  nouns,
  type RangedTable,
  rangedTables,
  rangeTexts,
  type Row,
  type RowKey,
  tableTexts,
  valuesOf,
} from './journal-tables'
import { updateTexts } from './many-rows'
import { refuseWhileImported } from './open-import'
import { refuseLocked } from './split-lock'
import { noteManyTouched, noteTouched, nothingTouched, type Touched } from './touched'

export interface EntryHead {
  kind: string
  title: string
  author: string
}

/** Rows of one table that were added one after another. */
interface Range {
  first: number
  last: number
  count: number
}

/** Tables whose rows are added many at a time, by keys of their own. */
export type BulkTable =
  | 'recordings'
  | 'clips'
  | 'annotations'
  | 'interaction_users'
  | 'interaction_items'
  | 'interactions'
  | 'interaction_clips'

/** How far an entry had come; for going back to when a transaction is rolled back. */
export interface RecorderMark {
  seq: number | null
  position: number
  changeCount: number
  ranges: ReadonlyMap<RangedTable, Range>
}

/** Rows that are changed with one statement: a fraction of a second, after which an edit may be cancelled. */
const pieceRows = 10_000

/**
 * The only way to write a journaled table: each change goes into the row and into the journal, in the caller's
 * transaction. Edits keep the row before and after; the new rows of imports are kept as ranges of keys. The journal
 * entry is made at the first change, so that an edit which changes nothing leaves no trace and keeps what can be redone.
 */
export class Recorder {
  private touched = nothingTouched()
  private entrySeq: number | null = null
  private position = 0
  private changes = 0
  /** The ranges that are still growing, at `position`; a change of a row ends them. */
  private ranges = new Map<RangedTable, Range>()
  private readonly isOthersImportOpen: boolean
  /** Set while the changes of somebody else are brought in: who made them, and when. */
  origin: { author: string; at: string } | null = null

  /** @param state 'open' for an import, which adds to its entry over many transactions */
  constructor(
    private readonly database: Database,
    private readonly head: EntryHead,
    private readonly state: 'done' | 'open' = 'done',
  ) {
    this.isOthersImportOpen = database.get(`SELECT 1 FROM journal WHERE state = 'open'`) !== undefined
  }

  /** The entry's number, null while nothing has changed. */
  get seq(): number | null {
    return this.entrySeq
  }

  /** Rows that were added, changed or removed. */
  get changeCount(): number {
    return this.changes
  }

  /** What was touched since it was last asked. */
  drainTouched(): Touched {
    const touched = this.touched
    this.touched = nothingTouched()
    return touched
  }

  /** Inserts a row; where the table numbers its rows, the key is given by it. @returns that key, else 0 */
  insert(table: JournaledTable, given: Row): number {
    this.refuseImported(table, given)
    if (table === 'clips') refuseLocked(this.database, [given.split])
    const { key, row } = this.write(tableTexts[table].insert, journaledTables[table].columns, given)
    this.note(table, row, null, pick(table, row))
    return key
  }

  /**
   * Inserts a row of an import: as `insert`, but journaled in a range of keys, so that millions cost nothing.
   * A row without a key of its own can only be added to an owner that this recorder has just added; to others it
   * is inserted like an edit.
   */
  add(table: RangedTable, row: Record<string, SqlValue>): number {
    const { by, owner, columns } = rangedTables[table]
    if (owner !== null) {
      const key = Number(row[by])
      const own = this.ranges.get(owner)
      if (own === undefined || key < own.first || key > own.last)
        return this.insert(table as JournaledTable, row as Row)
      this.ensureEntry()
      this.write(rangeTexts[table].insert, columns, row)
      this.extendTo(table, key, key, 1)
      return 0
    }
    this.ensureEntry()
    const { key } = this.write(rangeTexts[table].insert, columns, row)
    const range = this.ranges.get(table)
    // Somebody else's row came between: it must not be counted in.
    if (range !== undefined && key !== range.last + 1) this.endRanges()
    this.extendTo(table, key, key, 1)
    this.touchList()
    return key
  }

  /**
   * Adds many rows of an import in one statement, keyed in the order given.
   * @param constants what is the same in every row
   * @param rows the values of the other columns, in their order
   * @returns the key of the first
   */
  addAll(
    table: BulkTable,
    constants: Row,
    columns: readonly string[],
    rows: readonly (string | number | null)[][],
  ): number {
    if (rows.length === 0) return 0
    this.ensureEntry()
    const first = this.database.nextKey(table)
    this.database.insertAll(table, first, constants, columns, rows)
    const range = this.ranges.get(table)
    if (range !== undefined && first !== range.last + 1) this.endRanges()
    this.extendTo(table, first, first + rows.length - 1, rows.length)
    // No list shows interactions.
    if (!table.startsWith('interaction')) this.touchList()
    return first
  }

  /**
   * Adds many rows that belong to clips which `addAll` has just added: for each clip, in their order, the values of
   * one column; the other columns are the same in all.
   */
  addOwned(
    table: 'clip_labels' | 'clip_metadata',
    firstClip: number,
    column: string,
    lists: (string | number)[][],
    constants: Row,
  ): void {
    const count = lists.reduce((sum, list) => sum + list.length, 0)
    if (count === 0) return
    const names = Object.keys(constants)
    this.database.run(
      `INSERT INTO ${table} (clip_key, ${column}, ${names.join(', ')})
         SELECT ? + clip.key, own.value, ${names.map(() => '?').join(', ')}
           FROM json_each(?) clip, json_each(clip.value) own`,
      firstClip,
      ...Object.values(constants),
      JSON.stringify(lists),
    )
    this.extendTo(table, firstClip, firstClip + lists.length - 1, count)
  }

  /** Changes some columns. @returns false when nothing is different. @throws AppError 'not-found' */
  update(table: JournaledTable, key: RowKey, change: Row): boolean {
    const before = this.read(table, key)
    const after = { ...before, ...change }
    if (valuesOf(table, before).every((value, index) => value === valuesOf(table, after)[index])) return false
    this.refuseImported(table, after)
    if (table === 'clips' && before.split !== after.split) refuseLocked(this.database, [before.split, after.split])
    this.database.run(tableTexts[table].update, ...valuesOf(table, after), ...key)
    this.note(table, after, before, after)
    return true
  }

  /** @throws AppError 'not-found' */
  remove(table: JournaledTable, key: RowKey): void {
    const before = this.read(table, key)
    this.refuseImported(table, before)
    if (table === 'clips') refuseLocked(this.database, [before.split])
    // Noted first: afterwards the clip of an annotation's label can no longer be found.
    this.note(table, before, before, null)
    this.database.run(tableTexts[table].remove, ...key)
  }

  /**
   * Sets columns of many rows to the values of a temporary table, piece by piece: rows that have them already stay as
   * they are. The journal keeps of each row its key and these columns alone, so that an edit of two million clips is a
   * tenth of what their rows would be. Not while an import is open.
   * @param source a table with the key's and these columns, whose primary key is that of `table`
   * @param onDone hears of how many rows of how many; what it throws ends the edit
   * @throws AppError 'conflict' for clips that would go in or out of a locked part
   */
  updateAll(
    table: JournaledTable,
    columns: readonly string[],
    source: string,
    onDone: (done: number, total: number) => void = () => undefined,
  ): number {
    const { noted, change, moved, by } = updateTexts(table, columns, source)
    const { total } = this.database.get<{ total: number }>(`SELECT count(*) AS total FROM ${source}`)!
    const firstFrom = this.database.pluck<number>(`SELECT min(${by}) FROM ${source}`)[0] ?? null
    let changed = 0
    let done = 0
    for (let from = firstFrom; from !== null;) {
      const next = this.database.pluck<number>(
        `SELECT ${by} FROM ${source} WHERE ${by} > ? ORDER BY ${by} LIMIT 1 OFFSET ${pieceRows - 1}`,
        from,
      )[0]
      const to = next ?? Number.MAX_SAFE_INTEGER
      if (moved !== null && this.database.get(moved, from, to) !== undefined) refuseLocked(this.database, ['test'])
      const count = this.noteAll(table, noted, from, to)
      if (count > 0) this.database.run(change, from, to)
      changed += count
      done = next === undefined ? total : Math.min(total, done + pieceRows)
      onDone(done, total)
      from = next ?? null
    }
    return changed
  }

  /**
   * Journals many changes of one table with one statement, before whoever calls makes them (`bulk-changes.ts`).
   * @param rows SQL of row key, before and after
   * @returns how many there are
   * @throws AppError 'conflict' while an import is open
   */
  noteAll(table: JournaledTable, rows: string, ...values: SqlValue[]): number {
    // An edit that changes nothing must have no entry.
    if (this.entrySeq === null && this.database.get(`SELECT 1 FROM (${rows}) LIMIT 1`, ...values) === undefined)
      return 0
    if (this.isOthersImportOpen && this.state !== 'open')
      throw new AppError('conflict', 'An import is adding to the catalog; so many rows are changed when it is done.', {
        hint: 'Wait for the import, or cancel it.',
      })
    const seq = this.ensureEntry()
    this.endRanges()
    const count = this.database.run(
      `INSERT INTO journal_changes (entry_seq, position, table_name, row_key, before, after)
         SELECT ?, ? + row_number() OVER () - 1, ?, * FROM (${rows})`,
      seq,
      this.position,
      table,
      ...values,
    )
    if (count === 0) return 0
    this.position += count
    this.changes += count
    noteManyTouched(this.touched, table)
    return count
  }

  /** Takes note that lists are others now by what is no edit: files that are back. */
  touchList(): void {
    this.touched.isListTouched = true
    this.touched.isOrderTouched = true
  }

  /** Takes note that segments of any number of clips came. */
  touchAnnotations(): void {
    this.touched.areAnnotationsTouched = true
  }

  /** Gives an edit its final title, known only when it is done. */
  retitle(title: string): void {
    if (this.entrySeq !== null) this.database.run('UPDATE journal SET title = ? WHERE seq = ?', title, this.entrySeq)
  }

  /** Writes the ranges and the number of changes; at the end of each transaction. */
  writeCount(): void {
    if (this.entrySeq === null) return
    this.writeRanges()
    this.database.run('UPDATE journal SET change_count = ? WHERE seq = ?', this.changes, this.entrySeq)
  }

  mark(): RecorderMark {
    const ranges = new Map([...this.ranges].map(([table, range]) => [table, { ...range }]))
    return { seq: this.entrySeq, position: this.position, changeCount: this.changes, ranges }
  }

  /** Forgets what a rolled-back transaction had counted. */
  rewind(mark: RecorderMark): void {
    this.entrySeq = mark.seq
    this.position = mark.position
    this.changes = mark.changeCount
    this.ranges = new Map(mark.ranges)
  }

  private write(sql: string, columns: readonly string[], given: Record<string, SqlValue>): { key: number; row: Row } {
    const key = this.database.insert(sql, ...columns.map((column) => given[column] ?? null))
    return columns[0] === 'key' ? { key, row: { ...(given as Row), key } } : { key: 0, row: given as Row }
  }

  private extendTo(table: RangedTable, first: number, last: number, count: number): void {
    const range = this.ranges.get(table)
    if (range === undefined) this.ranges.set(table, { first, last, count })
    else {
      range.first = Math.min(range.first, first)
      range.last = Math.max(range.last, last)
      range.count += count
    }
    this.changes += count
  }

  private writeRanges(): void {
    for (const [table, { first, last, count }] of this.ranges)
      this.database.run(
        `INSERT INTO journal_ranges (entry_seq, position, table_name, first_key, last_key, row_count)
           VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET first_key = excluded.first_key, last_key = excluded.last_key, row_count = excluded.row_count`,
        this.entrySeq,
        this.position,
        table,
        first,
        last,
        count,
      )
  }

  /** What comes next has another position, so that undoing goes back in the right order. */
  private endRanges(): void {
    if (this.ranges.size === 0) return
    this.writeRanges()
    this.ranges = new Map()
    this.position++
  }

  private read(table: JournaledTable, key: RowKey): Row {
    const row = this.database.get<Row>(tableTexts[table].select, ...key)
    if (!row) throw new AppError('not-found', `There is no ${nouns[table]} with the key ${key.join(', ')}.`)
    return row
  }

  private note(table: JournaledTable, row: Row, before: Row | null, after: Row | null): void {
    noteTouched(
      this.touched,
      table,
      row,
      (key) =>
        this.database.get<{ clip_key: number }>('SELECT clip_key FROM annotations WHERE key = ?', key)?.clip_key ??
        null,
    )
    const seq = this.ensureEntry()
    this.endRanges()
    this.changes++
    if (this.origin !== null)
      this.database.run(
        'INSERT INTO journal_origins (entry_seq, position, author, at) VALUES (?, ?, ?, ?)',
        seq,
        this.position,
        this.origin.author,
        this.origin.at,
      )
    this.database.run(
      'INSERT INTO journal_changes (entry_seq, position, table_name, row_key, before, after) VALUES (?, ?, ?, ?, ?, ?)',
      seq,
      this.position++,
      table,
      JSON.stringify(keyOf(table, row)),
      before && JSON.stringify(before),
      after && JSON.stringify(after),
    )
  }

  private refuseImported(table: JournaledTable, row: Row): void {
    if (this.isOthersImportOpen && this.state !== 'open') refuseWhileImported(this.database, table, row)
  }

  private ensureEntry(): number {
    if (this.entrySeq !== null) return this.entrySeq
    // A new edit ends the branch that could have been redone; it is kept, marked.
    this.database.run(`UPDATE journal SET state = 'abandoned' WHERE state = 'undone'`)
    const { seq } = this.database.get<{ seq: number }>(
      'INSERT INTO journal (id, kind, title, author, at, state) VALUES (?, ?, ?, ?, ?, ?) RETURNING seq',
      createId(),
      this.head.kind,
      this.head.title,
      this.head.author,
      new Date().toISOString(),
      this.state,
    )!
    this.entrySeq = seq
    return seq
  }
}

function pick(table: JournaledTable, row: Row): Row {
  return Object.fromEntries(journaledTables[table].columns.map((column) => [column, row[column] ?? null]))
}
