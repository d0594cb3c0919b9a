import type { ImportDryRun, PreviewRow } from '../../../shared/contract/recordings'
import type { NamedRows } from '../../../shared/job/named-rows'
import type { ClipDraft, ImportIssue, PlannedRecording } from '../../../shared/job/worker-event'
import { joinTwins } from './bulk-ingest'
import type { Database } from './database'
import type { InteractionRows } from '../../../shared/job/interaction-rows'
import { InteractionComparison } from './interaction-comparison'
import { type KnownClip, KnownClips, type KnownRecording, listDifferences } from './known-clips'
import { describeKept } from './known-ingest'
import { storedState } from './labels'

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

/** Holds what an import would bring against the catalog, by the rules that the import itself goes by. Only reads. */
export class ImportComparison {
  private readonly rootKey: number | null
  private readonly counts: Omit<ImportDryRun, 'verdicts' | 'rows' | 'interactions'> = {
    recordings: { new: 0, known: 0 },
    clips: { new: 0, known: 0, changed: 0 },
    labels: { new: 0, known: 0, conflicting: 0 },
    annotations: 0,
  }
  private readonly verdicts = Object.fromEntries(order.map((verdict) => [verdict, 0])) as ImportDryRun['verdicts']
  private readonly rows = new Map<PreviewRow['verdict'], PreviewRow[]>()
  private readonly interactions: InteractionComparison

  /** @param rootPath absolute real path of the dataset's folder */
  constructor(
    private readonly database: Database,
    rootPath: string,
  ) {
    this.rootKey = database.get<{ key: number }>('SELECT key FROM roots WHERE path = ?', rootPath)?.key ?? null
    this.interactions = new InteractionComparison(database, (...noted) => this.note(...noted))
  }

  addIssues(issues: readonly ImportIssue[]): void {
    for (const { file, row, reason, kind } of issues) this.note(kind ?? 'faulty', file, row, reason)
  }

  addPlanned(given: readonly PlannedRecording[]): void {
    const known = this.findKnown(given.map(({ path }) => path))
    const planned = given.map((one) => {
      const seconds = known.recordings.get(one.path)?.seconds ?? null
      return { ...one, clips: joinTwins(one.clips, (clip) => `${clip.startSeconds} ${endOf(clip, seconds)}`) }
    })
    known.askPeople(
      planned.flatMap(({ path, clips }) => {
        const recording = known.recordings.get(path)
        return recording ? clips.flatMap((draft) => findPair(known, recording, draft)) : []
      }),
    )
    for (const { path, row, clips } of planned) {
      const recording = known.recordings.get(path)
      if (recording) this.counts.recordings.known++
      else this.counts.recordings.new++
      for (const clip of clips) this.addClip(path, row, clip, recording, known)
    }
  }

  addNamed({ paths, startSeconds, endSeconds, split, labelCounts, labels, classNames }: NamedRows): void {
    const names = paths.split('\n')
    const { recordings } = this.findKnown(names)
    const planned: PlannedRecording[] = []
    let label = 0
    for (const [index, path] of names.entries()) {
      const own = labels.subarray(label, (label += labelCounts[index]!))
      if (!recordings.has(path)) {
        // The most frequent case by far, of which there are millions.
        this.counts.recordings.new++
        this.counts.clips.new++
        this.counts.labels.new += own.length
        this.note('new', path, null, describeNew(own.length))
        continue
      }
      const draft: ClipDraft = {
        startSeconds: startSeconds[index]!,
        endSeconds: endSeconds[index]!,
        fold: null,
        group: null,
        split,
        source: {},
        labels: Array.from(own, (place) => ({ className: classNames[place]!, state: 'present' as const })),
      }
      planned.push({ path, row: null, clips: [draft] })
    }
    if (planned.length > 0) this.addPlanned(planned)
  }

  addInteractions(rows: InteractionRows): void {
    this.interactions.add(rows)
  }

  finish(): ImportDryRun {
    const interactions = this.interactions.finish()
    const rows = order.flatMap((verdict) => this.rows.get(verdict) ?? [])
    return {
      ...this.counts,
      ...(interactions ? { interactions } : {}),
      verdicts: this.verdicts,
      rows: rows.slice(0, mostRows),
    }
  }

  private findKnown(paths: readonly string[]): KnownClips {
    return new KnownClips(this.database, this.rootKey, paths)
  }

  private addClip(
    path: string,
    row: number | null,
    draft: ClipDraft,
    recording: KnownRecording | undefined,
    known: KnownClips,
  ): void {
    this.counts.annotations += draft.annotations?.length ?? 0
    const seconds = recording?.seconds ?? null
    const outside = describeOutside(draft, seconds)
    if (outside !== null) {
      this.note('outside', path, row, outside)
      if (endOf(draft, seconds) <= draft.startSeconds) return
    }
    const clip = recording && findPair(known, recording, draft)[0]?.own
    if (!clip) {
      this.counts.clips.new++
      this.counts.labels.new += draft.labels.length
      this.note('new', path, row, describeNew(draft.labels.length))
      return
    }
    const { added, conflicts } = this.compareLabels(clip, draft, known)
    const differences = listDifferences(draft, clip)
    const kept = differences.filter((difference) => known.isSetByPeople(clip, difference))
    const changes = differences.filter((difference) => !kept.includes(difference))
    if (changes.length > 0) {
      this.counts.clips.changed++
      const list = changes.map(({ name, own, said }) => `${name} ${own ?? 'none'} becomes ${said}`)
      this.note('changed', path, row, list.join(', '))
    } else this.counts.clips.known++
    for (const conflict of conflicts) this.note('conflicting', path, row, conflict)
    for (const difference of kept) this.note('note', path, row, describeKept(difference))
    if (added > 0) this.note('new', path, row, `${describeNew(added)} on a clip that is here`)
    else if (differences.length === 0 && conflicts.length === 0) this.note('known', path, row, 'nothing changes')
  }

  private compareLabels(clip: KnownClip, draft: ClipDraft, known: KnownClips): { added: number; conflicts: string[] } {
    let added = 0
    const conflicts: string[] = []
    for (const { className, state } of draft.labels) {
      const own = clip.labels.get(className)
      const judged = own === 1 ? 'present' : own === 0 ? 'absent' : 'unknown'
      if (own === storedState[state]) this.counts.labels.known++
      else if (own !== undefined || known.isJudged(clip, className))
        conflicts.push(`${className} is ${judged} here and ${state} in the dataset: ${judged} is kept`)
      else added++
    }
    this.counts.labels.new += added
    this.counts.labels.conflicting += conflicts.length
    return { added, conflicts }
  }

  /** @param count how many rows it is said of */
  private note(verdict: PreviewRow['verdict'], file: string, row: number | null, detail: string, count = 1): void {
    this.verdicts[verdict] += count
    let list = this.rows.get(verdict)
    if (!list) this.rows.set(verdict, (list = []))
    if (list.length < mostRows) list.push({ file, row, verdict, detail })
  }
}

function describeNew(labels: number): string {
  return labels === 0 ? 'without a label' : `${labels} label${labels === 1 ? '' : 's'}`
}

const endOf = (draft: ClipDraft, seconds: number | null): number =>
  Math.min(draft.endSeconds ?? Infinity, seconds ?? Infinity)

function findPair(
  known: KnownClips,
  recording: KnownRecording,
  draft: ClipDraft,
): { draft: ClipDraft; own: KnownClip }[] {
  const span = { start: draft.startSeconds, end: endOf(draft, recording.seconds) }
  const own = known.find(recording.key, draft, span, recording.seconds)
  return own ? [{ draft, own }] : []
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
