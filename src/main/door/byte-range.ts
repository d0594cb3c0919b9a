/** A span of bytes; `end` is exclusive. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * Reads a Range header (RFC 9110, 14.2) against a known size.
 * @returns null where the whole is to be sent: no header, another unit, several ranges, or one that
 *   is not well formed (all of which a server may ignore); 'unsatisfiable' where 416 is the answer.
 */
export function parseByteRange(header: string | null, totalBytes: number): ByteRange | null | 'unsatisfiable' {
  const match = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  if (match[1] === '') {
    const length = Number(match[2])
    if (length === 0 || totalBytes === 0) return 'unsatisfiable'
    return { start: Math.max(0, totalBytes - length), end: totalBytes }
  }
  const start = Number(match[1])
  const last = match[2] === '' ? Infinity : Number(match[2])
  if (last < start) return null
  if (start >= totalBytes) return 'unsatisfiable'
  return { start, end: Math.min(last + 1, totalBytes) }
}
