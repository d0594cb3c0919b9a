import { v7 as createId } from 'uuid'
import type { ImportCounts } from '../../../shared/contract/jobs'
import type { ImportIssue, RecordingDraft } from '../../../shared/job/worker-event'
import type { ImportManifest } from '../../../shared/job/manifest'
import { addCounts, addFreshRecordings, fitSpan, joinTwins, partFresh } from './bulk-ingest'
import type { Database } from './database'
import { ingestKnown } from './known-ingest'
import type { Recorder } from './recorder'
import { readLock } from './split-lock'

/** @returns the key of the folder's root, made when it is new. @param path absolute, real path */
export function ensureRoot(database: Database, recorder: Recorder, path: string, format: string): number {
  const own = database.get<{ key: number }>('SELECT key FROM roots WHERE path = ?', path)
  return own?.key ?? recorder.insert('roots', { id: createId(), path, format, added_at: new Date().toISOString() })
}

/** What the catalog has of a root's sound files, for the importer to skip reading unchanged ones. */
export function listKnownRecordings(database: Database, rootPath: string): ImportManifest['known'] {
  return database.all(
    `SELECT r.path, r.content_hash AS contentHash, r.size_bytes AS sizeBytes, r.modified_ms AS modifiedMs,
            r.format, r.sample_rate_hz AS sampleRateHz, r.channel_count AS channelCount,
            r.duration_seconds AS durationSeconds
       FROM recordings r JOIN roots ON roots.key = r.root_key
       WHERE roots.path = ? AND r.content_hash IS NOT NULL ORDER BY r.path`,
    rootPath,
  )
}

/**
 * Adds a batch of an import. What is already there stays as it is: the same import twice changes nothing,
 * and what a person has set is never overwritten.
 * @returns what was new; a recording of which nothing was new counts as skipped
 */
export function ingestRecordings(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  drafts: RecordingDraft[],
): { counts: ImportCounts; issues: ImportIssue[] } {
  const isLocked = readLock(database) !== null
  const joined = drafts.map((draft) => {
    const clips = joinTwins(draft.clips, (clip) => {
      const span = fitSpan(draft, clip)
      return span && `${span.start} ${span.end}`
    })
    return clips === draft.clips ? draft : { ...draft, clips }
  })
  const closed = isLocked ? keepOutOfTest(joined) : { drafts: joined, issues: [] }
  const { fresh, others } = partFresh(database, rootKey, closed.drafts)
  const added = addFreshRecordings(database, recorder, rootKey, fresh)
  const known = ingestKnown(database, recorder, rootKey, others, isLocked)
  return {
    counts: addCounts(added.counts, known.counts),
    issues: [...added.issues, ...closed.issues, ...known.issues],
  }
}

/** A locked test set takes nothing in: what a dataset has for it comes without a part. */
function keepOutOfTest(drafts: RecordingDraft[]): { drafts: RecordingDraft[]; issues: ImportIssue[] } {
  const issues: ImportIssue[] = []
  const open = drafts.map((draft) => {
    if (!draft.clips.some((clip) => clip.split === 'test')) return draft
    issues.push({ file: draft.path, row: null, reason: 'The test set is locked; nothing was added to it.' })
    return { ...draft, clips: draft.clips.map((clip) => (clip.split === 'test' ? { ...clip, split: null } : clip)) }
  })
  return { drafts: open, issues }
}
