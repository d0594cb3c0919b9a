/**
 * A clip as one JSON object: what formats with room for free fields (AudioFolder, NeMo, WebDataset) carry, so that
 * nothing is lost. Times are seconds in the file that the object is about.
 */
import type { ExportClip } from '../shared/job/manifest'
import type { AnnotationDraft, ClipDraft } from '../shared/job/worker-event'
import { quote } from './importers/quote'
import { isSpan } from './importers/read-number'
import { fromProvenanceRecord, toProvenanceRecord } from './provenance-record'

export interface ClipRecord {
  /** The present class, where it is the only one. */
  label: string | null
  labels: string[]
  absent: string[]
  fully_annotated: boolean
  fold: string | null
  split: string | null
  group: string | null
  note: string
  segments: SegmentRecord[]
  metadata: Record<string, string>
}

/** The catalog's own tier, which records need not name. */
const usualTier = 'human'

interface SegmentRecord {
  start: number
  end: number
  low_hz?: number
  high_hz?: number
  labels: string[]
  absent?: string[]
  tier?: string
  author?: string
  score?: number
  note?: string
  /** Which proposal somebody took it from, or what a run said of it while it waits. */
  origin?: object
  proposal?: object
}

/** @param startSeconds where the clip begins in its file */
export function toClipRecord(clip: ExportClip, startSeconds: number): ClipRecord {
  const named = (labels: ExportClip['labels'], state: string): string[] =>
    labels
      .filter((label) => label.state === state)
      .map((label) => label.className)
      .sort()
  const shift = startSeconds - clip.startSeconds
  const end = startSeconds + clip.endSeconds - clip.startSeconds
  const move = (seconds: number): number => Number(Math.min(Math.max(seconds + shift, startSeconds), end).toFixed(6))
  const labels = named(clip.labels, 'present')
  return {
    label: labels.length === 1 ? labels[0]! : null,
    labels,
    absent: named(clip.labels, 'absent'),
    fully_annotated: clip.isFullyAnnotated,
    fold: clip.fold,
    split: clip.split,
    group: clip.group,
    note: clip.note,
    segments: clip.annotations.map((annotation) => {
      const absent = named(annotation.labels, 'absent')
      return {
        start: move(annotation.startSeconds),
        end: move(annotation.endSeconds),
        ...(annotation.lowHz === null ? {} : { low_hz: annotation.lowHz }),
        ...(annotation.highHz === null ? {} : { high_hz: annotation.highHz }),
        labels: named(annotation.labels, 'present'),
        ...(absent.length === 0 ? {} : { absent }),
        ...(annotation.tier === usualTier ? {} : { tier: annotation.tier }),
        ...(annotation.author === '' ? {} : { author: annotation.author }),
        ...(annotation.score === null ? {} : { score: annotation.score }),
        ...(annotation.note === '' ? {} : { note: annotation.note }),
        ...toProvenanceRecord(annotation),
      }
    }),
    metadata: clip.source,
  }
}

const known = new Set('label labels absent fully_annotated fold split group note segments metadata'.split(' '))
const splits = new Set(['train', 'validation', 'test'])

/**
 * Reads a record that Earmark or somebody else has written: fields it does not know become metadata.
 * @param own names of fields that the format itself has used
 * @param complain is told of each value that is left out
 */
export function fromClipRecord(
  value: Record<string, unknown>,
  span: { startSeconds: number; endSeconds: number | null },
  own: ReadonlySet<string>,
  complain: (reason: string) => void,
): ClipDraft {
  const present = [...new Set([...toTexts(value['labels']), ...toTexts(value['label'])])]
  const absent = toTexts(value['absent']).filter((name) => !present.includes(name))
  const split = toText(value['split'])
  if (split !== null && !splits.has(split)) complain(`bad split ${quote(split)}: taken without a split`)
  const others = Object.entries(value)
    .filter(([name]) => !own.has(name) && !known.has(name))
    .flatMap(([name, field]): [string, string][] => {
      const text = typeof field === 'object' && field !== null ? JSON.stringify(field) : toText(field)
      return text === null ? [] : [[name, text]]
    })
  const metadata = isObject(value['metadata'])
    ? Object.entries(value['metadata']).flatMap(([name, field]): [string, string][] => {
        const text = toText(field)
        return text === null ? [] : [[name, text]]
      })
    : []
  return {
    ...span,
    fold: toText(value['fold']),
    split: split !== null && splits.has(split) ? (split as 'train' | 'validation' | 'test') : null,
    isFullyAnnotated: value['fully_annotated'] === true,
    group: toText(value['group']),
    labels: [
      ...present.map((className) => ({ className, state: 'present' as const })),
      ...absent.map((className) => ({ className, state: 'absent' as const })),
    ],
    source: Object.fromEntries([...others, ...metadata]),
    note: toText(value['note']) ?? '',
    annotations: toAnnotations(value['segments'], complain),
  }
}

function toAnnotations(value: unknown, complain: (reason: string) => void): AnnotationDraft[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    complain('segments are no list: left out')
    return []
  }
  return value.flatMap((entry: unknown): AnnotationDraft[] => {
    const segment = isObject(entry) ? entry : {}
    const startSeconds = segment['start']
    const endSeconds = segment['end']
    if (!isSeconds(startSeconds) || !isSeconds(endSeconds) || !isSpan(startSeconds, endSeconds)) {
      complain('a segment has no span of seconds: left out')
      return []
    }
    const lowHz = isSeconds(segment['low_hz']) ? segment['low_hz'] : null
    const highHz = isSeconds(segment['high_hz']) ? segment['high_hz'] : null
    const areBounds = lowHz === null || highHz === null || highHz > lowHz
    if (!areBounds) complain('a segment’s upper bound is not above its lower: taken without bounds')
    const present = toTexts(segment['labels'])
    const absent = toTexts(segment['absent']).filter((name) => !present.includes(name))
    return [
      {
        startSeconds,
        endSeconds,
        lowHz: areBounds ? lowHz : null,
        highHz: areBounds ? highHz : null,
        tier: toText(segment['tier'])?.trim() || usualTier,
        author: toText(segment['author']),
        score: typeof segment['score'] === 'number' ? Math.min(1, Math.max(0, segment['score'])) : null,
        note: toText(segment['note']) ?? '',
        ...fromProvenanceRecord(segment, complain),
        labels: [
          ...[...new Set(present)].map((className) => ({ className, state: 'present' as const })),
          ...[...new Set(absent)].map((className) => ({ className, state: 'absent' as const })),
        ],
      },
    ]
  })
}

/** The classes that drafts name, by name. */
export function classesOfDrafts(clips: Iterable<ClipDraft>): { name: string; code: null; mid: null }[] {
  const names = new Set<string>()
  for (const { labels, annotations } of clips) {
    for (const { className } of labels) names.add(className)
    for (const annotation of annotations ?? []) for (const { className } of annotation.labels) names.add(className)
  }
  return [...names].sort().map((name) => ({ name, code: null, mid: null }))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

/** Text of what can be text and is not empty. */
function toText(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value.normalize('NFC')
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : null
}

function toTexts(value: unknown): string[] {
  const texts = (Array.isArray(value) ? (value as unknown[]) : [value]).map(toText)
  return [...new Set(texts.filter((text) => text !== null))]
}
