/** Adds the recordings of an import that are new, whole batches at a time: what a dataset of millions consists of. */
import type { ImportCounts } from '../../../shared/contract/jobs'
import type { ClipDraft, ImportIssue, RecordingDraft } from '../../../shared/job/worker-event'
import { toDrafts } from '../../../shared/job/named-drafts'
import type { NamedRows } from '../../../shared/job/named-rows'
import { createIds } from './bulk-ids'
import { type Database, listParameter } from './database'
import { ingestAnnotations } from './ingest-annotations'
import { ingestEmbeddings } from './ingest-embeddings'
import { storedState } from './labels'
import { ensureMetadataNames } from './metadata'
import { findClassKeys } from './ontology'
import type { Recorder } from './recorder'

/** The author of labels that came with a dataset; who imported it is in the history. */
export const importAuthor = 'import'

export const nothingCounted: Readonly<ImportCounts> = { recordings: 0, clips: 0, labels: 0, annotations: 0, skipped: 0 }

export function addCounts(a: ImportCounts, b: ImportCounts): ImportCounts {
  return {
    recordings: a.recordings + b.recordings,
    clips: a.clips + b.clips,
    labels: a.labels + b.labels,
    annotations: a.annotations + b.annotations,
    skipped: a.skipped + b.skipped,
    ...addInteractions(a.interactions, b.interactions),
  }
}

function addInteractions(
  a: ImportCounts['interactions'],
  b: ImportCounts['interactions'],
): Pick<ImportCounts, 'interactions'> {
  if (!a || !b) return a || b ? { interactions: (a ?? b)! } : {}
  return {
    interactions: {
      users: a.users + b.users,
      items: a.items + b.items,
      matchedItems: a.matchedItems + b.matchedItems,
      pairs: a.pairs + b.pairs,
      known: a.known + b.known,
    },
  }
}

function listKnownPaths(database: Database, rootKey: number, paths: string[]): string[] {
  return database.pluck(
    'SELECT path FROM recordings WHERE path IN (SELECT value FROM json_each(?)) AND root_key = ?',
    listParameter(paths),
    rootKey,
  )
}

/** Parts the drafts of recordings that the catalog does not have from those it has, or that come twice in a batch. */
export function partFresh(
  database: Database,
  rootKey: number,
  drafts: RecordingDraft[],
): { fresh: RecordingDraft[]; others: RecordingDraft[] } {
  const paths = drafts.map((draft) => draft.path)
  const seen = new Set(listKnownPaths(database, rootKey, paths))
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

/**
 * Clips of one recording, each span once: of a clip that stands twice the first counts, and labels and annotations of both
 * are kept, whether the catalog has it or not.
 * @param nameSpan what is the same of clips on the same span; null for one that is left alone
 */
export function joinTwins(clips: ClipDraft[], nameSpan: (clip: ClipDraft) => string | null): ClipDraft[] {
  if (clips.length < 2) return clips
  const places = new Map<string, number>()
  const joined: ClipDraft[] = []
  for (const clip of clips) {
    const name = nameSpan(clip)
    const place = name === null ? undefined : places.get(name)
    if (place === undefined) {
      if (name !== null) places.set(name, joined.length)
      joined.push(clip)
      continue
    }
    const first = joined[place]!
    joined[place] = {
      ...first,
      labels: [...first.labels, ...clip.labels],
      annotations: [...(first.annotations ?? []), ...(clip.annotations ?? [])],
    }
  }
  return joined
}

interface FreshClip {
  draft: ClipDraft
  start: number
  end: number
  recordingKey: number
  path: string
}

/** Adds recordings of which the catalog has none, with their clips, labels and metadata. */
export function addFreshRecordings(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  drafts: RecordingDraft[],
): { counts: ImportCounts; issues: ImportIssue[] } {
  const counts: ImportCounts = { ...nothingCounted, recordings: drafts.length }
  const issues: ImportIssue[] = []
  if (drafts.length === 0) return { counts, issues }
  // Before all others: a new class is a change of its own in the journal.
  const classKeys = findClassKeys(database, recorder, namesOfClasses(drafts))
  const ids = createIds(drafts.length)
  const firstRecording = recorder.addAll(
    'recordings',
    { root_key: rootKey },
    [
      'id',
      'path',
      'content_hash',
      'size_bytes',
      'modified_ms',
      'format',
      'sample_rate_hz',
      'channel_count',
      'duration_seconds',
      'is_missing',
    ],
    drafts.map((draft, index) => [
      ids[index]!,
      draft.path,
      draft.contentHash,
      draft.sizeBytes,
      draft.modifiedMs,
      draft.format,
      draft.sampleRateHz,
      draft.channelCount,
      draft.durationSeconds,
      Number(draft.contentHash === null),
    ]),
  )

  const clips: FreshClip[] = []
  drafts.forEach((draft, index) => {
    for (const clip of draft.clips) {
      const span = fitSpan(draft, clip)
      if (span) clips.push({ draft: clip, ...span, recordingKey: firstRecording + index, path: draft.path })
      else issues.push(describeMisfit(draft, clip))
    }
  })
  counts.clips = clips.length
  const clipIds = createIds(clips.length)
  const firstClip = addClips(recorder, clips, clipIds)
  counts.labels = addLabels(recorder, clips, firstClip, classKeys)
  addMetadata(database, recorder, clips, firstClip)
  const annotated = clips.map((clip, index) => ({ ...clip, key: firstClip + index, id: clipIds[index]! }))
  const annotations = ingestAnnotations(database, recorder, annotated, importAuthor)
  counts.annotations = annotations.count
  ingestEmbeddings(database, recorder, annotated)
  return { counts, issues: [...issues, ...annotations.issues] }
}

function addClips(recorder: Recorder, clips: FreshClip[], ids: string[]): number {
  return recorder.addAll(
    'clips',
    newClip,
    ['id', 'recording_key', 'start_seconds', 'end_seconds', 'fold', 'split', 'group_key', 'is_fully_annotated', 'note'],
    clips.map(({ draft, start, end, recordingKey }, index) => [
      ids[index]!,
      recordingKey,
      start,
      end,
      draft.fold,
      draft.split ?? null,
      draft.group,
      Number(draft.isFullyAnnotated ?? false),
      draft.note ?? '',
    ]),
  )
}

/** What every clip begins with. */
const newClip = { status: 'unlabeled' }

/**
 * Adds what a table names, whole columns at a time; where one of the recordings is known already, or named twice, all go
 * the way of drafts.
 */
export function ingestNamed(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  rows: NamedRows,
  ingestDrafts: (drafts: RecordingDraft[]) => { counts: ImportCounts; issues: ImportIssue[] },
): { counts: ImportCounts; issues: ImportIssue[] } {
  const paths = rows.paths.split('\n')
  if (new Set(paths).size < paths.length || listKnownPaths(database, rootKey, paths).length > 0)
    return ingestDrafts(toDrafts(rows))
  const classKeys = findClassKeys(database, recorder, rows.classNames)
  const keyOfPlace = rows.classNames.map((name) => classKeys.get(name)!)
  const recordingIds = createIds(paths.length)
  const facts = { root_key: rootKey, is_missing: 1 }
  const firstRecording = recorder.addAll(
    'recordings',
    facts,
    ['id', 'path'],
    paths.map((path, index) => [recordingIds[index]!, path]),
  )
  const clipIds = createIds(paths.length)
  const firstClip = recorder.addAll(
    'clips',
    { ...newClip, note: '', split: rows.split },
    ['id', 'recording_key', 'start_seconds', 'end_seconds'],
    clipIds.map((id, index) => [id, firstRecording + index, rows.startSeconds[index]!, rows.endSeconds[index]!]),
  )
  let at = 0
  let labels = 0
  const lists = Array.from(rows.labelCounts, (count) => {
    const own = Array.from(rows.labels.subarray(at, (at += count)), (place) => keyOfPlace[place]!)
    const list = own.length === 1 ? own : [...new Set(own)]
    labels += list.length
    return list
  })
  const constants = { state: storedState.present, author: importAuthor, at: Date.now() }
  recorder.addOwned('clip_labels', firstClip, 'class_key', lists, constants)
  return { counts: { ...nothingCounted, recordings: paths.length, clips: paths.length, labels }, issues: [] }
}

export function namesOfClasses(drafts: RecordingDraft[]): Set<string> {
  const names = new Set<string>()
  for (const { clips } of drafts)
    for (const { labels } of clips) for (const { className } of labels) names.add(className)
  return names
}

function addLabels(
  recorder: Recorder,
  clips: FreshClip[],
  firstClip: number,
  classKeys: ReadonlyMap<string, number>,
): number {
  const at = Date.now()
  let count = 0
  for (const state of ['present', 'absent'] as const) {
    const lists = clips.map(({ draft }) => {
      const own: number[] = []
      for (const label of draft.labels) {
        // Where a dataset says both of a class, the first counts.
        if (draft.labels.find((other) => other.className === label.className)!.state !== state) continue
        const key = classKeys.get(label.className)!
        if (!own.includes(key)) own.push(key)
      }
      count += own.length
      return own
    })
    recorder.addOwned('clip_labels', firstClip, 'class_key', lists, {
      state: storedState[state],
      author: importAuthor,
      at,
    })
  }
  return count
}

function addMetadata(database: Database, recorder: Recorder, clips: FreshClip[], firstClip: number): void {
  const names = new Set<string>()
  for (const { draft } of clips) for (const name of Object.keys(draft.source)) names.add(name)
  for (const [name, key] of ensureMetadataNames(database, names)) {
    // Names are anything, “constructor” too.
    const lists = clips.map(({ draft }) => (Object.hasOwn(draft.source, name) ? [draft.source[name]!] : []))
    recorder.addOwned('clip_metadata', firstClip, 'value', lists, { name_key: key })
  }
}
