/** Takes the segments and boxes of an import into the catalog. */
import { v5 as nameId } from 'uuid'
import type { AnnotationDraft, ClipDraft, ImportIssue } from '../../../shared/job/worker-event'
import { type Database, listParameter } from './database'
import { storedState } from './labels'
import { findClassKeys } from './ontology'
import { toProposalRow } from './proposals'
import type { Recorder } from './recorder'

/** A clip of the catalog and what an import says of it. */
export interface AnnotatedClip {
  key: number
  id: string
  start: number
  end: number
  draft: ClipDraft
  /** For messages. */
  path: string
}

interface FittedAnnotation {
  id: string
  clip: AnnotatedClip
  draft: AnnotationDraft
  start: number
  end: number
}

/**
 * Adds the annotations that the catalog does not have. One that it has stays as people left it, also where they moved
 * it, and one that they removed does not come back: an annotation is the same by the id that its source gives it, or by
 * the span, bounds and tier that the source gives it on its clip.
 * @param author of annotations that name none
 * @returns how many were new
 */
export function ingestAnnotations(
  database: Database,
  recorder: Recorder,
  clips: readonly AnnotatedClip[],
  author: string,
): { count: number; issues: ImportIssue[] } {
  const issues: ImportIssue[] = []
  const fitted = clips.flatMap((clip) => fitAll(clip, issues))
  if (fitted.length === 0) return { count: 0, issues }
  const known = findKnown(
    database,
    fitted.map(({ id }) => id),
  )
  const fresh = fitted.filter(({ id }) => !known.has(id) && known.add(id))
  if (fresh.length === 0) return { count: 0, issues }
  const names = new Set(fresh.flatMap(({ draft }) => draft.labels.map(({ className }) => className)))
  // Before all others: a new class is a change of its own in the journal.
  const classKeys = findClassKeys(database, recorder, names)
  const firstKey = recorder.addAll(
    'annotations',
    {},
    ['id', 'clip_key', 'start_seconds', 'end_seconds', 'low_hz', 'high_hz', 'tier', 'author', 'score', 'note'],
    fresh.map(({ id, clip, draft, start, end }) => [
      id,
      clip.key,
      start,
      end,
      draft.lowHz,
      draft.highHz,
      draft.tier,
      draft.author ?? author,
      draft.score,
      draft.note,
    ]),
  )
  const at = Date.now()
  for (const [index, { draft }] of fresh.entries()) {
    const states = new Map<number, number>()
    // Where a source says both of a class, the first counts.
    for (const { className, state } of draft.labels) {
      const key = classKeys.get(className)!
      if (!states.has(key)) states.set(key, storedState[state])
    }
    for (const [class_key, state] of states)
      recorder.add('annotation_labels', {
        annotation_key: firstKey + index,
        class_key,
        state,
        author: draft.author ?? author,
        at,
      })
    ingestProvenance(recorder, firstKey + index, draft, { author, at })
  }
  return { count: fresh.length, issues }
}

/** What is known of where a segment comes from that a model proposed in another catalog. */
function ingestProvenance(
  recorder: Recorder,
  annotation_key: number,
  { origin, proposal, author }: AnnotationDraft,
  imported: { author: string; at: number },
): void {
  if (origin)
    recorder.add('annotation_origins', {
      annotation_key,
      act: origin.act,
      // The proposal stayed where it was made.
      source_id: null,
      run_id: origin.runId,
      run_name: origin.run,
      fold: origin.fold,
      score: origin.score,
      author: origin.by || (author ?? imported.author),
      at: origin.at ?? imported.at,
    })
  if (proposal) recorder.add('annotation_proposals', toProposalRow(annotation_key, proposal))
}

function fitAll(clip: AnnotatedClip, issues: ImportIssue[]): FittedAnnotation[] {
  const twins = new Map<string, number>()
  return (clip.draft.annotations ?? []).flatMap((draft) => {
    const start = Math.max(draft.startSeconds, clip.start)
    const end = Math.min(draft.endSeconds, clip.end)
    const span = `${draft.startSeconds}–${draft.endSeconds} s`
    const complain = (reason: string): void => void issues.push({ file: clip.path, row: null, reason })
    if (!(end > start)) {
      complain(`The annotation ${span} lies outside its clip (${clip.start}–${clip.end} s).`)
      return []
    }
    if (draft.lowHz !== null && draft.highHz !== null && !(draft.highHz > draft.lowHz)) {
      complain(
        `The annotation ${span} has its upper bound (${draft.highHz} Hz) not above its lower (${draft.lowHz} Hz).`,
      )
      return []
    }
    if (start > draft.startSeconds + 0.0005 || end < draft.endSeconds - 0.0005)
      complain(`The annotation ${span} reaches past its clip, and was cut to ${start}–${end} s.`)
    if (draft.id !== undefined) return [{ id: draft.id, clip, draft, start, end }]
    const name = [clip.id, draft.tier, draft.startSeconds, draft.endSeconds, draft.lowHz, draft.highHz].join(' ')
    const twin = twins.get(name) ?? 0
    twins.set(name, twin + 1)
    return [{ id: nameId(`${name} ${twin}`, namespace), clip, draft, start, end }]
  })
}

/** Of ids that are made from what an annotation is. */
const namespace = '6f6ac1f2-6b0c-4d0e-9f0b-6b7d3d1a7c55'

/** Ids that the catalog has, and those of annotations that somebody removed. */
function findKnown(database: Database, ids: readonly string[]): Set<string> {
  const list = listParameter(ids)
  const own = database.all<{ id: string }>(
    'SELECT id FROM annotations WHERE id IN (SELECT value FROM json_each(?))',
    list,
  )
  const removed = database.all<{ id: string }>(
    `SELECT json_extract(x.before, '$.id') AS id FROM journal_changes x JOIN journal j ON j.seq = x.entry_seq
       WHERE x.table_name = 'annotations' AND x.after IS NULL AND j.state = 'done'
         AND json_extract(x.before, '$.id') IN (SELECT value FROM json_each(?))`,
    list,
  )
  return new Set([...own, ...removed].map(({ id }) => id))
}
