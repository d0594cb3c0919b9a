import type { ClipQuery } from '../../../shared/contract/clip-query'
import { compileClipQuery, singlePresentClass } from './clip-query'
import { type Database, listParameter } from './database'

/** A clip as manifests need it. */
export interface ManifestRow {
  id: string
  rootPath: string
  recordingPath: string
  recordingId: string
  /** null where the sound is not here. */
  recordingSeconds: number | null
  sampleRateHz: number | null
  channelCount: number | null
  contentHash: string | null
  startSeconds: number
  endSeconds: number
  fold: string | null
  split: 'train' | 'validation' | 'test' | null
  group: string | null
  isFullyAnnotated: number
  note: string
  isMissing: number
  /** Present classes. */
  presentCount: number
  /** The present class when there is exactly one. */
  classId: string | null
}

const columns = `c.id, (SELECT path FROM roots WHERE roots.key = r.root_key) AS rootPath, r.path AS recordingPath,
       r.id AS recordingId, r.duration_seconds AS recordingSeconds, r.content_hash AS contentHash,
       r.sample_rate_hz AS sampleRateHz, r.channel_count AS channelCount,
       c.start_seconds AS startSeconds, c.end_seconds AS endSeconds, c.fold, c.split, c.group_key AS "group",
       c.is_fully_annotated AS isFullyAnnotated, c.note, r.is_missing AS isMissing,
       (SELECT count(*) FROM clip_labels WHERE clip_key = c.key AND state = 1) AS presentCount,
       (SELECT id FROM ontology_classes WHERE key = ${singlePresentClass}) AS classId`

/**
 * The clips of a query in its order, with what training, prediction and export ask of them.
 * @param only of them these, by id
 */
export function listManifestRows(database: Database, query: ClipQuery, only?: readonly string[]): ManifestRow[] {
  const { listed, from, order, values } = compileClipQuery(query)
  if (only) {
    const word = from.includes(' WHERE ') ? 'AND' : 'WHERE'
    return database.all(
      `SELECT ${columns} ${from} ${word} c.id IN (SELECT value FROM json_each(?)) ${order}`,
      ...values,
      listParameter(only),
    )
  }
  return database.all(`SELECT ${columns} ${listed}`, ...values)
}

const pageClips = 500

/** The same, page by page: in memory at once are the keys of all and the rows of one page. */
export function* eachManifestPage(database: Database, query: ClipQuery): Generator<ManifestRow[]> {
  const { listed, values } = compileClipQuery(query)
  const keys = database.pluck<number>(`SELECT c.key ${listed}`, ...values)
  for (let from = 0; from < keys.length; from += pageClips) {
    const page = keys.slice(from, from + pageClips)
    const rows = database.all<ManifestRow & { key: number }>(
      `SELECT c.key, ${columns} FROM clips c JOIN recordings r ON r.key = c.recording_key
         WHERE c.key IN (SELECT value FROM json_each(?))`,
      listParameter(page),
    )
    const byKey = new Map(rows.map((row) => [row.key, row]))
    yield page.map((key) => byKey.get(key)!)
  }
}
