/** A decimal number, also with a comma for the point; null for anything else. */
export function readDecimal(text: string): number | null {
  const trimmed = text.trim()
  if (!/^[-+]?(\d{1,15}([.,]\d{0,20})?|[.,]\d{1,20})(e[-+]?\d{1,3})?$/i.test(trimmed)) return null
  const value = Number(trimmed.replace(',', '.'))
  return Number.isFinite(value) ? value : null
}

/** A third of a year: no recording is longer. */
export const mostSeconds = 1e7

/** Seconds from one time to a later one; null where the texts are none. */
export function readSpan(from: string, to: string): { startSeconds: number; endSeconds: number } | null {
  const startSeconds = readDecimal(from)
  const endSeconds = readDecimal(to)
  if (startSeconds === null || endSeconds === null) return null
  return isSpan(startSeconds, endSeconds) ? { startSeconds, endSeconds } : null
}

/** Whether these are times of one recording, the second after the first. */
export function isSpan(startSeconds: number, endSeconds: number): boolean {
  return startSeconds >= 0 && endSeconds > startSeconds && endSeconds <= mostSeconds
}

/** Seconds, or hours, minutes and seconds divided by colons (`01:02:03.5`); null for anything else. */
export function readSeconds(text: string): number | null {
  const match = /^\s*(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:[.,]\d{1,20})?)\s*$/.exec(text)
  if (!match) return readDecimal(text)
  const [, hours = '0', minutes = '0', seconds = '0'] = match
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'))
}
