import type { JournaledTable, Row } from './journal-tables'

/** What an edit, an undo or a batch of a job touched: enough to tell every window what to ask again. */
export interface Touched {
  clipIds: Set<string>
  annotatedClipIds: Set<string>
  isOntologyTouched: boolean
  /** Recordings or clips came or went. */
  isListTouched: boolean
}

export function nothingTouched(): Touched {
  return { clipIds: new Set(), annotatedClipIds: new Set(), isOntologyTouched: false, isListTouched: false }
}

/** Notes one changed row. `clipOfAnnotation` finds the clip of an annotation's label. */
export function noteTouched(
  touched: Touched,
  table: JournaledTable,
  row: Row,
  clipOfAnnotation: (annotationId: string) => string | null,
): void {
  switch (table) {
    case 'roots':
    case 'recordings':
      touched.isListTouched = true
      break
    case 'clips':
      touched.isListTouched = true
      touched.clipIds.add(String(row.id))
      break
    case 'clip_labels':
      touched.clipIds.add(String(row.clip_id))
      break
    case 'ontology_classes':
      touched.isOntologyTouched = true
      break
    case 'annotations':
      touched.annotatedClipIds.add(String(row.clip_id))
      break
    case 'annotation_labels': {
      const clipId = clipOfAnnotation(String(row.annotation_id))
      if (clipId) touched.annotatedClipIds.add(clipId)
      break
    }
  }
}
