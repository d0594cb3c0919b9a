import { AppError } from '../../shared/errors'
import type { ImportIssue } from '../../shared/job/worker-event'
import type { DatasetFolder } from './import-plan'
import { listNames, quote } from './quote'
import { decodeText, readCsv, type CsvTable } from './read-csv'

export interface TableRow {
  /** Line of the file, from 1. */
  row: number
  /** Trimmed values by column name in lower case. */
  value: Record<string, string>
}

export interface Table {
  path: string
  /** Names of columns in lower case. */
  header: string[]
  /** The same as they are written. */
  names: string[]
  rows: TableRow[]
  /** Rows that were left, with the reason. */
  issues: ImportIssue[]
}

/** What a spreadsheet writes over a value that it took for a formula, such as an id that begins with `-`. */
const spreadsheetErrors = /^#(NAME\?|REF!|VALUE!|DIV\/0!|N\/A|NUM!|NULL!)$/i

const delimiters = [',', ';', '\t']

/** The delimiter of the table's first line: whichever divides it into most fields, `usual` where that is a tie. */
export function guessDelimiter(text: string, usual: string): string {
  const firstLine = /[^\r\n]+/.exec(text)?.[0] ?? ''
  const widthOf = (delimiter: string): number => firstLine.split(delimiter).length
  return delimiters.reduce((best, next) => (widthOf(next) > widthOf(best) ? next : best), usual)
}

/** Which of the fields a spreadsheet has destroyed, in words, or null. */
export function describeSpreadsheetDamage(fields: readonly string[]): string | null {
  const damaged = fields.find((field) => spreadsheetErrors.test(field.trim()))
  return damaged === undefined
    ? null
    : `spreadsheet damage: ${quote(damaged.trim())} stands where a value was; this row was left, take the original file`
}

/**
 * Reads a table with a header, divided by commas, semicolons or tabs (a spreadsheet saves the one for the
 * other). Rows that cannot be read, have another number of columns or were destroyed by a spreadsheet become issues.
 * `columns` are those needed, in lower case; any order, others may stand among them.
 * @throws AppError bad-row where a column is missing or stands twice, bad-file where the file is no text.
 */
export async function readTable(folder: DatasetFolder, path: string, columns: readonly string[]): Promise<Table> {
  return parseTable(decodeText(await folder.readBytes(path), path), path, columns)
}

/** A table of more is none: each row would become as many values. */
const mostColumns = 10_000

/** @param header in lower case @throws AppError bad-row, naming the columns that are missing */
export function requireColumns(path: string, header: readonly string[], columns: readonly string[]): void {
  if (header.length > mostColumns)
    throw new AppError('bad-row', `${path}, row 1: ${header.length} columns, more than any table has.`)
  const missing = columns.filter((column) => !header.includes(column))
  if (missing.length === 0) return
  throw new AppError(
    'bad-row',
    `${path}, row 1: missing column${missing.length === 1 ? '' : 's'} ${missing.join(', ')}; ` +
      (header.length === 0 ? 'the file is empty.' : `found ${listNames(header)}.`),
    { hint: `The columns are ${columns.join(', ')}, in any order.` },
  )
}

/**
 * As `readTable`, of text that has been read.
 * @param parse how rows are divided, where it is not as in CSV
 * @throws AppError bad-row
 */
export function parseTable(
  text: string,
  path: string,
  columns: readonly string[],
  parse: (text: string) => CsvTable = (whole) => readCsv(whole, guessDelimiter(whole, ',')),
): Table {
  const csv = parse(text)
  const names = (csv.header?.fields ?? []).map((name) => name.trim())
  const header = names.map((name) => name.toLowerCase())
  requireColumns(path, header, columns)
  const twice = columns.find((column) => header.indexOf(column) !== header.lastIndexOf(column))
  if (twice !== undefined) {
    throw new AppError('bad-row', `${path}, row 1: the column ${twice} stands twice.`, { hint: 'Remove one of them.' })
  }
  const table: Table = { path, header, names, rows: [], issues: [] }
  const complain = (row: number, reason: string): void => void table.issues.push({ file: path, row, reason })
  for (const { row, reason } of csv.unreadable) complain(row, `unreadable row: ${reason}`)
  for (const { row, fields } of csv.rows) {
    const damage = describeSpreadsheetDamage(fields)
    if (damage) complain(row, damage)
    else if (fields.length !== header.length)
      complain(row, `unreadable row: ${fields.length} columns instead of ${header.length}`)
    else table.rows.push({ row, value: Object.fromEntries(header.map((name, i) => [name, fields[i]!.trim()])) })
  }
  return table
}

/** Rows divided by tabs in which a quote is a sign like others; a field that a spreadsheet has quoted is taken out. */
export function splitAtTabs(text: string): CsvTable {
  const unquote = (field: string): string => {
    if (field.length < 2 || !field.startsWith('"') || !field.endsWith('"')) return field
    const inner = field.slice(1, -1)
    // Within, quotes come in pairs, or they are signs like others.
    return inner.replaceAll('""', '').includes('"') ? field : inner.replaceAll('""', '"')
  }
  const rows = text
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ row: index + 1, fields: line.split('\t').map(unquote) }))
    .filter(({ fields }) => fields.some((field) => field.trim() !== ''))
  return { header: rows[0] ?? null, rows: rows.slice(1), unreadable: [] }
}
