import type { ClipQuery } from '../../../shared/contract/clip-query'
import { compileClipQuery } from './clip-query'
import type { Database } from './database'

/** A clip as manifests need it. */
export interface ManifestRow {
  id: string
  rootPath: string
  recordingPath: string
  recordingId: string
  recordingSeconds: number
  contentHash: string
  startSeconds: number
  endSeconds: number
  fold: string | null
  group: string | null
  source: string
  isMissing: number
  /** Present classes. */
  presentCount: number
  /** The present class when there is exactly one. */
  classId: string | null
}

/** The clips of a query in its order, with what training, prediction and export ask of them. */
export function listManifestRows(database: Database, query: ClipQuery): ManifestRow[] {
  const { listed, values } = compileClipQuery(query)
  return database.all(
    `SELECT c.id, (SELECT path FROM roots WHERE roots.id = r.root_id) AS rootPath, r.path AS recordingPath,
       r.id AS recordingId, r.duration_seconds AS recordingSeconds, r.content_hash AS contentHash,
       c.start_seconds AS startSeconds, c.end_seconds AS endSeconds, c.fold, c.group_key AS "group", c.source,
       r.is_missing AS isMissing,
       (SELECT count(*) FROM clip_labels WHERE clip_id = c.id AND state = 'present') AS presentCount,
       (SELECT CASE WHEN count(*) = 1 THEN max(class_id) END FROM clip_labels
          WHERE clip_id = c.id AND state = 'present') AS classId
     ${listed}`,
    ...values,
  )
}
