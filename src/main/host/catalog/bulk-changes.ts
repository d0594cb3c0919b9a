/**
 * Changes of very many rows with one statement for the journal and one for the table. SQL is the callers' own, never
 * input; what it binds is in `values`. A caller goes in pieces (`eachPiece`): SQLite keeps what one statement overwrites
 * until it has ended, and cannot be stopped in the middle. Not while an import is open (`refuseWhileImporting`), and not
 * for what a lock holds: the parts of clips (`Recorder.updateAll`).
 */
import { AppError } from '../../../shared/errors'
import type { Database, SqlValue } from './database'
import { journaledTables, type JournaledTable } from './journal-tables'
import { keyText, rowText } from './many-rows'
import type { Recorder } from './recorder'

/** Rows that are changed at once: a fraction of a second, after which it may be cancelled; the tests say fewer. */
export const pieces = { rows: 20_000 }

export type OnProgress = (done: number, total: number) => void

/** @param what as "labels can be moved" @throws AppError 'conflict' */
export function refuseWhileImporting(database: Database, what: string): void {
  if (database.get(`SELECT 1 FROM journal WHERE state = 'open'`))
    throw new AppError('conflict', `An import is running; ${what} when it is done.`, {
      hint: 'Wait for the import, or cancel it.',
    })
}

/**
 * Goes through rows that are numbered from 1.
 * @param work is given the first and the last number of a piece
 * @param onProgress hears how many rows are done; may throw to end it
 */
export function eachPiece(total: number, work: (first: number, last: number) => void, onProgress: OnProgress): void {
  for (let first = 1; first <= total; first += pieces.rows) {
    onProgress(first - 1, total)
    work(first, Math.min(total, first + pieces.rows - 1))
  }
  onProgress(total, total)
}

/** Binds a whole number: SQLite would take it for a real one, and the journal would spell it so. */
export const whole = 'CAST(? AS INTEGER)'

/** Removes rows. @param where from WHERE on @returns how many */
export function removeWhere(
  database: Database,
  recorder: Recorder,
  table: JournaledTable,
  where: string,
  values: readonly SqlValue[] = [],
): number {
  const rows = `SELECT ${keyText(table, table)}, ${rowText(table, table)}, NULL FROM ${table} ${where}`
  const count = recorder.noteAll(table, rows, ...values)
  if (count > 0) database.run(`DELETE FROM ${table} ${where}`, ...values)
  return count
}

/** Inserts every row of a source that has the columns of `table` and gives the same rows twice. @returns how many */
export function insertFrom(
  database: Database,
  recorder: Recorder,
  table: JournaledTable,
  source: string,
  values: readonly SqlValue[] = [],
): number {
  const columns = journaledTables[table].columns.join(', ')
  const rows = `SELECT ${keyText(table, 's')}, NULL, ${rowText(table, 's')} FROM ${source} AS s`
  const count = recorder.noteAll(table, rows, ...values)
  if (count > 0) database.run(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM ${source}`, ...values)
  return count
}

/**
 * Changes some columns of rows; the journal keeps of each its key and these columns.
 * @param change SQL by column, over the row as it is; keys stay
 * @param changeValues what `change` binds, in its order
 * @param where from WHERE on; it leaves out rows that are so already
 * @param values what `where` binds
 * @returns how many rows
 */
export function changeWhere(
  database: Database,
  recorder: Recorder,
  table: JournaledTable,
  change: Readonly<Record<string, string>>,
  changeValues: readonly SqlValue[],
  where: string,
  values: readonly SqlValue[],
): number {
  const before = partText(table, Object.fromEntries(Object.keys(change).map((column) => [column, column])))
  const rows = `SELECT ${keyText(table, table)}, ${before}, ${partText(table, change)} FROM ${table} ${where}`
  const count = recorder.noteAll(table, rows, ...changeValues, ...values)
  const set = Object.entries(change).map(([column, sql]) => `${column} = ${sql}`)
  if (count > 0) database.run(`UPDATE ${table} SET ${set.join(', ')} ${where}`, ...changeValues, ...values)
  return count
}

/** The key and some columns of a row as the journal writes them. @param parts SQL by column */
function partText(table: JournaledTable, parts: Readonly<Record<string, string>>): string {
  const key = journaledTables[table].key.map((column) => `'${column}', ${table}.${column}`)
  return `json_object(${[...key, ...Object.entries(parts).map(([column, sql]) => `'${column}', ${sql}`)].join(', ')})`
}
