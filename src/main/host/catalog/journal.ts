import type { HistoryState } from '../../../shared/contract/history'
import { AppError } from '../../../shared/errors'
import type { Database, SqlValue } from './database'
import {
  type JournaledTable,
  journaledTables,
  type RangedTable,
  rangedTableNames,
  rangeTexts,
  type Row,
  type RowKey,
  tableTexts,
  valuesOf,
} from './journal-tables'
import { Recorder } from './recorder'
import { noteManyTouched, noteTouched, nothingTouched, type Touched } from './touched'

/**
 * One edit by a person: one transaction, one journal entry.
 * @param work does it and answers with the entry's title
 */
export function runCommand<T extends { title: string }>(
  database: Database,
  kind: string,
  author: string,
  work: (recorder: Recorder) => T,
): { result: T; touched: Touched } {
  return database.transaction(() => {
    const recorder = new Recorder(database, { kind, title: '', author })
    const result = work(recorder)
    recorder.retitle(result.title)
    recorder.writeCount()
    return { result, touched: recorder.drainTouched() }
  })
}

export interface HistoryMove {
  title: string | null
  touched: Touched
}

/** Hears how many of an entry's rows have been moved; what it throws ends the move, of which nothing stays. */
export type OnMoved = (done: number, total: number) => void

/** Takes the newest edit back. Strictly last in, first out. @throws AppError 'conflict' */
export function undo(database: Database, onMoved?: OnMoved): HistoryMove {
  return move(database, 'undo', onMoved)
}

/** Makes the edit that was undone last again. @throws AppError 'conflict' */
export function redo(database: Database, onMoved?: OnMoved): HistoryMove {
  return move(database, 'redo', onMoved)
}

/** The edit that would be undone, or made again, next; null when there is none. */
export function findNext(
  database: Database,
  direction: 'undo' | 'redo',
): { seq: number; title: string; changeCount: number } | null {
  return (
    database.get(
      direction === 'undo'
        ? `SELECT seq, title, change_count AS changeCount FROM journal WHERE state = 'done' ORDER BY seq DESC LIMIT 1`
        : `SELECT seq, title, change_count AS changeCount FROM journal WHERE state = 'undone' ORDER BY seq LIMIT 1`,
    ) ?? null
  )
}

interface Change {
  position: number
  table_name: JournaledTable
  row_key: string
  before: string | null
  after: string | null
}

function move(database: Database, direction: 'undo' | 'redo', onMoved?: OnMoved): HistoryMove {
  return database.transaction(() => {
    if (database.get(`SELECT 1 FROM journal WHERE state = 'open'`))
      throw new AppError('conflict', 'An import is running; the history waits for its end.', {
        hint: 'Wait for the import, or cancel it.',
      })
    const entry = findNext(database, direction)
    if (!entry) return { title: null, touched: nothingTouched() }
    const touched = replay(database, entry.seq, direction, entry.title, onMoved)
    database.run('UPDATE journal SET state = ? WHERE seq = ?', direction === 'undo' ? 'undone' : 'done', entry.seq)
    return { title: entry.title, touched }
  })
}

/** Removes everything an unfinished import added, and its entry. */
export function takeBack(database: Database, seq: number): Touched {
  return database.transaction(() => {
    const entry = database.get<{ title: string; state: string }>('SELECT title, state FROM journal WHERE seq = ?', seq)
    if (!entry || entry.state !== 'open') return nothingTouched()
    const touched = replay(database, seq, 'take back', entry.title)
    database.run('DELETE FROM journal_changes WHERE entry_seq = ?', seq)
    database.run('DELETE FROM journal_ranges WHERE entry_seq = ?', seq)
    database.run('DELETE FROM journal WHERE seq = ?', seq)
    return touched
  })
}

interface Range {
  position: number
  table_name: RangedTable
  first_key: number
  last_key: number
  row_count: number
}

/** To take back is to undo what will never be made again: its rows are not kept aside. */
type Direction = 'undo' | 'redo' | 'take back'

/** Replays an entry's changes and ranges in the order of their positions, backwards except to redo. */
export function replay(
  database: Database,
  seq: number,
  direction: Direction,
  title: string,
  onMoved: OnMoved = () => undefined,
): Touched {
  const touched = nothingTouched()
  const ranges = database.all<Range>(
    'SELECT position, table_name, first_key, last_key, row_count FROM journal_ranges WHERE entry_seq = ?',
    seq,
  )
  // Owners come before what belongs to them.
  const order = (a: Range, b: Range): number =>
    a.position - b.position || rangedTableNames.indexOf(a.table_name) - rangedTableNames.indexOf(b.table_name)
  ranges.sort(direction === 'redo' ? order : (a, b) => order(b, a))
  if (ranges.length > 0) touched.isListTouched = touched.isOrderTouched = true

  const clipOfAnnotation = (key: number): number | null =>
    database.get<{ clip_key: number }>('SELECT clip_key FROM annotations WHERE key = ?', key)?.clip_key ?? null
  const isBefore = (range: Range, change: { position: number }): boolean =>
    direction === 'redo' ? range.position < change.position : range.position > change.position
  const { changes } = database.get<{ changes: number }>(
    'SELECT count(*) AS changes FROM journal_changes WHERE entry_seq = ?',
    seq,
  )!
  const total = ranges.reduce((sum, range) => sum + range.row_count, changes)
  let done = 0
  const moveNext = (range: Range): void => {
    const before = done
    moveRange(database, range, direction, title, (moved) => onMoved((done = before + moved), total))
  }
  let next = 0
  for (const change of eachChange(database, seq, direction)) {
    while (next < ranges.length && isBefore(ranges[next]!, change)) moveNext(ranges[next++]!)
    const [from, to] = direction === 'redo' ? [change.before, change.after] : [change.after, change.before]
    const touchedRow = JSON.parse((to ?? from)!) as Row
    if (changes <= mostNoted) noteTouched(touched, change.table_name, touchedRow, clipOfAnnotation)
    else noteManyTouched(touched, change.table_name)
    applyChange(database, change, parse(from), parse(to), title)
    if (++done % toldChanges === 0) onMoved(done, total)
  }
  for (const range of ranges.slice(next)) moveNext(range)
  onMoved(total, total)
  return touched
}

/** An entry's changes page by page, so that one of millions never stands in memory whole. */
function* eachChange(database: Database, seq: number, direction: Direction): Generator<Change> {
  const isForward = direction === 'redo'
  for (let last = isForward ? -1 : Number.MAX_SAFE_INTEGER; ;) {
    const page = database.all<Change>(
      `SELECT position, table_name, row_key, before, after FROM journal_changes
         WHERE entry_seq = ? AND position ${isForward ? '>' : '<'} ?
         ORDER BY position ${isForward ? 'ASC' : 'DESC'} LIMIT ${toldChanges}`,
      seq,
      last,
    )
    yield* page
    if (page.length < toldChanges) return
    last = page.at(-1)!.position
  }
}

/** Keys that are moved with one statement: a fraction of a second, after which it may be cancelled. */
const pieceKeys = 10_000
/** Single changes that are read at once, and after which it is said how far it is. */
const toldChanges = 1000
/** Of more changes than this it is not noted which clips they touch: readers ask everything again. */
const mostNoted = 100_000

/** Moves the rows of a range aside or back. @throws AppError 'conflict' when they are not as many as were added */
function moveRange(
  database: Database,
  range: Range,
  direction: Direction,
  title: string,
  onMoved: (done: number) => void,
): void {
  const { table_name: table, first_key: first, last_key: last, row_count: count } = range
  const conflict = (why: string, cause?: unknown): AppError =>
    new AppError('conflict', `“${title}” cannot be replayed: ${why} (${table} ${first} to ${last}).`, {
      hint: 'Nothing was changed. Something outside the history has edited these rows; "verify" lists what is wrong.',
      cause,
    })
  const [copy, remove] = rangeTexts[table][direction === 'redo' ? 'redo' : 'undo']
  let copied = 0
  let removed = 0
  try {
    for (let from = first; from <= last; from += pieceKeys) {
      const to = Math.min(last, from + pieceKeys - 1)
      if (direction !== 'take back') copied += database.run(copy, from, to)
      removed += database.run(remove, from, to)
      onMoved(removed)
    }
  } catch (cause) {
    if (String((cause as { code?: string }).code).startsWith('SQLITE_CONSTRAINT'))
      throw conflict('another row stands against it', cause)
    throw cause
  }
  if (removed !== count || (direction !== 'take back' && copied !== count))
    throw conflict(`${removed} of its ${count} rows are there`)
}

const parse = (text: string | null): Row | null => (text === null ? null : (JSON.parse(text) as Row))

function applyChange(database: Database, change: Change, from: Row | null, to: Row | null, title: string): void {
  const table = change.table_name
  const key = JSON.parse(change.row_key) as RowKey
  const texts = tableTexts[table]
  const current = database.get<Row>(texts.select, ...key) ?? null
  // What changed many rows at once has kept only the columns that it changed.
  const columns = from && to ? journaledTables[table].columns.filter((column) => column in to) : null
  const valuesIn = (row: Row): SqlValue[] =>
    columns ? columns.map((column) => row[column] ?? null) : valuesOf(table, row)
  const conflict = (why: string, cause?: unknown): AppError =>
    new AppError('conflict', `“${title}” cannot be replayed: ${why} (${table} ${key.join(', ')}).`, {
      hint: 'Nothing was changed. Something outside the history has edited this row; "verify" lists what is wrong.',
      cause,
    })
  if (JSON.stringify(current && valuesIn(current)) !== JSON.stringify(from && valuesIn(from)))
    throw conflict('the row is not as this edit left it')
  try {
    if (to === null) database.run(texts.remove, ...key)
    else if (from === null) database.run(texts.insert, ...valuesOf(table, to))
    else database.run(texts.update, ...valuesOf(table, { ...current, ...to }), ...key)
  } catch (cause) {
    if (String((cause as { code?: string }).code).startsWith('SQLITE_CONSTRAINT'))
      throw conflict('another row stands against it', cause)
    throw cause
  }
}

/** An import's entry is complete: it can be undone from now on. An import that changed nothing has none. */
export function closeEntry(database: Database, seq: number): void {
  database.run(`UPDATE journal SET state = 'done' WHERE seq = ? AND state = 'open'`, seq)
}

export function readHistoryState(database: Database): HistoryState {
  const title = (sql: string): string | null => database.get<{ title: string }>(sql)?.title ?? null
  return {
    undoTitle: title(`SELECT title FROM journal WHERE state = 'done' ORDER BY seq DESC LIMIT 1`),
    redoTitle: title(`SELECT title FROM journal WHERE state = 'undone' ORDER BY seq LIMIT 1`),
  }
}
