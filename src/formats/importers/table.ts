/**
 * Tables of anybody's making, divided by commas, semicolons or tabs: which column tells what is guessed from its name or
 * said by a person. Rows have a span (segments) or none (labels of whole recordings).
 */
import { AppError } from '../../shared/errors'
import type { TableReading } from '../../shared/job/table-columns'
import { AnnotatedRecordings } from './annotated-recordings'
import { readAnnotationRows } from './annotation-rows'
import { guessColumns, isReadable } from './guess-columns'
import type { Importer } from './import-plan'
import { listNames } from './quote'
import { readCsv } from './read-csv'
import { readEach } from './read-each'
import { guessDelimiter, parseTable } from './read-table'
import { isHidden, isSoundFile } from './sound-file'

export const isTableFile = (path: string): boolean => /\.(csv|tsv)$/i.test(path) && !isHidden(path)

/** What stands in the first line of a table. */
function headerOf(text: string): string[] {
  const line = /[^\r\n]+/.exec(text)?.[0] ?? ''
  return (readCsv(line, guessDelimiter(line, ',')).header?.fields ?? []).map((name) => name.trim())
}

/** The beginning of a table, for a person who says what its columns are. */
export function readTableHead(text: string, mostRows: number): { header: string[]; rows: string[][] } {
  // Cut after a whole line, since the text may be a beginning only.
  const lines = text.split(/\r\n|\n|\r/).slice(0, mostRows + 1)
  const { header, rows } = readCsv(lines.join('\n'), guessDelimiter(text, ','))
  return { header: (header?.fields ?? []).map((name) => name.trim()), rows: rows.map(({ fields }) => fields) }
}

function readingOf(header: string[], given: TableReading | undefined, path: string): TableReading {
  const reading = given ?? { columns: guessColumns(header), labelSeparator: null, timeUnit: 's' as const }
  const names = new Set(header.map((name) => name.toLowerCase()))
  const missing = Object.values(reading.columns).filter((name) => !names.has(name.trim().toLowerCase()))
  if (missing.length > 0)
    throw new AppError('bad-row', `${path}, row 1: missing columns ${listNames(missing)}.`, {
      hint: `Its columns are ${listNames(header)}.`,
    })
  if (!isReadable(reading.columns))
    throw new AppError(
      'bad-row',
      `${path}, row 1: which columns name the file and the class, or the times, is not clear.`,
      {
        hint: `Say which column is what: its columns are ${listNames(header)}.`,
      },
    )
  return reading
}

export const tableImporter: Importer = {
  id: 'table',
  name: 'CSV or TSV table',
  description:
    'Tables with a row for each segment or recording, whatever their columns are called. Choose which is what.',

  detect(listing) {
    const tables = listing.filter(isTableFile)
    if (tables.length === 0) return null
    const audioFiles = listing.filter((path) => isSoundFile(path) && !isHidden(path)).length
    return {
      confidence: 0.05,
      audioFiles,
      summary: `${tables.length} table${tables.length === 1 ? '' : 's'} and ${audioFiles} sound files`,
    }
  },

  content: {
    confidence: 0.55,
    files: (listing) => listing.filter(isTableFile),
    recognises: (head) => isReadable(guessColumns(headerOf(head))),
  },

  async read(folder, options) {
    const paths = folder.listing.filter(isTableFile)
    if (paths.length === 0) throw new AppError('unsupported-format', 'There is no table: no file ends in .csv or .tsv.')
    const gathered = new AnnotatedRecordings(folder.listing)
    await readEach(folder, paths, gathered.issues, (text, path) => {
      const reading = readingOf(headerOf(text), options?.table, path)
      const table = parseTable(text, path, [])
      gathered.issues.push(...table.issues)
      readAnnotationRows(table, reading, gathered)
    })
    return gathered.finish()
  },
}
