import { AppError } from '../../shared/errors'
import { readCsv } from '../importers/read-csv'
import { guessDelimiter } from '../importers/read-table'

/** An old and a new class, as a file names them. */
export interface ClassPair {
  from: string
  to: string
}

/**
 * Reads which classes become which: two columns with commas, semicolons or tabs, an old and a new name a row. A heading
 * “old,new” or “from,to” is passed over.
 * @param file its name, for messages
 * @throws AppError 'bad-file', which names the line
 */
export function readRemap(file: string, text: string): ClassPair[] {
  const { header, rows, unreadable } = readCsv(text, guessDelimiter(text, ','))
  const complain = (row: number, reason: string, hint?: string): AppError =>
    new AppError('bad-file', `${file}, line ${row}: ${reason}.`, hint === undefined ? {} : { hint })
  for (const { row, reason } of unreadable) throw complain(row, reason)
  const isHeading = /^(old|from)$/i.test(header?.fields[0]?.trim() ?? '')
  const pairs = [...(header === null || isHeading ? [] : [header]), ...rows].map(({ row, fields }) => {
    const [from = '', to = '', ...others] = fields.map((field) => field.trim())
    if (from === '' || to === '') throw complain(row, 'an old and a new class are wanted')
    if (others.some((field) => field !== ''))
      throw complain(row, `there are ${fields.length} columns`, 'A name with a comma in it stands in quotation marks.')
    return { from, to }
  })
  if (pairs.length === 0) throw new AppError('bad-file', `${file} has no pair of classes.`)
  return pairs
}
