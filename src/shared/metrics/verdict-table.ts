import type { Verdict } from '../contract/agreement'

const columns = ['recording', 'start_seconds', 'end_seconds', 'class', 'rater', 'state', 'at', 'clip_id'] as const

/** A cell of CSV (RFC 4180); what a spreadsheet would take for a formula is quoted as text. */
function writeCell(value: string): string {
  const text = /^[=+@-]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The raw table of judgements as CSV, one row for each, with CRLF line ends. */
export function writeVerdicts(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map((row) =>
    [
      row.recordingPath,
      String(row.startSeconds),
      String(row.endSeconds),
      row.className,
      row.rater,
      row.state,
      row.at,
      row.clipId,
    ].map(writeCell),
  )
  return [columns, ...lines].map((cells) => `${cells.join(',')}\r\n`).join('')
}
