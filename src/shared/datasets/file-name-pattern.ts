import { AppError } from '../errors'

/** What a pattern finds in one path; null where it does not fit. */
export type ReadFileName = (path: string) => Record<string, string> | null

export interface FileNamePattern {
  /** The names in it, in their order. */
  names: string[]
  read: ReadFileName
}

const dateFields = {
  YYYY: { digits: 4, low: 1, high: 9999 },
  YY: { digits: 2, low: 0, high: 99 },
  MM: { digits: 2, low: 1, high: 12 },
  DD: { digits: 2, low: 1, high: 31 },
  HH: { digits: 2, low: 0, high: 23 },
  mm: { digits: 2, low: 0, high: 59 },
  ss: { digits: 2, low: 0, high: 59 },
} as const
type DateField = keyof typeof dateFields
const fieldPattern = /YYYY|YY|MM|DD|HH|mm|ss/g

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

/**
 * Reads a pattern of file names such as `{site}_{date:YYYYMMDD}_{time:HHmmss}.wav`.
 *
 * `{name}` stands for one or more signs other than a slash, as few as will do; `{name:FORMAT}` for a date or a time in
 * YYYY, YY, MM, DD, HH, mm, ss and what stands between them (kept as 2024-05-31 and 14:05:09 where it is whole), or
 * with `#` for as many digits; `*` for anything but a slash. A pattern without a slash is held against the file's name,
 * one with slashes against the end of its path. A pattern without an ending fits every ending.
 *
 * @throws AppError 'invalid-argument' that says where the pattern cannot be read
 */
export function parseFileNamePattern(pattern: string): FileNamePattern {
  const names: string[] = []
  const formats: (string | null)[] = []
  let source = ''
  let at = 0
  for (const match of pattern.matchAll(/\{([^{}]*)\}|\*|[^{}*]+|[{}]/g)) {
    const [whole, inner] = match
    at = match.index
    if (whole === '*') source += '[^/]*?'
    else if (inner === undefined) {
      if (whole === '{' || whole === '}') throw complain(`${whole} has no counterpart`, at)
      source += escape(whole)
    } else {
      const [, name, format] = /^([A-Za-z][\w.-]*)(?::(.+))?$/.exec(inner) ?? []
      if (name === undefined) throw complain(`{${inner}} wants a name, as in {site} or {date:YYYYMMDD}`, at)
      if (names.includes(name)) throw complain(`{${name}} stands twice`, at)
      names.push(name)
      formats.push(format ?? null)
      source += `(${format === undefined ? '[^/]+?' : readFormat(format, at)})`
    }
  }
  if (names.length === 0) throw complain('the pattern names nothing, as {site} would', 0)
  // Without an ending of its own it fits every ending.
  const ending = /\.[A-Za-z0-9]+$/.test(pattern) || pattern.endsWith('*') ? '' : '(?:\\.[^./]+)?'
  const expression = new RegExp(`(?:^|/)${source}${ending}$`, 'iu')
  const hasSlash = pattern.includes('/')
  return {
    names,
    read(path) {
      const found = expression.exec(hasSlash ? path : path.slice(path.lastIndexOf('/') + 1))
      if (!found) return null
      const values: Record<string, string> = {}
      for (const [index, name] of names.entries()) {
        const value = readValue(found[index + 1]!, formats[index]!)
        if (value === null) return null
        values[name] = value
      }
      return values
    },
  }
}

function complain(what: string, at: number): AppError {
  return new AppError('invalid-argument', `The pattern cannot be read: ${what} (at character ${at + 1}).`, {
    hint: 'Example: {site}_{date:YYYYMMDD}_{time:HHmmss}.wav',
  })
}

function readFormat(format: string, at: number): string {
  if (/^#+$/.test(format)) return `\\d{${format.length}}`
  if (!format.match(fieldPattern)) throw complain(`${format} is neither a date (YYYYMMDD, HHmmss) nor digits (###)`, at)
  let source = ''
  let from = 0
  for (const match of format.matchAll(fieldPattern)) {
    source += escape(format.slice(from, match.index)) + `\\d{${dateFields[match[0] as DateField].digits}}`
    from = match.index + match[0].length
  }
  return source + escape(format.slice(from))
}

/** The value as it is kept; null where it is no date or time. */
function readValue(text: string, format: string | null): string | null {
  if (format === null || /^#+$/.test(format)) return text
  const fields = new Map<DateField, string>()
  for (const match of format.matchAll(fieldPattern)) {
    const field = match[0] as DateField
    const { digits, low, high } = dateFields[field]
    const part = text.slice(match.index, match.index + digits)
    if (Number(part) < low || Number(part) > high) return null
    fields.set(field, part)
  }
  const year = fields.get('YYYY') ?? (fields.has('YY') ? `20${fields.get('YY')}` : undefined)
  const [month, day, hour, minute, second] = (['MM', 'DD', 'HH', 'mm', 'ss'] as const).map((field) => fields.get(field))
  if (year !== undefined && month !== undefined && day !== undefined && !isDay(year, month, day)) return null
  const date = year && month && day ? `${year}-${month}-${day}` : null
  const time = hour && minute ? `${hour}:${minute}${second === undefined ? '' : `:${second}`}` : null
  const count = fields.size
  if (date && time) return `${date}T${time}`
  if (date && count === 3) return date
  if (time && count === (second === undefined ? 2 : 3)) return time
  return text
}

function isDay(year: string, month: string, day: string): boolean {
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}
