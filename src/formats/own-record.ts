/**
 * What formats with room of their own for it keep of a clip and of an annotation beside what their standard says, under
 * the name `earmark`: a plain object.
 */
import type { ExportAnnotation, ExportClip } from '../shared/job/manifest'
import type { ClipDraft } from '../shared/job/worker-event'
import { numberOf, numberOrNull, objectOf, textOf, textRecord, textsOf } from './importers/json-value'
import { newClip, type SegmentDraft } from './importers/annotated-recordings'
import { isSpan } from './importers/read-number'
import { fromProvenanceRecord, toProvenanceRecord } from './provenance-record'

/** Only what is not as usual. */
export function toClipRecord(clip: ExportClip): Record<string, unknown> {
  const { startSeconds, endSeconds, fold, split, group, isFullyAnnotated, note, source } = clip
  return {
    start: startSeconds,
    end: endSeconds,
    ...(fold === null ? {} : { fold }),
    ...(split === null ? {} : { split }),
    ...(group === null ? {} : { group }),
    ...(isFullyAnnotated ? { fully_annotated: true } : {}),
    ...(note === '' ? {} : { note }),
    ...(Object.keys(source).length === 0 ? {} : { metadata: source }),
  }
}

/** The clip that a record tells of, without labels; null where there is none. */
export function fromClipRecord(value: unknown): ClipDraft | null {
  const record = objectOf(value)
  const start = numberOf(record['start'])
  const end = numberOf(record['end'])
  if (!isSpan(start, end)) return null
  const split = record['split']
  return {
    ...newClip(start, end),
    fold: textOf(record['fold']) || null,
    split: split === 'train' || split === 'validation' || split === 'test' ? split : null,
    group: textOf(record['group']) || null,
    isFullyAnnotated: record['fully_annotated'] === true,
    note: textOf(record['note']),
    source: textRecord(record['metadata']),
  }
}

/** Only what is not as usual. */
export function toAnnotationRecord(annotation: ExportAnnotation): Record<string, unknown> {
  const { lowHz, highHz, tier, author, score, note, labels } = annotation
  const absent = labels.filter(({ state }) => state === 'absent').map(({ className }) => className)
  return {
    tier,
    author,
    ...(lowHz === null ? {} : { low_hz: lowHz }),
    ...(highHz === null ? {} : { high_hz: highHz }),
    ...(score === null ? {} : { score }),
    ...(note === '' ? {} : { note }),
    ...(absent.length === 0 ? {} : { absent }),
    ...toProvenanceRecord(annotation),
  }
}

/**
 * What a record says beyond the span; a standard's own values come first.
 * @param complain hears of what is left out
 */
export function fromAnnotationRecord(
  value: unknown,
  complain: (reason: string) => void,
): {
  segment: Partial<SegmentDraft>
  absent: { className: string; state: 'absent' }[]
} {
  const record = objectOf(value)
  return {
    segment: {
      ...(record['low_hz'] === undefined ? {} : { lowHz: numberOrNull(record['low_hz']) }),
      ...(record['high_hz'] === undefined ? {} : { highHz: numberOrNull(record['high_hz']) }),
      ...(record['tier'] === undefined ? {} : { tier: textOf(record['tier']) }),
      ...(record['author'] === undefined ? {} : { author: textOf(record['author']) }),
      ...(record['score'] === undefined ? {} : { score: numberOrNull(record['score']) }),
      ...(record['note'] === undefined ? {} : { note: textOf(record['note']) }),
      ...fromProvenanceRecord(record, complain),
    },
    absent: textsOf(record['absent']).map((className) => ({ className, state: 'absent' })),
  }
}
