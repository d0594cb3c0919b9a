/** What belongs to a catalog and is no edit: kept by a name, as JSON. */
import type { z } from 'zod'
import type { Database } from './database'

/** What is kept under a name; null where nothing is, or what another version has written and this one cannot read. */
export function readSetting<T>(database: Database, name: string, schema: z.ZodType<T>): T | null {
  const row = database.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', name)
  const kept = schema.safeParse(row ? parse(row.value) : undefined)
  return kept.success ? kept.data : null
}

export function writeSetting(database: Database, name: string, value: unknown): void {
  database.run(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    name,
    JSON.stringify(value),
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
