import { parse } from 'csv-parse/browser/esm/sync'
import { AppError } from '../../shared/errors'

export interface CsvRow {
  /** Line of the file on which the row ends, from 1; the header's is 1 in a file without blank lines. */
  row: number
  fields: string[]
}

export interface CsvTable {
  header: CsvRow | null
  rows: CsvRow[]
  /** Rows that cannot be read, with the reason. */
  unreadable: { row: number; reason: string }[]
}

/**
 * Decodes a text file: UTF-8, or UTF-16 where a byte order mark says so.
 * @throws AppError bad-file where the bytes are not text.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes)
  if (bytes.length > mostTextBytes)
    throw new AppError(
      'bad-file',
      `${file} has ${Math.round(bytes.length / 1e6)} MB: too long to be read as one text.`,
      {
        hint: `Divide it into files of less than ${Math.round(mostTextBytes / 1e6)} MB.`,
      },
    )
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (cause) {
    const name = encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'
    throw new AppError('bad-file', `${file} is not text in ${name}.`, { hint: 'Save it as “CSV UTF-8”.', cause })
  }
  if (text.includes('\0'))
    throw new AppError('bad-file', `${file} is not a text file: it holds zero bytes.`, {
      hint: 'If it is text in UTF-16 without its mark, save it as UTF-8.',
    })
  return text
}

/** The longest text that V8 holds has 2²⁹ − 24 signs. */
const mostTextBytes = 2 ** 29 - 24

/** Whether a byte order mark says so. */
export function isUtf16(bytes: Uint8Array): boolean {
  return encodingOf(bytes) !== 'utf-8'
}

/** The beginning of a text file, perhaps cut within a character: for recognising, never for reading. */
export function decodeHead(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

/** As a byte order mark says. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
}

/**
 * Reads RFC 4180 CSV, or the like with another delimiter, with any line ending and an optional byte order mark;
 * blank lines are passed over.
 * A stray quote would swallow every line up to the next quote, so a file that has one is read again line
 * by line: only the lines that are wrong by themselves are lost.
 */
export function readCsv(text: string, delimiter = ','): CsvTable {
  const whole = parseRecords(text, delimiter)
  const { rows, unreadable } = whole.unreadable.length === 0 ? whole : parseLines(text, delimiter)
  return { header: rows[0] ?? null, rows: rows.slice(1), unreadable }
}

function parseRecords(
  text: string,
  delimiter: string,
): { rows: CsvRow[]; unreadable: { row: number; reason: string }[] } {
  const unreadable: { row: number; reason: string }[] = []
  const records = parse(text, {
    delimiter,
    // All of them, since programs mix them; left to itself the parser goes by the first.
    record_delimiter: ['\r\n', '\n', '\r'],
    bom: true,
    info: true,
    skip_empty_lines: true,
    // Rows of a wrong length are the caller's to judge: it knows which columns it needs.
    relax_column_count: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      const lines = (error as { lines?: unknown } | undefined)?.lines
      unreadable.push({ row: typeof lines === 'number' ? lines : 1, reason: error?.message ?? 'unreadable row' })
      return undefined
    },
  }) as unknown as { record: string[]; info: { lines: number } }[] // what `info` makes of a record
  return { rows: records.map(({ record, info }) => ({ row: info.lines, fields: record })), unreadable }
}

function parseLines(
  text: string,
  delimiter: string,
): { rows: CsvRow[]; unreadable: { row: number; reason: string }[] } {
  const rows: CsvRow[] = []
  const unreadable: { row: number; reason: string }[] = []
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    const parsed = parseRecords(line, delimiter)
    const fields = parsed.rows[0]?.fields
    if (parsed.unreadable.length > 0) unreadable.push({ row: index + 1, reason: 'its quotation marks do not pair up' })
    else if (fields) rows.push({ row: index + 1, fields })
  }
  return { rows, unreadable }
}
