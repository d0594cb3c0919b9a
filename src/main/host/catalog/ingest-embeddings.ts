import type { ClipDraft } from '../../../shared/job/worker-event'
import type { ExportEmbedding } from '../../../shared/job/manifest'
import { type Database, listParameter } from './database'
import type { Recorder } from './recorder'

/** Adds the features that a dataset brings with its clips; those that a clip has under the name already stay. */
export function ingestEmbeddings(
  database: Database,
  recorder: Recorder,
  clips: readonly { key: number; draft: ClipDraft }[],
): void {
  for (const { key, draft } of clips) {
    for (const { name, frames, dimensions, dtype, data } of draft.embeddings ?? []) {
      const known = database.get('SELECT 1 FROM embeddings WHERE clip_key = ? AND name = ?', key, name)
      if (!known) recorder.add('embeddings', { clip_key: key, name, frames, dimensions, dtype, data })
    }
  }
}

/** The features that came with some clips, by the ids of the clips, in the order in which they came. */
export function readEmbeddings(database: Database, clipIds: readonly string[]): Map<string, ExportEmbedding[]> {
  const rows = database.all<Omit<ExportEmbedding, 'data'> & { clipId: string; data: Buffer }>(
    `SELECT c.id AS clipId, e.name, e.frames, e.dimensions, e.dtype, e.data FROM clips c
       JOIN embeddings e ON e.clip_key = c.key WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY e.key`,
    listParameter(clipIds),
  )
  const embeddings = new Map<string, ExportEmbedding[]>()
  for (const { clipId, data, ...rest } of rows) {
    const own = embeddings.get(clipId) ?? []
    own.push({ ...rest, data: data.toString('base64') })
    embeddings.set(clipId, own)
  }
  return embeddings
}
