import type { ClassDraft, ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import { ClassList, wholeNumber } from './class-list'
import { quote } from './quote'
import type { CsvTable } from './read-csv'
import { describeSpreadsheetDamage } from './read-table'

export interface Esc50Row {
  row: number
  filename: string
  clip: ClipDraft
}

/** Columns that have a place of their own in the catalog; the others are kept as the clip's source. */
const placed = new Set(['filename', 'fold', 'target', 'category'])

/**
 * Turns the rows of an ESC-50 CSV into clips. A row that is wrong in one value is taken without it and says
 * so; a row whose columns or file name cannot be read is left.
 * `header` is in lower case and holds all of ESC-50's columns.
 */
export function readEsc50Rows(
  file: string,
  audioFolder: string,
  header: string[],
  table: CsvTable,
): { classes: ClassDraft[]; rows: Esc50Row[]; issues: ImportIssue[] } {
  const issues: ImportIssue[] = table.unreadable.map(({ row, reason }) => ({
    file,
    row,
    reason: `unreadable row: ${reason}`,
  }))
  const classes = new ClassList('target')
  const rows: Esc50Row[] = []
  for (const { row, fields } of table.rows) {
    if (fields.length !== header.length) {
      const reason = `unreadable row: ${fields.length} columns instead of ${header.length}`
      issues.push({ file, row, reason })
      continue
    }
    const damage = describeSpreadsheetDamage(fields)
    if (damage !== null) {
      issues.push({ file, row, reason: damage })
      continue
    }
    const value = Object.fromEntries(header.map((name, index) => [name, (fields[index] ?? '').trim()]))
    const filename = value['filename'] ?? ''
    if (filename === '') {
      issues.push({ file, row, reason: 'unreadable row: the file name is empty' })
      continue
    }
    const complain = (reason: string): void => void issues.push({ file: `${audioFolder}${filename}`, row, reason })
    rows.push({ row, filename, clip: readClip(value, classes, complain) })
  }
  return { classes: classes.sorted(), rows, issues }
}

function readClip(value: Record<string, string>, classes: ClassList, complain: (reason: string) => void): ClipDraft {
  const fold = wholeNumber(value['fold'] ?? '')
  if (fold === null || fold < 1) {
    complain(`bad fold ${quote(value['fold'] ?? '')}, not a whole number from 1: taken without a fold`)
  }
  const className = (value['category'] ?? '').normalize('NFC')
  if (className === '') complain('no category: taken without a label')
  else {
    const code = wholeNumber(value['target'] ?? '')
    if (code === null) complain(`bad target ${quote(value['target'] ?? '')}, not a whole number: taken by its category`)
    const conflict = classes.add(className, code)
    if (conflict) complain(conflict)
  }
  return {
    startSeconds: 0,
    endSeconds: null,
    fold: fold === null || fold < 1 ? null : String(fold),
    group: value['src_file'] ? value['src_file'] : null,
    labels: className === '' ? [] : [{ className, state: 'present' }],
    source: Object.fromEntries(Object.entries(value).filter(([name, text]) => !placed.has(name) && text !== '')),
  }
}
