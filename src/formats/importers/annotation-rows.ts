import type { ClipDraft } from '../../shared/job/worker-event'
import type { ColumnRole, TableReading } from '../../shared/job/table-columns'
import { type AnnotatedRecording, type AnnotatedRecordings, mostSeconds, newClip } from './annotated-recordings'
import { quote } from './quote'
import { readDecimal, readSeconds } from './read-number'
import type { Table } from './read-table'
import { fileNameOf } from './sound-file'
import { stemOf } from './sound-finder'

interface Times {
  start: number
  /** null: to the end of the recording. */
  end: number | null
}

const splits = new Map<string, NonNullable<ClipDraft['split']>>([
  ['train', 'train'],
  ['training', 'train'],
  ['validation', 'validation'],
  ['valid', 'validation'],
  ['val', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
  ['eval', 'test'],
])

/**
 * Takes the rows of a table: with a span a segment (or a clip, where the column `kind` says so), without one what is said
 * of the whole recording. Columns that tell nothing known are metadata of the clip.
 */
export function readAnnotationRows(table: Table, reading: TableReading, gathered: AnnotatedRecordings): void {
  const reader = new RowReader(table, reading, gathered)
  for (const { row, value } of table.rows) {
    const reason = reader.take(row, value)
    if (reason !== null) gathered.issues.push({ file: table.path, row, reason })
  }
}

const isClipSpan = ({ start, end }: Times): boolean =>
  start >= 0 && start < mostSeconds && (end === null || (end > start && end <= mostSeconds))

class RowReader {
  private readonly columns = new Map<ColumnRole, string>()
  /** Columns of metadata: the name as it is written, by its key. */
  private readonly others: [string, string][]
  private readonly latest = new Map<AnnotatedRecording, ClipDraft>()

  constructor(
    private readonly table: Table,
    private readonly reading: TableReading,
    private readonly gathered: AnnotatedRecordings,
  ) {
    for (const [role, name] of Object.entries(reading.columns) as [ColumnRole, string][])
      if (table.header.includes(name.trim().toLowerCase())) this.columns.set(role, name.trim().toLowerCase())
    const placed = new Set(this.columns.values())
    this.others = table.header.flatMap((key, index): [string, string][] =>
      key === '' || placed.has(key) ? [] : [[key, table.names[index]!.replace(/^meta\./, '')]],
    )
  }

  /** @returns why the row is left, or null */
  take(row: number, value: Record<string, string>): string | null {
    const get = (role: ColumnRole): string => value[this.columns.get(role) ?? ''] ?? ''
    const file = get('file')
    if (this.columns.has('file') && file === '') return 'unreadable row: it names no sound file'
    const times = this.readTimes(get)
    if (typeof times === 'string') return times
    const { path } = this.table
    const recording = this.columns.has('file')
      ? this.gathered.named(file, path, row)
      : this.gathered.beside(path, stemOf(fileNameOf(path)))
    const kind = get('kind').toLowerCase()
    if (times === null || kind === 'clip') {
      if (times !== null && !isClipSpan(times))
        return `unreadable row: ${times.start}–${times.end ?? 'end'} s is no span that a clip can have`
      const clip = this.clipOf(recording, times)
      this.latest.set(recording, clip)
      return this.fillClip(clip, get, value)
    }
    if (times.end === null) return 'unreadable row: the segment has no end'
    const clip = this.ownerOf(recording, times.start, times.end)
    this.gathered.addSegment(
      clip,
      {
        id: get('id'),
        startSeconds: times.start,
        endSeconds: times.end,
        lowHz: readDecimal(get('low')),
        highHz: readDecimal(get('high')),
        score: readDecimal(get('score')),
        tier: get('tier'),
        author: get('author'),
        note: get('note'),
      },
      this.labelsOf(get),
      { file: path, row },
    )
    return null
  }

  private readTimes(get: (role: ColumnRole) => string): Times | null | string {
    const texts = [get('start'), get('end'), get('duration')]
    if (texts[0] === '' && texts[1] === '') return null
    const factor = this.reading.timeUnit === 'ms' ? 1000 : 1
    const [start, end, duration] = texts.map((text) => {
      const seconds = readSeconds(text)
      return seconds === null ? null : seconds / factor
    })
    if (start == null) return `unreadable row: ${quote(texts[0]!)} is no time`
    if (texts[1] !== '' && end == null) return `unreadable row: ${quote(texts[1]!)} is no time`
    if (end != null) return { start, end }
    if (duration != null) return { start, end: start + duration }
    // Where a table has starts only, they are points.
    return { start, end: this.columns.has('end') || this.columns.has('duration') ? null : start }
  }

  private labelsOf(get: (role: ColumnRole) => string): ClipDraft['labels'] {
    const state = get('state').toLowerCase()
    if (state === 'unknown') return []
    const isAbsent = ['absent', '0', 'false', 'no', 'negative'].includes(state)
    const { labelSeparator } = this.reading
    const names = labelSeparator === null ? [get('label')] : get('label').split(labelSeparator)
    return names.map((className) => ({ className, state: isAbsent ? 'absent' : 'present' }))
  }

  private clipOf(recording: AnnotatedRecording, times: Times | null): ClipDraft {
    if (times === null || (times.start === 0 && times.end === null)) return this.gathered.wholeClip(recording)
    let clip = recording.clips.find(
      ({ startSeconds, endSeconds }) => startSeconds === times.start && endSeconds === times.end,
    )
    if (!clip) recording.clips.push((clip = newClip(times.start, times.end)))
    return clip
  }

  /** The clip that a segment is of: that of the row before it, or any that holds it, or the whole recording. */
  private ownerOf(recording: AnnotatedRecording, start: number, end: number): ClipDraft {
    const holds = ({ startSeconds, endSeconds }: ClipDraft): boolean =>
      startSeconds <= start + 1e-6 && (endSeconds === null || endSeconds >= end - 1e-6)
    const latest = this.latest.get(recording)
    if (latest && holds(latest)) return latest
    return recording.clips.find(holds) ?? this.gathered.wholeClip(recording)
  }

  private fillClip(clip: ClipDraft, get: (role: ColumnRole) => string, value: Record<string, string>): string | null {
    for (const { className, state } of this.labelsOf(get)) this.gathered.addLabel(clip, className, state)
    clip.fold ??= get('fold') || null
    clip.group ??= get('group') || null
    clip.note = clip.note || get('note')
    if (/^(true|yes|1)$/i.test(get('complete'))) clip.isFullyAnnotated = true
    for (const [key, name] of this.others)
      if (value[key] && !Object.hasOwn(clip.source, name)) clip.source = { ...clip.source, [name]: value[key] }
    const split = get('split')
    const known = splits.get(split.toLowerCase())
    if (known) clip.split ??= known
    return split !== '' && !known
      ? `the split ${quote(split)} is none of train, validation and test: taken without it`
      : null
  }
}
