import type { Doubt } from '../../../shared/contract/annotations'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { ClipDetail, ClipPage, ClipPosition, ClipRow } from '../../../shared/contract/clips'
import type { Label } from '../../../shared/contract/labels'
import { AppError } from '../../../shared/errors'
import { compileClipQuery, namedRun } from './clip-query'
import { type Database, listParameter } from './database'
import { stateText } from './labels'
import { readMetadata } from './metadata'

interface RawClip {
  id: string
  recordingId: string
  recordingPath: string
  startSeconds: number
  endSeconds: number
  fold: string | null
  group: string | null
  isMissing: number
  isFullyAnnotated: number
}

const clipColumns = `c.id, r.id AS recordingId, r.path AS recordingPath, c.start_seconds AS startSeconds,
  c.end_seconds AS endSeconds, c.fold, c.group_key AS "group", r.is_missing AS isMissing,
  c.is_fully_annotated AS isFullyAnnotated`

/** The rows of clips by key, in the order given; those that are gone are left out. */
export function readRowsByKey(database: Database, keys: number[], runId: string | null): ClipRow[] {
  const raw = database.all<RawClip & { key: number }>(
    `SELECT c.key, ${clipColumns} FROM clips c JOIN recordings r ON r.key = c.recording_key
       WHERE c.key IN (SELECT value FROM json_each(?))`,
    listParameter(keys),
  )
  const byKey = new Map(raw.map((row) => [row.key, row]))
  return completeRows(
    database,
    keys.map((key) => byKey.get(key)).filter((row) => row !== undefined),
    runId,
  )
}

/** One page of a query's clips. */
export function listClips(database: Database, query: ClipQuery, offset: number, limit: number): ClipPage {
  const { listed, values } = compileClipQuery(query)
  const raw = database.all<RawClip>(`SELECT ${clipColumns} ${listed} LIMIT ? OFFSET ?`, ...values, limit, offset)
  return { total: countClips(database, query), rows: completeRows(database, raw, query.runId) }
}

export function countClips(database: Database, query: ClipQuery): number {
  const { counted, values } = compileClipQuery(query)
  return database.get<{ total: number }>(`SELECT count(*) AS total ${counted}`, ...values)!.total
}

/** Ids of a query's clips, in its order, or of a part of them. */
export function listClipIds(database: Database, query: ClipQuery, offset = 0, limit: number | null = null): string[] {
  const { listed, values } = compileClipQuery(query)
  return database.pluck(`SELECT c.id ${listed} LIMIT ? OFFSET ?`, ...values, limit ?? -1, offset)
}

/** The ids of clips by key, in the order given; those that are gone are left out. */
export function readIdsByKey(database: Database, keys: number[]): string[] {
  const ids: string[] = []
  for (let from = 0; from < keys.length; from += 20_000) {
    const part = keys.slice(from, from + 20_000)
    const rows = database.all<{ key: number; id: string }>(
      'SELECT key, id FROM clips WHERE key IN (SELECT value FROM json_each(?))',
      listParameter(part),
    )
    const byKey = new Map(rows.map(({ key, id }) => [key, id]))
    for (const key of part) {
      const id = byKey.get(key)
      if (id !== undefined) ids.push(id)
    }
  }
  return ids
}

/** Where a clip stands in a query's list. */
export function findClipPosition(database: Database, query: ClipQuery, id: string): ClipPosition {
  const { from, values, order } = compileClipQuery(query)
  const row = database.get<{ place: number; previousId: string | null; nextId: string | null }>(
    `SELECT place, previousId, nextId FROM (
       SELECT c.id AS id, row_number() OVER list - 1 AS place,
         lag(c.id) OVER list AS previousId, lead(c.id) OVER list AS nextId
       ${from} WINDOW list AS (${order})) WHERE id = ?`,
    ...values,
    id,
  )
  return {
    index: row?.place ?? -1,
    total: countClips(database, query),
    previousId: row?.previousId ?? null,
    nextId: row?.nextId ?? null,
  }
}

/** Folds are names, but "10" comes after "9". */
export function sortFolds<T extends { fold: string | null }>(folds: T[]): T[] {
  return folds.sort((a, b) => {
    if (a.fold === null || b.fold === null) return Number(a.fold === null) - Number(b.fold === null)
    return compareFolds(a.fold, b.fold)
  })
}

export function compareFolds(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true })
}

/** @throws AppError 'not-found' */
export function readClip(database: Database, id: string): Omit<ClipDetail, 'absolutePath'> & { rootPath: string } {
  const row = database.get<
    RawClip & {
      recordingSeconds: number | null
      sampleRateHz: number | null
      channelCount: number | null
      format: string | null
      sizeBytes: number | null
      contentHash: string | null
      rootPath: string
    }
  >(
    `SELECT ${clipColumns}, r.duration_seconds AS recordingSeconds, r.sample_rate_hz AS sampleRateHz,
       r.channel_count AS channelCount, r.format, r.size_bytes AS sizeBytes, r.content_hash AS contentHash,
       roots.path AS rootPath
     FROM clips c JOIN recordings r ON r.key = c.recording_key JOIN roots ON roots.key = r.root_key WHERE c.id = ?`,
    id,
  )
  if (!row) throw new AppError('not-found', `There is no clip with the id ${id}.`)
  const [clip] = completeRows(database, [row], null)
  const { recordingSeconds, sampleRateHz, channelCount, format, sizeBytes, contentHash, rootPath } = row
  return {
    ...clip!,
    recordingSeconds,
    sampleRateHz,
    channelCount,
    format,
    sizeBytes,
    contentHash,
    doubts: readDoubts(database, id),
    source: readMetadata(database, listParameter([id])).get(id) ?? {},
    rootPath,
  }
}

function completeRows(database: Database, raw: RawClip[], runId: string | null): ClipRow[] {
  const ids = listParameter(raw.map((row) => row.id))
  const labels = readLabels(database, ids)
  const counts = new Map(
    database
      .all<{ id: string; count: number }>(
        `SELECT c.id, count(*) AS count FROM clips c JOIN annotations a ON a.clip_key = c.key
           WHERE c.id IN (SELECT value FROM json_each(?)) GROUP BY c.key`,
        ids,
      )
      .map((row) => [row.id, row.count]),
  )
  const predictions = runId === null ? new Map<string, ClipRow['prediction']>() : readTops(database, runId, ids)
  return raw.map((row) => ({
    id: row.id,
    recordingId: row.recordingId,
    recordingPath: row.recordingPath,
    startSeconds: row.startSeconds,
    endSeconds: row.endSeconds,
    fold: row.fold,
    group: row.group,
    labels: labels.get(row.id) ?? [],
    annotationCount: counts.get(row.id) ?? 0,
    isMissing: row.isMissing === 1,
    isFullyAnnotated: row.isFullyAnnotated === 1,
    prediction: predictions.get(row.id) ?? null,
  }))
}

/** Classes of a clip of which somebody has said that it cannot be told; a label stands before a doubt. */
function readDoubts(database: Database, id: string): Doubt[] {
  return database.all<Doubt>(
    `SELECT k.id AS classId, k.name, d.author
       FROM clips c JOIN clip_doubts d ON d.clip_key = c.key JOIN ontology_classes k ON k.key = d.class_key
       WHERE c.id = ? AND NOT EXISTS (SELECT 1 FROM clip_labels l WHERE l.clip_key = c.key AND l.class_key = d.class_key)
       ORDER BY k.name`,
    id,
  )
}

/** Judged classes of clips, present ones first, then by name. @param ids JSON array */
export function readLabels(database: Database, ids: string): Map<string, Label[]> {
  const rows = database.all<Label & { clipId: string }>(
    `SELECT c.id AS clipId, k.id AS classId, k.name, ${stateText('l.state')} AS state, l.author
       FROM clips c JOIN clip_labels l ON l.clip_key = c.key JOIN ontology_classes k ON k.key = l.class_key
       WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY l.state DESC, k.name`,
    ids,
  )
  const labels = new Map<string, Label[]>()
  for (const { clipId, ...label } of rows) {
    const list = labels.get(clipId)
    if (list) list.push(label)
    else labels.set(clipId, [label])
  }
  return labels
}

/** In the order written: without statistics SQLite would begin from all that the run predicted. */
function readTops(database: Database, runId: string, ids: string): Map<string, ClipRow['prediction']> {
  const rows = database.all<{ clipId: string; classId: string; name: string | null; score: number }>(
    `SELECT c.id AS clipId, coalesce(k.id, '') AS classId, k.name, p.score
       FROM json_each(?) wanted CROSS JOIN clips c ON c.id = wanted.value
         CROSS JOIN predictions p ON p.run_key = ${namedRun} AND p.clip_key = c.key
         LEFT JOIN ontology_classes k ON k.key = p.predicted_class_key`,
    ids,
    runId,
  )
  return new Map(
    rows.map((row) => [row.clipId, { classId: row.classId, name: row.name ?? '(removed)', score: row.score }]),
  )
}
