import { v7 as createId } from 'uuid'
import type { ImportCounts } from '../../../shared/contract/jobs'
import type { ClipDraft, ImportIssue, RecordingDraft } from '../../../shared/job/worker-event'
import type { ImportManifest } from '../../../shared/job/manifest'
import type { Database } from './database'
import { ensureClasses } from './ontology'
import type { Recorder } from './recorder'

/** The author of labels that came with a dataset; who imported it is in the history. */
export const importAuthor = 'import'

interface OwnRecording {
  id: string
  duration_seconds: number
}

interface OwnClip {
  id: string
  fold: string | null
  group_key: string | null
  source: string
}

/** @returns the id of the folder's root, made when it is new. @param path absolute, real path */
export function ensureRoot(database: Database, recorder: Recorder, path: string, format: string): string {
  const own = database.get<{ id: string }>('SELECT id FROM roots WHERE path = ?', path)
  if (own) return own.id
  const id = createId()
  recorder.insert('roots', { id, path, format, added_at: new Date().toISOString() })
  return id
}

/** What the catalog has of a root, for the importer to skip reading unchanged files. */
export function listKnownRecordings(database: Database, rootPath: string): ImportManifest['known'] {
  return database.all(
    `SELECT r.path, r.content_hash AS contentHash, r.size_bytes AS sizeBytes, r.modified_ms AS modifiedMs,
            r.format, r.sample_rate_hz AS sampleRateHz, r.channel_count AS channelCount,
            r.duration_seconds AS durationSeconds
       FROM recordings r JOIN roots ON roots.id = r.root_id WHERE roots.path = ? ORDER BY r.path`,
    rootPath,
  )
}

/**
 * Adds a batch of an import. What is already there stays as it is: the same import twice changes nothing,
 * and a label that a person has judged is never overwritten.
 * @returns what was new; a recording of which nothing was new counts as skipped
 */
export function ingestRecordings(
  database: Database,
  recorder: Recorder,
  rootId: string,
  drafts: RecordingDraft[],
): { counts: ImportCounts; issues: ImportIssue[] } {
  const counts: ImportCounts = { recordings: 0, clips: 0, labels: 0, skipped: 0 }
  const issues: ImportIssue[] = []
  for (const draft of drafts) {
    const before = recorder.changeCount
    const { id, isNew, oldSeconds } = writeRecording(database, recorder, rootId, draft)
    if (isNew) counts.recordings++
    for (const clip of draft.clips) {
      const span = fitSpan(draft, clip)
      if (!span) {
        const reason = `The clip ${clip.startSeconds}–${clip.endSeconds ?? 'end'} s lies outside the recording (${draft.durationSeconds} s).`
        issues.push({ file: draft.path, row: null, reason })
        continue
      }
      const written = writeClip(database, recorder, id, clip, span, oldSeconds)
      if (written.isNew) counts.clips++
      counts.labels += writeLabels(database, recorder, written, clip)
    }
    if (recorder.changeCount === before) counts.skipped++
  }
  return { counts, issues }
}

function writeRecording(
  database: Database,
  recorder: Recorder,
  rootId: string,
  draft: RecordingDraft,
): { id: string; isNew: boolean; oldSeconds: number | null } {
  const facts = {
    content_hash: draft.contentHash,
    format: draft.format,
    sample_rate_hz: draft.sampleRateHz,
    channel_count: draft.channelCount,
    duration_seconds: draft.durationSeconds,
  }
  const stamp = { size_bytes: draft.sizeBytes, modified_ms: draft.modifiedMs }
  const own = database.get<OwnRecording & { content_hash: string; is_missing: number }>(
    'SELECT id, duration_seconds, content_hash, is_missing FROM recordings WHERE root_id = ? AND path = ?',
    rootId,
    draft.path,
  )
  if (!own) {
    const id = createId()
    recorder.insert('recordings', { id, root_id: rootId, path: draft.path, ...facts, ...stamp })
    return { id, isNew: true, oldSeconds: null }
  }
  // Touching a file without changing its content is not an edit of the catalog.
  if (own.content_hash !== draft.contentHash) recorder.update('recordings', [own.id], { ...facts, ...stamp })
  if (own.is_missing === 1) markMissing(database, own.id, false)
  return { id: own.id, isNew: false, oldSeconds: own.duration_seconds }
}

function fitSpan(draft: RecordingDraft, clip: ClipDraft): { start: number; end: number } | null {
  const end = Math.min(clip.endSeconds ?? draft.durationSeconds, draft.durationSeconds)
  return end > clip.startSeconds ? { start: clip.startSeconds, end } : null
}

function writeClip(
  database: Database,
  recorder: Recorder,
  recordingId: string,
  clip: ClipDraft,
  span: { start: number; end: number },
  oldSeconds: number | null,
): { id: string; isNew: boolean } {
  const find = (end: number): OwnClip | undefined =>
    database.get<OwnClip>(
      `SELECT id, fold, group_key, source FROM clips
         WHERE recording_id = ? AND start_seconds = ? AND end_seconds = ?`,
      recordingId,
      span.start,
      end,
    )
  // A clip "to the end" stays the same clip when the file was replaced by a longer or shorter one.
  const own = find(span.end) ?? (clip.endSeconds === null && oldSeconds !== null ? find(oldSeconds) : undefined)
  if (own) {
    const source = { ...(JSON.parse(own.source) as Record<string, string>), ...clip.source }
    recorder.update('clips', [own.id], {
      end_seconds: span.end,
      fold: clip.fold ?? own.fold,
      group_key: clip.group ?? own.group_key,
      source: JSON.stringify(source),
    })
    return { id: own.id, isNew: false }
  }
  const id = createId()
  recorder.insert('clips', {
    id,
    recording_id: recordingId,
    start_seconds: span.start,
    end_seconds: span.end,
    fold: clip.fold,
    group_key: clip.group,
    source: JSON.stringify(clip.source),
  })
  return { id, isNew: true }
}

function writeLabels(
  database: Database,
  recorder: Recorder,
  clip: { id: string; isNew: boolean },
  draft: ClipDraft,
): number {
  let count = 0
  const at = new Date().toISOString()
  for (const { className, state } of draft.labels) {
    const classId = findClassId(database, recorder, className)
    if (database.get('SELECT 1 FROM clip_labels WHERE clip_id = ? AND class_id = ?', clip.id, classId)) continue
    if (!clip.isNew && hasPersonJudged(database, clip.id, classId)) continue
    recorder.insert('clip_labels', { clip_id: clip.id, class_id: classId, state, author: importAuthor, at })
    count++
  }
  return count
}

function findClassId(database: Database, recorder: Recorder, name: string): string {
  const find = (): string | undefined =>
    database.get<{ id: string }>('SELECT id FROM ontology_classes WHERE name = ?', name)?.id
  const own = find()
  if (own) return own
  ensureClasses(database, recorder, [{ name, code: null, mid: null }])
  return find()!
}

/** Whether a person set this label, also if to unknown, which leaves no row. */
function hasPersonJudged(database: Database, clipId: string, classId: string): boolean {
  return (
    database.get(
      `SELECT 1 FROM journal_changes x JOIN journal j ON j.seq = x.entry_seq
         WHERE x.table_name = 'clip_labels' AND x.row_key = ? AND j.state = 'done' AND j.kind LIKE 'labels.%'`,
      JSON.stringify([clipId, classId]),
    ) !== undefined
  )
}

/** Notes whether a recording's file was there when it was last looked at: an observation, not an edit. */
export function markMissing(database: Database, recordingId: string, isMissing: boolean): boolean {
  return (
    database.run(
      'UPDATE recordings SET is_missing = ? WHERE id = ? AND is_missing <> ?',
      Number(isMissing),
      recordingId,
      Number(isMissing),
    ) > 0
  )
}
