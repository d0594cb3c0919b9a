import { type Database, listParameter } from './database'
import type { JournaledTable, Row } from './journal-tables'

/** What an edit, an undo or a batch of a job touched, by key: enough to tell every window what to ask again. */
export interface Touched {
  clipKeys: Set<number>
  annotatedClipKeys: Set<number>
  /** Segments of any number of clips changed. */
  areAnnotationsTouched: boolean
  isOntologyTouched: boolean
  /** Recordings or clips came, went or changed. */
  isListTouched: boolean
  /** Every place in every list may be another: clips came or went in numbers, or recordings are called otherwise. */
  isOrderTouched: boolean
}

export function nothingTouched(): Touched {
  return {
    clipKeys: new Set(),
    annotatedClipKeys: new Set(),
    areAnnotationsTouched: false,
    isOntologyTouched: false,
    isListTouched: false,
    isOrderTouched: false,
  }
}

/** Adds what one touched to what another did. */
export function addTouched(sum: Touched, other: Touched): void {
  for (const key of other.clipKeys) sum.clipKeys.add(key)
  for (const key of other.annotatedClipKeys) sum.annotatedClipKeys.add(key)
  sum.areAnnotationsTouched ||= other.areAnnotationsTouched
  sum.isOntologyTouched ||= other.isOntologyTouched
  sum.isListTouched ||= other.isListTouched
  sum.isOrderTouched ||= other.isOrderTouched
}

/** Notes that very many rows of a table changed: anything may be another. */
export function noteManyTouched(touched: Touched, table: JournaledTable): void {
  touched.isListTouched = touched.isOrderTouched = true
  if (table === 'ontology_classes' || table === 'class_parents') touched.isOntologyTouched = true
  if (table === 'annotations' || table.startsWith('annotation_')) touched.areAnnotationsTouched = true
}

/** Notes one changed row. `clipOfAnnotation` finds the clip of an annotation's label. */
export function noteTouched(
  touched: Touched,
  table: JournaledTable,
  row: Row,
  clipOfAnnotation: (annotationKey: number) => number | null,
): void {
  switch (table) {
    case 'roots':
    case 'recordings':
      touched.isListTouched = true
      touched.isOrderTouched = true
      break
    case 'clips':
      touched.isListTouched = true
      touched.clipKeys.add(Number(row.key))
      break
    case 'clip_metadata':
    case 'clip_labels':
    case 'clip_doubts':
    case 'opinions':
    case 'review_comments':
    case 'blind_sample_clips':
      touched.clipKeys.add(Number(row.clip_key))
      break
    // Announced with the history, which all of them change.
    case 'split_locks':
    case 'tier_locks':
    case 'merges':
    case 'merge_conflicts':
    case 'blind_samples':
    case 'snapshots':
    case 'saved_views':
    case 'rating_sessions':
    case 'rating_items':
    case 'rating_verdicts':
      break
    case 'ontology_classes':
    case 'class_parents':
      touched.isOntologyTouched = true
      break
    case 'annotations':
      touched.annotatedClipKeys.add(Number(row.clip_key))
      break
    case 'annotation_labels':
    case 'annotation_doubts':
    case 'annotation_origins':
    case 'annotation_verdicts':
    case 'annotation_proposals': {
      const clipKey = clipOfAnnotation(Number(row.annotation_key))
      if (clipKey !== null) touched.annotatedClipKeys.add(clipKey)
      break
    }
  }
}

/** The ids of clips by their keys; those that are gone are left out. */
export function readClipIds(database: Database, keys: Iterable<number>): string[] {
  return database
    .all<{ id: string }>('SELECT id FROM clips WHERE key IN (SELECT value FROM json_each(?))', listParameter([...keys]))
    .map((row) => row.id)
}
