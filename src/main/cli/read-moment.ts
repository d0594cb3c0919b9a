import { AppError } from '../../shared/errors'

/** Reads `--as-of`: a time (ISO 8601; local where it names no zone), or the id of an entry of the history. */
export function readMoment(text: string): { at: string } | { entryId: string } {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)) return { entryId: text }
  const time = new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(time.getTime()))
    throw new AppError('invalid-argument', `“${text}” is no time, as 2026-03-01T14:30.`)
  return { at: time.toISOString() }
}
