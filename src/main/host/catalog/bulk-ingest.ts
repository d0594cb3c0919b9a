/** Adds the recordings of an import that are new, whole batches at a time: what a dataset of millions consists of. */
import type { ImportCounts } from '../../../shared/contract/jobs'
import type { ClipDraft, ImportIssue, RecordingDraft } from '../../../shared/job/worker-event'
import { createIds } from './bulk-ids'
import { type Database, listParameter } from './database'
import { storedState } from './labels'
import { ensureMetadataNames } from './metadata'
import { findClassKeys } from './ontology'
import type { Recorder } from './recorder'

/** The author of labels that came with a dataset; who imported it is in the history. */
export const importAuthor = 'import'

/** Parts the drafts of recordings that the catalog does not have from those it has, or that come twice in a batch. */
export function partFresh(
  database: Database,
  rootKey: number,
  drafts: RecordingDraft[],
): { fresh: RecordingDraft[]; others: RecordingDraft[] } {
  const own = database.all<{ path: string }>(
    'SELECT path FROM recordings WHERE path IN (SELECT value FROM json_each(?)) AND root_key = ?',
    listParameter(drafts.map((draft) => draft.path)),
    rootKey,
  )
  const seen = new Set(own.map(({ path }) => path))
  const fresh: RecordingDraft[] = []
  const others: RecordingDraft[] = []
  for (const draft of drafts) {
    if (seen.has(draft.path)) others.push(draft)
    else fresh.push(draft)
    seen.add(draft.path)
  }
  return { fresh, others }
}

/** Where a clip lies, cut to the recording where its length is known; null when nothing is left of it. */
export function fitSpan(draft: RecordingDraft, clip: ClipDraft): { start: number; end: number } | null {
  const end = Math.min(clip.endSeconds ?? Infinity, draft.durationSeconds ?? Infinity)
  return end > clip.startSeconds && end < Infinity ? { start: clip.startSeconds, end } : null
}

export function describeMisfit(draft: RecordingDraft, clip: ClipDraft): ImportIssue {
  const length = draft.durationSeconds === null ? 'of unknown length' : `${draft.durationSeconds} s`
  const reason = `The clip ${clip.startSeconds}–${clip.endSeconds ?? 'end'} s lies outside the recording (${length}).`
  return { file: draft.path, row: null, reason }
}

interface FreshClip {
  draft: ClipDraft
  start: number
  end: number
  recordingKey: number
}

/** Adds recordings of which the catalog has none, with their clips, labels and metadata. */
export function addFreshRecordings(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  drafts: RecordingDraft[],
): { counts: ImportCounts; issues: ImportIssue[] } {
  const counts: ImportCounts = { recordings: drafts.length, clips: 0, labels: 0, skipped: 0 }
  const issues: ImportIssue[] = []
  if (drafts.length === 0) return { counts, issues }
  const ids = createIds(drafts.length)
  const firstRecording = recorder.addAll(
    'recordings',
    drafts.map((draft, index) => ({
      id: ids[index]!,
      root_key: rootKey,
      path: draft.path,
      content_hash: draft.contentHash,
      size_bytes: draft.sizeBytes,
      modified_ms: draft.modifiedMs,
      format: draft.format,
      sample_rate_hz: draft.sampleRateHz,
      channel_count: draft.channelCount,
      duration_seconds: draft.durationSeconds,
      is_missing: Number(draft.contentHash === null),
    })),
  )

  const clips: FreshClip[] = []
  drafts.forEach((draft, index) => {
    const spans = new Set<string>()
    for (const clip of draft.clips) {
      const span = fitSpan(draft, clip)
      if (!span) issues.push(describeMisfit(draft, clip))
      // The same clip twice: the first counts, the labels of both are kept.
      else if (draft.clips.length === 1 || !spans.has(`${span.start} ${span.end}`)) {
        clips.push({ draft: clip, ...span, recordingKey: firstRecording + index })
        spans.add(`${span.start} ${span.end}`)
      } else {
        const own = clips.findLast((other) => other.start === span.start && other.end === span.end)!
        own.draft = { ...own.draft, labels: [...own.draft.labels, ...clip.labels] }
      }
    }
  })
  counts.clips = clips.length
  const firstClip = addClips(recorder, clips)
  counts.labels = addLabels(database, recorder, clips, firstClip)
  addMetadata(database, recorder, clips, firstClip)
  return { counts, issues }
}

function addClips(recorder: Recorder, clips: FreshClip[]): number {
  const ids = createIds(clips.length)
  return recorder.addAll(
    'clips',
    clips.map(({ draft, start, end, recordingKey }, index) => ({
      id: ids[index]!,
      recording_key: recordingKey,
      start_seconds: start,
      end_seconds: end,
      fold: draft.fold,
      split: draft.split ?? null,
      group_key: draft.group,
      status: 'unlabeled',
      is_fully_annotated: Number(draft.isFullyAnnotated ?? false),
      note: '',
    })),
  )
}

function addLabels(database: Database, recorder: Recorder, clips: FreshClip[], firstClip: number): number {
  const names = new Set<string>()
  for (const { draft } of clips) for (const { className } of draft.labels) names.add(className)
  const keys = findClassKeys(database, recorder, names)
  const at = Date.now()
  const rows: { clip_key: number; class_key: number; state: number; author: string; at: number }[] = []
  clips.forEach(({ draft }, index) => {
    const own = new Set<number>()
    for (const { className, state } of draft.labels) {
      const classKey = keys.get(className)!
      if (own.has(classKey)) continue
      own.add(classKey)
      const clipKey = firstClip + index
      rows.push({ clip_key: clipKey, class_key: classKey, state: storedState[state], author: importAuthor, at })
    }
  })
  recorder.addAll('clip_labels', rows)
  return rows.length
}

function addMetadata(database: Database, recorder: Recorder, clips: FreshClip[], firstClip: number): void {
  const names = new Set<string>()
  for (const { draft } of clips) for (const name in draft.source) names.add(name)
  if (names.size === 0) return
  const keys = ensureMetadataNames(database, names)
  const rows: { clip_key: number; name_key: number; value: string }[] = []
  clips.forEach(({ draft }, index) => {
    for (const [name, value] of Object.entries(draft.source))
      rows.push({ clip_key: firstClip + index, name_key: keys.get(name)!, value })
  })
  recorder.addAll('clip_metadata', rows)
}
