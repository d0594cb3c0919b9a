import { v7 as createId } from 'uuid'
import type { ImportCounts } from '../../../shared/contract/jobs'
import type { ClipDraft, ImportIssue, RecordingDraft } from '../../../shared/job/worker-event'
import type { ImportManifest } from '../../../shared/job/manifest'
import { addFreshRecordings, describeMisfit, fitSpan, importAuthor, partFresh } from './bulk-ingest'
import type { Database } from './database'
import { ingestAnnotations } from './ingest-annotations'
import { ingestEmbeddings } from './ingest-embeddings'
import { storedState } from './labels'
import { ensureMetadataName, setMetadata } from './metadata'
import { findClassKeys } from './ontology'
import type { Recorder } from './recorder'
import { readLock } from './split-lock'

interface OwnRecording {
  key: number
  duration_seconds: number | null
  content_hash: string | null
  is_missing: number
}

interface OwnClip {
  key: number
  fold: string | null
  split: string | null
  group_key: string | null
}

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
 * and a label that a person has judged is never overwritten.
 * @returns what was new; a recording of which nothing was new counts as skipped
 */
export function ingestRecordings(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  drafts: RecordingDraft[],
): { counts: ImportCounts; issues: ImportIssue[] } {
  const isLocked = readLock(database) !== null
  const closed = isLocked ? keepOutOfTest(drafts) : { drafts, issues: [] }
  const { fresh, others } = partFresh(database, rootKey, closed.drafts)
  const { counts, issues } = addFreshRecordings(database, recorder, rootKey, fresh)
  issues.push(...closed.issues)
  for (const draft of others) {
    const before = recorder.changeCount
    const { key, oldSeconds } = updateRecording(database, recorder, rootKey, draft)
    for (const clip of draft.clips) {
      const span = fitSpan(draft, clip)
      if (!span) {
        issues.push(describeMisfit(draft, clip))
        continue
      }
      const written = writeClip(database, recorder, key, clip, span, oldSeconds, isLocked)
      if (written.isNew) counts.clips++
      counts.labels += writeLabels(database, recorder, written, clip)
      ingestEmbeddings(database, recorder, [{ key: written.key, draft: clip }])
      if (!clip.annotations?.length) continue
      const { id } = database.get<{ id: string }>('SELECT id FROM clips WHERE key = ?', written.key)!
      const annotated = { key: written.key, id, ...span, draft: clip, path: draft.path }
      const annotations = ingestAnnotations(database, recorder, [annotated], importAuthor)
      counts.annotations += annotations.count
      issues.push(...annotations.issues)
    }
    if (recorder.changeCount === before) counts.skipped++
  }
  return { counts, issues }
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

function updateRecording(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  draft: RecordingDraft,
): { key: number; oldSeconds: number | null } {
  const facts = {
    content_hash: draft.contentHash,
    format: draft.format,
    sample_rate_hz: draft.sampleRateHz,
    channel_count: draft.channelCount,
    duration_seconds: draft.durationSeconds,
  }
  const stamp = { size_bytes: draft.sizeBytes, modified_ms: draft.modifiedMs }
  const own = database.get<OwnRecording>(
    'SELECT key, duration_seconds, content_hash, is_missing FROM recordings WHERE path = ? AND root_key = ?',
    draft.path,
    rootKey,
  )!
  // A dataset that names a recording does not take away what is known of its sound. Touching a file without
  // changing its content is not an edit of the catalog.
  if (draft.contentHash !== null) {
    if (own.content_hash !== draft.contentHash) recorder.update('recordings', [own.key], { ...facts, ...stamp })
    if (own.is_missing === 1 && setMissing(database, own.key, false)) recorder.touchList()
  }
  return { key: own.key, oldSeconds: own.duration_seconds }
}

interface WrittenClip {
  key: number
  isNew: boolean
}

function writeClip(
  database: Database,
  recorder: Recorder,
  recordingKey: number,
  clip: ClipDraft,
  span: { start: number; end: number },
  oldSeconds: number | null,
  isLocked: boolean,
): WrittenClip {
  const written = writeSpan(database, recorder, recordingKey, clip, span, oldSeconds, isLocked)
  for (const [name, value] of Object.entries(clip.source))
    if (written.isNew) {
      const nameKey = ensureMetadataName(database, name)
      recorder.add('clip_metadata', { clip_key: written.key, name_key: nameKey, value })
    } else setMetadata(database, recorder, written.key, name, value)
  return written
}

function writeSpan(
  database: Database,
  recorder: Recorder,
  recordingKey: number,
  clip: ClipDraft,
  span: { start: number; end: number },
  oldSeconds: number | null,
  isLocked: boolean,
): WrittenClip {
  const find = (end: number): OwnClip | undefined =>
    database.get<OwnClip>(
      `SELECT key, fold, split, group_key FROM clips
         WHERE recording_key = ? AND start_seconds = ? AND end_seconds = ?`,
      recordingKey,
      span.start,
      end,
    )
  // A clip "to the end" stays the same clip when the file was replaced by a longer or shorter one.
  const own = find(span.end) ?? (clip.endSeconds === null && oldSeconds !== null ? find(oldSeconds) : undefined)
  if (own) {
    recorder.update('clips', [own.key], {
      end_seconds: span.end,
      fold: clip.fold ?? own.fold,
      split: isLocked && own.split === 'test' ? own.split : (clip.split ?? own.split),
      group_key: clip.group ?? own.group_key,
    })
    return { key: own.key, isNew: false }
  }
  const key = recorder.add('clips', {
    id: createId(),
    recording_key: recordingKey,
    start_seconds: span.start,
    end_seconds: span.end,
    fold: clip.fold,
    split: clip.split ?? null,
    group_key: clip.group,
    status: 'unlabeled',
    is_fully_annotated: Number(clip.isFullyAnnotated ?? false),
    note: clip.note ?? '',
  })
  return { key, isNew: true }
}

function writeLabels(database: Database, recorder: Recorder, clip: WrittenClip, draft: ClipDraft): number {
  let count = 0
  const at = Date.now()
  const keys = findClassKeys(
    database,
    recorder,
    draft.labels.map((label) => label.className),
  )
  for (const { className, state } of draft.labels) {
    const classKey = keys.get(className)!
    if (database.get('SELECT 1 FROM clip_labels WHERE clip_key = ? AND class_key = ?', clip.key, classKey)) continue
    if (!clip.isNew && hasPersonJudged(database, clip.key, classKey)) continue
    const row = { clip_key: clip.key, class_key: classKey, state: storedState[state], author: importAuthor, at }
    recorder.add('clip_labels', row)
    count++
  }
  return count
}

/** Whether a person set this label, also if to unknown, which leaves no row. */
function hasPersonJudged(database: Database, clipKey: number, classKey: number): boolean {
  return (
    database.get(
      `SELECT 1 FROM journal_changes x JOIN journal j ON j.seq = x.entry_seq
         WHERE x.table_name = 'clip_labels' AND x.row_key = ? AND j.state = 'done' AND j.kind LIKE 'labels.%'`,
      JSON.stringify([clipKey, classKey]),
    ) !== undefined
  )
}

/**
 * Notes whether a recording's file was there when it was last looked at: an observation, not an edit.
 * @returns whether that is news
 */
export function markMissing(database: Database, recordingId: string, isMissing: boolean): boolean {
  const own = database.get<{ key: number }>('SELECT key FROM recordings WHERE id = ?', recordingId)
  return own !== undefined && setMissing(database, own.key, isMissing)
}

function setMissing(database: Database, key: number, isMissing: boolean): boolean {
  const value = Number(isMissing)
  return database.run('UPDATE recordings SET is_missing = ? WHERE key = ? AND is_missing <> ?', value, key, value) > 0
}
