import type { ImportDryRun, PreviewRow } from '../../../shared/contract/recordings'
import type { NamedRows } from '../../../shared/job/named-rows'
import type { ClipDraft, ImportIssue, PlannedRecording } from '../../../shared/job/worker-event'
import { type Database, listParameter } from './database'

const mostRows = 500

/** What needs a look comes first. */
const order: PreviewRow['verdict'][] = [
  'conflicting',
  'outside',
  'faulty',
  'unmatched',
  'changed',
  'note',
  'new',
  'known',
]

interface OwnRecording {
  key: number
  seconds: number | null
}

interface OwnClip {
  key: number
  fold: string | null
  group: string | null
}

/** Holds what an import would bring against the catalog, by the rules that the import itself goes by. Only reads. */
export class ImportComparison {
  private readonly rootKey: number | null
  private readonly counts: Omit<ImportDryRun, 'verdicts' | 'rows'> = {
    recordings: { new: 0, known: 0 },
    clips: { new: 0, known: 0, changed: 0 },
    labels: { new: 0, known: 0, conflicting: 0 },
    annotations: 0,
  }
  private readonly verdicts = Object.fromEntries(order.map((verdict) => [verdict, 0])) as ImportDryRun['verdicts']
  private readonly rows = new Map<PreviewRow['verdict'], PreviewRow[]>()

  /** @param rootPath absolute real path of the dataset's folder */
  constructor(
    private readonly database: Database,
    rootPath: string,
  ) {
    this.rootKey = database.get<{ key: number }>('SELECT key FROM roots WHERE path = ?', rootPath)?.key ?? null
  }

  addIssues(issues: readonly ImportIssue[]): void {
    for (const { file, row, reason, kind } of issues) this.note(kind ?? 'faulty', file, row, reason)
  }

  addPlanned(planned: readonly PlannedRecording[]): void {
    const own = this.findRecordings(planned.map(({ path }) => path))
    for (const { path, row, clips } of planned) {
      const recording = own.get(path)
      if (recording) this.counts.recordings.known++
      else this.counts.recordings.new++
      for (const clip of clips) this.addClip(path, row, clip, recording)
    }
  }

  addNamed({ paths, startSeconds, endSeconds, labelCounts, labels, classNames }: NamedRows): void {
    const names = paths.split('\n')
    const own = this.findRecordings(names)
    let label = 0
    for (const [index, path] of names.entries()) {
      const count = labelCounts[index]!
      const recording = own.get(path)
      if (!recording) {
        // The most frequent case by far, of which there are millions.
        this.counts.recordings.new++
        this.counts.clips.new++
        this.counts.labels.new += count
        this.note('new', path, null, describeNew(count))
        label += count
        continue
      }
      this.counts.recordings.known++
      const draft: ClipDraft = {
        startSeconds: startSeconds[index]!,
        endSeconds: endSeconds[index]!,
        fold: null,
        group: null,
        source: {},
        labels: Array.from(labels.subarray(label, label + count), (place) => ({
          className: classNames[place]!,
          state: 'present' as const,
        })),
      }
      label += count
      this.addClip(path, null, draft, recording)
    }
  }

  finish(): ImportDryRun {
    const rows = order.flatMap((verdict) => this.rows.get(verdict) ?? [])
    return { ...this.counts, verdicts: this.verdicts, rows: rows.slice(0, mostRows) }
  }

  private findRecordings(paths: readonly string[]): Map<string, OwnRecording> {
    if (this.rootKey === null) return new Map()
    const rows = this.database.all<OwnRecording & { path: string }>(
      `SELECT path, key, duration_seconds AS seconds FROM recordings
         WHERE path IN (SELECT value FROM json_each(?)) AND root_key = ?`,
      listParameter(paths),
      this.rootKey,
    )
    return new Map(rows.map(({ path, ...recording }) => [path, recording]))
  }

  private addClip(path: string, row: number | null, draft: ClipDraft, recording: OwnRecording | undefined): void {
    this.counts.annotations += draft.annotations?.length ?? 0
    const seconds = recording?.seconds ?? null
    const end = Math.min(draft.endSeconds ?? Infinity, seconds ?? Infinity)
    const outside = describeOutside(draft, seconds)
    if (outside !== null) {
      this.note('outside', path, row, outside)
      if (end <= draft.startSeconds) return
    }
    const clip = recording && this.findClip(recording.key, draft.startSeconds, end)
    if (!clip) {
      this.counts.clips.new++
      this.counts.labels.new += draft.labels.length
      this.note('new', path, row, describeNew(draft.labels.length))
      return
    }
    const { added, conflicts } = this.compareLabels(clip.key, draft)
    const changes = [
      ...describeChange('fold', clip.fold, draft.fold),
      ...describeChange('group', clip.group, draft.group),
    ]
    if (changes.length > 0) {
      this.counts.clips.changed++
      this.note('changed', path, row, changes.join(', '))
    } else this.counts.clips.known++
    for (const conflict of conflicts) this.note('conflicting', path, row, conflict)
    if (added > 0) this.note('new', path, row, `${describeNew(added)} on a clip that is here`)
    else if (changes.length === 0 && conflicts.length === 0) this.note('known', path, row, 'nothing changes')
  }

  private findClip(recordingKey: number, startSeconds: number, endSeconds: number): OwnClip | undefined {
    return this.database.get<OwnClip>(
      `SELECT key, fold, group_key AS "group" FROM clips
         WHERE recording_key = ? AND start_seconds = ? AND end_seconds = ?`,
      recordingKey,
      startSeconds,
      endSeconds,
    )
  }

  private compareLabels(clipKey: number, draft: ClipDraft): { added: number; conflicts: string[] } {
    const own = new Map(
      this.database
        .all<{ name: string; state: number }>(
          `SELECT k.name, l.state FROM clip_labels l JOIN ontology_classes k ON k.key = l.class_key
             WHERE l.clip_key = ?`,
          clipKey,
        )
        .map(({ name, state }) => [name, state === 1 ? 'present' : 'absent'] as const),
    )
    let added = 0
    const conflicts: string[] = []
    for (const { className, state } of draft.labels) {
      const judged = own.get(className)
      if (judged === undefined) added++
      else if (judged === state) this.counts.labels.known++
      else conflicts.push(`${className} is ${judged} here and ${state} in the dataset: ${judged} is kept`)
    }
    this.counts.labels.new += added
    this.counts.labels.conflicting += conflicts.length
    return { added, conflicts }
  }

  private note(verdict: PreviewRow['verdict'], file: string, row: number | null, detail: string): void {
    this.verdicts[verdict]++
    let list = this.rows.get(verdict)
    if (!list) this.rows.set(verdict, (list = []))
    if (list.length < mostRows) list.push({ file, row, verdict, detail })
  }
}

function describeNew(labels: number): string {
  return labels === 0 ? 'without a label' : `${labels} label${labels === 1 ? '' : 's'}`
}

function describeChange(what: string, before: string | null, after: string | null): string[] {
  return after === null || after === before ? [] : [`${what} ${before ?? 'none'} becomes ${after}`]
}

/** How a clip or its annotations reach past the recording, where its length is known. */
function describeOutside(draft: ClipDraft, seconds: number | null): string | null {
  if (seconds === null) return null
  const format = (value: number): string => value.toFixed(3)
  // Half a millisecond is rounding in tables.
  if (draft.endSeconds !== null && draft.endSeconds > seconds + 0.0005)
    return `${format(draft.startSeconds)}–${format(draft.endSeconds)} s reaches past the recording’s ${format(seconds)} s`
  const far = draft.annotations?.filter((annotation) => annotation.endSeconds > seconds + 0.0005).length ?? 0
  return far === 0 ? null : `${far} annotation${far === 1 ? '' : 's'} past the recording’s ${format(seconds)} s`
}
