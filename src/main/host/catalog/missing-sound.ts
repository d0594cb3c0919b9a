import type { Database } from './database'

/**
 * Notes whether a recording's file was there when it was last looked at: an observation, not an edit.
 * @returns whether that is news
 */
export function markMissing(database: Database, recordingId: string, isMissing: boolean): boolean {
  const own = database.get<{ key: number }>('SELECT key FROM recordings WHERE id = ?', recordingId)
  return own !== undefined && setMissing(database, own.key, isMissing)
}

/** As `markMissing`, by key. */
export function setMissing(database: Database, key: number, isMissing: boolean): boolean {
  const value = Number(isMissing)
  return database.run('UPDATE recordings SET is_missing = ? WHERE key = ? AND is_missing <> ?', value, key, value) > 0
}
