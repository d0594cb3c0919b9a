import type { ClipChoice } from '../../../../shared/contract/clip-choice'
import type { ClipQuery } from '../../../../shared/contract/clip-query'
import type { CommandResult, Verdict } from '../../../../shared/contract/labels'
import type { OntologyMove, OntologyRemap } from '../../../../shared/contract/ontology'
import type { ReviewStatus } from '../../../../shared/contract/review'
import { applyPattern, type PatternRequest } from '../../datasets/read-patterns'
import { type OnProgress, refuseWhileImporting } from '../bulk-changes'
import type { Database } from '../database'
import { mergeClasses, remapClasses, splitClass } from '../ontology-moves'
import type { Recorder } from '../recorder'
import { correctLabels, setAllFullyAnnotated, setLabels } from './bulk-labels'
import { setAllMetadata } from './bulk-metadata'
import { setStatuses } from './bulk-review'

/** Edits of clips that somebody chose, with what says how. */
interface ClipEdits {
  'labels.set': ClipChoice & { classId: string; state: Verdict }
  'labels.complete': ClipChoice & { isFullyAnnotated: boolean }
  'labels.correct': ClipChoice & { toClassId: string }
  'review.setStatus': ClipChoice & { status: ReviewStatus; comment: string; others: 'refuse' | 'leave' }
  'metadata.set': ClipChoice & { name: string; value: string | null }
}

/** Edits of the ontology that move labels; these can be counted too. */
interface OntologyEdits {
  'ontology.merge': { fromId: string; intoId: string }
  'ontology.split': { id: string; name: string; query: ClipQuery }
  'ontology.remap': { pairs: { from: string; to: string }[] }
}

type Inputs = ClipEdits & OntologyEdits & { 'metadata.pattern': PatternRequest }
type EditOf<K extends keyof Inputs> = { [E in K]: { kind: E; input: Inputs[E] } }[K]

/** An edit of very many rows, as it is handed to a thread; its kind is the journal's. */
export type BulkEdit = EditOf<keyof Inputs>
export type ClipEdit = EditOf<keyof ClipEdits>
export type OntologyEdit = EditOf<keyof OntologyEdits>

export type BulkResult<E extends BulkEdit = BulkEdit> = E extends { kind: 'ontology.remap' }
  ? OntologyRemap
  : E extends OntologyEdit
    ? OntologyMove
    : CommandResult

/**
 * Does what is done of few rows row by row: the same rows, in one entry of the journal.
 * @param onProgress what it throws ends the edit
 * @throws AppError 'conflict' while an import is open, and what the edit throws
 */
export function doBulkEdit(
  database: Database,
  recorder: Recorder,
  edit: BulkEdit,
  author: string,
  onProgress: OnProgress,
): BulkResult {
  refuseWhileImporting(database, 'this can be done')
  switch (edit.kind) {
    case 'labels.set':
      return setLabels(database, recorder, edit.input, author, onProgress)
    case 'labels.complete':
      return setAllFullyAnnotated(database, recorder, edit.input, onProgress)
    case 'labels.correct':
      return correctLabels(database, recorder, edit.input, author, onProgress)
    case 'review.setStatus':
      return setStatuses(database, recorder, edit.input, author, onProgress)
    case 'metadata.set':
      return setAllMetadata(database, recorder, edit.input, onProgress)
    case 'metadata.pattern':
      return applyPattern(database, recorder, edit.input, onProgress)
    default:
      return moveByOntology(database, recorder, edit, onProgress)
  }
}

/** Makes an edit of the ontology, or, without a recorder, only counts it. */
export function moveByOntology<E extends OntologyEdit>(
  database: Database,
  recorder: Recorder | null,
  edit: E,
  onProgress?: OnProgress,
): BulkResult<E> {
  const move = (): OntologyMove => {
    switch (edit.kind) {
      case 'ontology.merge':
        return mergeClasses(database, recorder, edit.input, onProgress)
      case 'ontology.split':
        return splitClass(database, recorder, edit.input, onProgress)
      case 'ontology.remap':
        return remapClasses(database, recorder, edit.input.pairs, onProgress)
    }
  }
  return move() as BulkResult<E>
}
