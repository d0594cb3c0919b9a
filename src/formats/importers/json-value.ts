import { AppError } from '../../shared/errors'
import { findJsonFault } from './json-faults'
import { shorten } from './quote'

/** An object of a JSON file of which nothing is known yet. */
export type JsonObject = Record<string, unknown>

/** Text that is JSON as its value, or why it is none. */
export type ReadJson = { value: unknown; reason: null } | { value: null; reason: string }

/**
 * Parses JSON, and refuses what one program reads in this way and another in that: a key that stands twice in an object.
 * Half characters (`\ud800`) become the sign for them, as in any file; a byte order mark is passed over.
 */
export function readJson(text: string): ReadJson {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text
  let value: unknown
  try {
    value = JSON.parse(mendHalves(source))
  } catch (thrown) {
    return { value: null, reason: `no JSON: ${shorten((thrown as Error).message, 200)}` }
  }
  const reason = findJsonFault(source)
  return reason === null ? { value, reason } : { value: null, reason }
}

/** Escapes of half characters, replaced; the pairs that make a whole one stay. */
function mendHalves(source: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(source)) return source
  const pattern = /\\(?:u(?:[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|([dD][89a-fA-F][\da-fA-F]{2}))|[^])/g
  return source.replace(pattern, (all, half: string | undefined) => (half === undefined ? all : '\\ufffd'))
}

/** What is made of JSON takes up to fifteen times its length in memory: this much stays within Node's usual heap. */
const mostJsonSigns = 128 * 2 ** 20

/** As `readJson`, of a whole file. @throws AppError bad-file */
export function parseJson(text: string, path: string): unknown {
  if (text.length > mostJsonSigns)
    throw new AppError(
      'bad-file',
      `${path} has ${Math.round(text.length / 1e6)} MB: too much JSON to be read at once.`,
      {
        hint: `Divide it into files of less than ${Math.floor(mostJsonSigns / 1e6)} MB.`,
      },
    )
  const { value, reason } = readJson(text)
  if (reason !== null) throw new AppError('bad-file', `${path} cannot be read: ${reason}.`)
  return value
}

/** As `readJson`, of what must be an object. */
export function readJsonObject(text: string): { value: JsonObject; reason: null } | { value: null; reason: string } {
  const { value, reason } = readJson(text)
  if (reason !== null) return { value: null, reason }
  return isObject(value) ? { value, reason } : { value: null, reason: 'no JSON object' }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects of a list; of anything else none. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** Texts and numbers as text; of anything else none. */
export function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).flatMap((entry) => {
    const text = textOf(entry)
    return text === '' ? [] : [text]
  })
}

/** A text or a number as text; anything else is empty. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : ''
}

/** A number, or NaN. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : NaN
}

/** A number that may be missing. */
export function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The values of an object that are texts or numbers, as texts. */
export function textRecord(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectOf(value)).flatMap(([name, entry]) => {
      const text = textOf(entry)
      return text === '' ? [] : [[name, text]]
    }),
  )
}
