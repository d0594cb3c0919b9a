import { nextStatuses, type ReviewStatus } from '../../../shared/contract/review'
import { AppError } from '../../../shared/errors'
import { readAnnotation, setAnnotationLabel } from './annotations'
import type { Database } from './database'
import { setFullyAnnotated, setLabel } from './labels'
import type { Recorder } from './recorder'
import { setStatus } from './review'

/**
 * Labels a clip, or a segment of it, and moves the clip on, in one edit.
 * @throws AppError 'not-found'; 'invalid-argument' for a segment of another clip; 'conflict' in a locked tier
 */
export function finishClip(
  database: Database,
  recorder: Recorder,
  input: {
    clipId: string
    annotationId: string | null
    classId: string
    isFullyAnnotated: boolean
    status: 'done' | 'reviewed' | 'accepted' | null
  },
  author: string,
): { title: string } {
  const { clipId, annotationId, classId, status } = input
  const clipIds = [clipId]
  if (annotationId !== null && readAnnotation(database, annotationId).clipId !== clipId)
    throw new AppError('invalid-argument', `The segment ${annotationId} is of another clip than ${clipId}.`)
  const { title } =
    annotationId === null
      ? setLabel(database, recorder, { clipIds, classId, state: 'present' }, author)
      : setAnnotationLabel(database, recorder, { id: annotationId, classId, state: 'present' }, author)
  if (input.isFullyAnnotated) setFullyAnnotated(database, recorder, { clipIds, isFullyAnnotated: true })
  const from = database.get<{ status: ReviewStatus }>('SELECT status FROM clips WHERE id = ?', clipId)!.status
  if (status === null || !nextStatuses[from].includes(status)) return { title }
  setStatus(database, recorder, { clipIds, status, comment: '' }, author)
  return { title: `${title}, ${status}` }
}
