import type { ClipDraft } from '../../../shared/job/worker-event'
import type { Database } from './database'
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
