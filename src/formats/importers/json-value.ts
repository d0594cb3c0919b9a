import { AppError } from '../../shared/errors'

/** An object of a JSON file of which nothing is known yet. */
export type JsonObject = Record<string, unknown>

/** @throws AppError bad-file */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('bad-file', `${path} is no JSON: ${(cause as Error).message.slice(0, 200)}.`, { cause })
  }
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
