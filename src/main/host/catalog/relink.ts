import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { countNoun } from './labels'
import type { Recorder } from './recorder'
import { ensureRoot } from './recordings'

/** A recording with a known content, and where its file should be. */
export interface LinkedRecording {
  key: number
  rootKey: number
  rootPath: string
  path: string
  contentHash: string
  sizeBytes: number
}

/** Where a recording's file is now. */
export interface NewPlace {
  recording: LinkedRecording
  rootPath: string
  /** Relative to the root, forward slashes. */
  path: string
  modifiedMs: number
}

export function listLinkedRecordings(database: Database): LinkedRecording[] {
  return database.all(
    `SELECT r.key, r.root_key AS rootKey, roots.path AS rootPath, r.path, r.content_hash AS contentHash,
       r.size_bytes AS sizeBytes
     FROM recordings r JOIN roots ON roots.key = r.root_key WHERE r.content_hash IS NOT NULL ORDER BY roots.path, r.path`,
  )
}

export function listRoots(database: Database): { path: string; recordings: number; missing: number }[] {
  return database.all(
    `SELECT roots.path, count(r.key) AS recordings, coalesce(sum(r.is_missing), 0) AS missing
       FROM roots JOIN recordings r ON r.root_key = roots.key GROUP BY roots.key ORDER BY roots.path`,
  )
}

/** Whether the catalog has another recording at a place. */
export function isPlaceTaken(database: Database, place: { rootPath: string; path: string }, key: number): boolean {
  return (
    database.get(
      `SELECT 1 FROM recordings r JOIN roots ON roots.key = r.root_key
         WHERE roots.path = ? AND r.path = ? AND r.key <> ?`,
      place.rootPath,
      place.path,
      key,
    ) !== undefined
  )
}

/**
 * Makes recordings be where their files were found. Where a whole root has moved, its one row changes.
 * @param movedRoots old path of a root and its new one
 * @throws AppError 'conflict' when a recording is not any more as the search has read it
 */
export function relinkRecordings(
  database: Database,
  recorder: Recorder,
  places: NewPlace[],
  movedRoots: Map<string, string>,
): { title: string; relinked: number } {
  for (const [from, to] of movedRoots) {
    const root = database.get<{ key: number }>('SELECT key FROM roots WHERE path = ?', from)
    if (!root) throw outdated(from)
    recorder.update('roots', [root.key], { path: to })
  }
  for (const { recording, rootPath, path, modifiedMs } of places) {
    const own = database.get<{ content_hash: string; path: string; rootPath: string; format: string }>(
      `SELECT r.content_hash, r.path, roots.path AS rootPath, roots.format FROM recordings r
         JOIN roots ON roots.key = r.root_key WHERE r.key = ?`,
      recording.key,
    )
    if (own?.content_hash !== recording.contentHash) throw outdated(recording.path)
    if (own.rootPath !== rootPath || own.path !== path)
      recorder.update('recordings', [recording.key], {
        root_key: ensureRoot(database, recorder, rootPath, own.format),
        path,
        modified_ms: modifiedMs,
      })
    // Seen just now: an observation, not an edit.
    database.run('UPDATE recordings SET is_missing = 0 WHERE key = ? AND is_missing = 1', recording.key)
  }
  recorder.touchList()
  return { title: `Relink ${countNoun(places.length, 'recording')}`, relinked: places.length }
}

const outdated = (what: string): AppError =>
  new AppError('conflict', `${what} is not any more as the search has found it.`, { hint: 'Search again.' })
