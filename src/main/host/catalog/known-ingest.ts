/** What an import says of recordings that the catalog has: whole batches are held against it, and differences written. */
import { v7 as createId } from 'uuid'
import type { ImportCounts } from '../../../shared/contract/jobs'
import type { ClipDraft, ImportIssue, RecordingDraft } from '../../../shared/job/worker-event'
import { describeMisfit, fitSpan, importAuthor, namesOfClasses, nothingCounted } from './bulk-ingest'
import type { Database } from './database'
import { ingestAnnotations } from './ingest-annotations'
import { ingestEmbeddings } from './ingest-embeddings'
import { type Difference, type KnownClip, KnownClips, type KnownRecording, listDifferences } from './known-clips'
import { storedState } from './labels'
import { ensureMetadataNames } from './metadata'
import { setMissing } from './missing-sound'
import { findClassKeys } from './ontology'
import type { Recorder } from './recorder'

/** @returns how a value that a person set differs from the dataset's; the same in the preview and after the import */
export function describeKept({ name, own, said }: Difference): string {
  return `${name} ${own ?? 'none'} is kept as it was set here; the dataset says ${said}`
}

/**
 * Takes in what a batch says of recordings that the catalog has. What people set (a label, also to unknown; a fold, a
 * split, a group, a value of metadata) stays as it is and is told as a note; the rest becomes what the dataset says.
 * @returns what was new; a recording of which nothing was new counts as skipped
 */
export function ingestKnown(
  database: Database,
  recorder: Recorder,
  rootKey: number,
  drafts: RecordingDraft[],
  isTestLocked: boolean,
): { counts: ImportCounts; issues: ImportIssue[] } {
  if (drafts.length === 0) return { counts: { ...nothingCounted }, issues: [] }
  return new KnownBatch(database, recorder, rootKey, drafts, isTestLocked).ingest()
}

class KnownBatch {
  private readonly counts: ImportCounts = { ...nothingCounted }
  private readonly issues: ImportIssue[] = []
  private readonly known: KnownClips
  private readonly classKeys: Map<string, number>
  private readonly nameKeys: Map<string, number>

  constructor(
    private readonly database: Database,
    private readonly recorder: Recorder,
    rootKey: number,
    private readonly drafts: RecordingDraft[],
    private readonly isTestLocked: boolean,
  ) {
    this.classKeys = findClassKeys(database, recorder, namesOfClasses(drafts))
    const names = new Set(drafts.flatMap(({ clips }) => clips.flatMap(({ source }) => Object.keys(source))))
    this.nameKeys = ensureMetadataNames(database, names)
    this.known = new KnownClips(
      database,
      rootKey,
      drafts.map(({ path }) => path),
    )
    this.known.askPeople(
      drafts.flatMap((draft) => {
        const { key, seconds } = this.known.recordings.get(draft.path)!
        return draft.clips.flatMap((clip) => {
          const span = fitSpan(draft, clip)
          const own = span && this.known.find(key, clip, span, seconds)
          return own ? [{ draft: clip, own }] : []
        })
      }),
    )
  }

  ingest(): { counts: ImportCounts; issues: ImportIssue[] } {
    for (const draft of this.drafts) {
      const before = this.recorder.changeCount
      const own = this.known.recordings.get(draft.path)!
      const oldSeconds = own.seconds
      this.updateRecording(draft, own)
      for (const clip of draft.clips) this.ingestClip(draft, own, clip, oldSeconds)
      if (this.recorder.changeCount === before) this.counts.skipped++
    }
    return { counts: this.counts, issues: this.issues }
  }

  private updateRecording(draft: RecordingDraft, own: KnownRecording): void {
    // A dataset that names a recording does not take away what is known of its sound. Touching a file without
    // changing its content is not an edit of the catalog.
    if (draft.contentHash === null) return
    if (own.contentHash !== draft.contentHash) {
      this.recorder.update('recordings', [own.key], {
        content_hash: draft.contentHash,
        format: draft.format,
        sample_rate_hz: draft.sampleRateHz,
        channel_count: draft.channelCount,
        duration_seconds: draft.durationSeconds,
        size_bytes: draft.sizeBytes,
        modified_ms: draft.modifiedMs,
      })
      own.contentHash = draft.contentHash
      own.seconds = draft.durationSeconds
    }
    if (own.isMissing === 1 && setMissing(this.database, own.key, false)) this.recorder.touchList()
    own.isMissing = 0
  }

  private ingestClip(
    draft: RecordingDraft,
    recording: KnownRecording,
    clip: ClipDraft,
    oldSeconds: number | null,
  ): void {
    const span = fitSpan(draft, clip)
    if (!span) {
      this.issues.push(describeMisfit(draft, clip))
      return
    }
    const known = this.known.find(recording.key, clip, span, oldSeconds)
    const own = known ?? this.insertClip(recording, clip, span)
    const kept = this.updateClip(clip, own, span)
    for (const difference of kept)
      this.issues.push({ file: draft.path, row: null, kind: 'note', reason: `note: ${describeKept(difference)}` })
    this.addLabels(clip, own)
    ingestEmbeddings(this.database, this.recorder, [{ key: own.key, draft: clip }])
    if (!clip.annotations?.length) return
    const annotated = { key: own.key, id: own.id, ...span, draft: clip, path: draft.path }
    const annotations = ingestAnnotations(this.database, this.recorder, [annotated], importAuthor)
    this.counts.annotations += annotations.count
    this.issues.push(...annotations.issues)
  }

  private insertClip(recording: KnownRecording, clip: ClipDraft, span: { start: number; end: number }): KnownClip {
    const id = createId()
    const places = { fold: clip.fold, split: clip.split ?? null, group_key: clip.group }
    const key = this.recorder.add('clips', {
      id,
      recording_key: recording.key,
      start_seconds: span.start,
      end_seconds: span.end,
      ...places,
      status: 'unlabeled',
      is_fully_annotated: Number(clip.isFullyAnnotated ?? false),
      note: clip.note ?? '',
    })
    this.counts.clips++
    const fresh = { key, id, recordingKey: recording.key, ...span, ...places, labels: new Map(), metadata: new Map() }
    this.known.add(fresh)
    return fresh
  }

  /** @returns what the dataset says otherwise and a person has set */
  private updateClip(clip: ClipDraft, own: KnownClip, span: { end: number }): Difference[] {
    const change: Record<string, string | number> = own.end === span.end ? {} : { end_seconds: span.end }
    const kept: Difference[] = []
    for (const difference of listDifferences(clip, own)) {
      const { column, name, said } = difference
      if (this.known.isSetByPeople(own, difference)) kept.push(difference)
      else if (column === null) this.writeMetadata(own, name, said)
      // What is in a locked test set stays there.
      else if (column !== 'split' || !this.isTestLocked || own.split !== 'test') {
        change[column] = said
        own[column] = said
      }
    }
    own.end = span.end
    if (Object.keys(change).length > 0) this.recorder.update('clips', [own.key], change)
    return kept
  }

  private writeMetadata(own: KnownClip, name: string, value: string): void {
    const nameKey = this.nameKeys.get(name)!
    if (own.metadata.has(name)) this.recorder.update('clip_metadata', [own.key, nameKey], { value })
    else this.recorder.add('clip_metadata', { clip_key: own.key, name_key: nameKey, value })
    own.metadata.set(name, value)
  }

  private addLabels(clip: ClipDraft, own: KnownClip): void {
    const at = Date.now()
    for (const { className, state } of clip.labels) {
      if (own.labels.has(className) || this.known.isJudged(own, className)) continue
      const class_key = this.classKeys.get(className)!
      const row = { clip_key: own.key, class_key, state: storedState[state], author: importAuthor, at }
      this.recorder.add('clip_labels', row)
      own.labels.set(className, storedState[state])
      this.counts.labels++
    }
  }
}
