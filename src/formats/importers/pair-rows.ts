import type { ClipDraft, ImportIssue } from '../../shared/job/worker-event'
import type { PlannedRecording } from './import-plan'
import { shorten } from './quote'

/** A row that describes one sound file. */
export interface AudioRow {
  row: number
  /** The file as the row names it, under the dataset's folder; for messages. */
  name: string
  /** The file of the listing that is meant, or null where there is none. */
  path: string | null
  clip: ClipDraft
}

/**
 * Brings rows and sound files together: a row without a file, a second row for one file and a file without a
 * row are each an issue; the rest are recordings.
 * `sounds` are the files that `tablePath` is about.
 */
export function pairRows(
  tablePath: string,
  rows: readonly AudioRow[],
  sounds: readonly string[],
): { recordings: PlannedRecording[]; issues: ImportIssue[] } {
  const recordings: PlannedRecording[] = []
  const issues: ImportIssue[] = []
  const rowOfPath = new Map<string, number>()
  for (const { row, name, path, clip } of rows) {
    const first = path === null ? undefined : rowOfPath.get(path)
    if (path === null)
      issues.push({
        file: shorten(name, 300),
        row,
        kind: 'unmatched',
        reason: `no such file, though ${tablePath} names it`,
      })
    else if (first !== undefined)
      issues.push({ file: path, row, reason: `duplicate file name: row ${first} names it already; this row was left` })
    else {
      rowOfPath.set(path, row)
      recordings.push({ path, row, clips: [clip] })
    }
  }
  for (const path of sounds) {
    if (!rowOfPath.has(path))
      issues.push({ file: path, row: null, kind: 'unmatched', reason: `no row of ${tablePath} names this file` })
  }
  return { recordings, issues }
}

/** A note, never a refusal, where the dataset as published has another number of clips. `whole` lists what its parts have. */
export function noteCount(file: string, found: number, whole: readonly number[], what: string): ImportIssue[] {
  if (whole.includes(found)) return []
  const numbers = whole.map((count) => count.toLocaleString('en-US')).join(' or ')
  return [
    {
      file,
      row: null,
      kind: 'note',
      reason: `note: ${found.toLocaleString('en-US')} clip${found === 1 ? '' : 's'}; ${what} has ${numbers}`,
    },
  ]
}
