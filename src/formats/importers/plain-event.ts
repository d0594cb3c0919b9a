import type { AnnotationDraft } from '../../shared/job/worker-event'

/** A sound event of which a table tells no more than when it is and of which class. */
export function plainEvent(startSeconds: number, endSeconds: number, className: string): AnnotationDraft {
  const labels = [{ className, state: 'present' as const }]
  const nothing = { lowHz: null, highHz: null, author: null, score: null, note: '' }
  return { startSeconds, endSeconds, ...nothing, tier: 'human', labels }
}
