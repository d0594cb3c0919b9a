import { v7 as createId } from 'uuid'
import type { Annotation } from '../../../shared/contract/annotations'
import type { Label, LabelState } from '../../../shared/contract/labels'
import { AppError } from '../../../shared/errors'
import { type Database, listParameter } from './database'
import { countNoun, stateText, storedState } from './labels'
import { findClass, requireTarget } from './ontology'
import type { Recorder } from './recorder'
import { reopenAccepted, sayReopened } from './review-status'

const columns = `id, (SELECT id FROM clips WHERE clips.key = clip_key) AS clipId, start_seconds AS startSeconds, end_seconds AS endSeconds,
  low_hz AS lowHz, high_hz AS highHz, tier, author, score, note`

/** Annotations of a clip, by start. @throws AppError 'not-found' */
export function listAnnotations(database: Database, clipId: string): Annotation[] {
  const { key } = readSpan(database, clipId)
  return complete(
    database,
    database.all(`SELECT ${columns} FROM annotations WHERE clip_key = ? ORDER BY start_seconds, key`, key),
  )
}

/** Annotations of several clips, by clip id. */
export function readAnnotations(database: Database, clipIds: string[]): Map<string, Annotation[]> {
  const rows = database.all<Omit<Annotation, 'labels'>>(
    `SELECT ${columns} FROM annotations 
       WHERE clip_key IN (SELECT key FROM clips WHERE id IN (SELECT value FROM json_each(?))) ORDER BY start_seconds, key`,
    listParameter(clipIds),
  )
  const byClip = new Map<string, Annotation[]>()
  for (const annotation of complete(database, rows)) {
    const list = byClip.get(annotation.clipId)
    if (list) list.push(annotation)
    else byClip.set(annotation.clipId, [annotation])
  }
  return byClip
}

/** @throws AppError 'not-found' */
export function readAnnotation(database: Database, id: string): Annotation {
  const row = database.get<Omit<Annotation, 'labels'>>(`SELECT ${columns} FROM annotations WHERE id = ?`, id)
  if (!row) throw new AppError('not-found', `There is no annotation with the id ${id}.`)
  return complete(database, [row])[0]!
}

function complete(database: Database, rows: Omit<Annotation, 'labels'>[]): Annotation[] {
  const labels = database.all<Label & { annotationId: string }>(
    `SELECT a.id AS annotationId, k.id AS classId, k.name, ${stateText('l.state')} AS state, l.author
       FROM annotations a JOIN annotation_labels l ON l.annotation_key = a.key
         JOIN ontology_classes k ON k.key = l.class_key
       WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY l.state DESC, k.name`,
    listParameter(rows.map((row) => row.id)),
  )
  const byAnnotation = new Map<string, Label[]>()
  for (const { annotationId, ...label } of labels) {
    const list = byAnnotation.get(annotationId)
    if (list) list.push(label)
    else byAnnotation.set(annotationId, [label])
  }
  return rows.map((row) => ({ ...row, labels: byAnnotation.get(row.id) ?? [] }))
}

/** Draws a segment or box on a clip; the span is clamped to the clip. @throws AppError 'not-found', 'invalid-argument', 'conflict' */
export function createAnnotation(
  database: Database,
  recorder: Recorder,
  input: {
    id?: string | undefined
    clipId: string
    startSeconds: number
    endSeconds: number
    lowHz: number | null
    highHz: number | null
    classIds: string[]
  },
  author: string,
): { title: string; id: string } {
  const span = readSpan(database, input.clipId)
  const bounds = fitBounds(span, input)
  const id = input.id ?? createId()
  if (database.get('SELECT 1 FROM annotations WHERE id = ?', id))
    throw new AppError('conflict', `There is an annotation with the id ${id} already.`)
  const key = recorder.insert('annotations', {
    id,
    clip_key: span.key,
    ...bounds,
    tier: 'human',
    author,
    score: null,
    note: '',
  })
  const at = Date.now()
  const names: string[] = []
  for (const classId of new Set(input.classIds)) {
    const ontologyClass = requireTarget(database, classId)
    names.push(ontologyClass.name)
    recorder.insert('annotation_labels', {
      annotation_key: key,
      class_key: ontologyClass.key,
      state: storedState.present,
      author,
      at,
    })
  }
  const reopened = sayReopened(Number(reopenAccepted(database, recorder, span.key)))
  return { title: `Annotate${names.length > 0 ? `: ${names.join(', ')}` : ''}${reopened}`, id }
}

/** Moves, resizes or notes. @throws AppError 'not-found', 'invalid-argument' */
export function updateAnnotation(
  database: Database,
  recorder: Recorder,
  input: Partial<Pick<Annotation, 'startSeconds' | 'endSeconds' | 'lowHz' | 'highHz' | 'note'>> & { id: string },
): { title: string } {
  const before = readAnnotation(database, input.id)
  const clip = readSpan(database, before.clipId)
  const bounds = fitBounds(clip, {
    startSeconds: input.startSeconds ?? before.startSeconds,
    endSeconds: input.endSeconds ?? before.endSeconds,
    lowHz: input.lowHz === undefined ? before.lowHz : input.lowHz,
    highHz: input.highHz === undefined ? before.highHz : input.highHz,
  })
  const isChanged = recorder.update('annotations', [findKey(database, input.id)], {
    ...bounds,
    note: input.note ?? before.note,
  })
  const reopened = isChanged && reopenAccepted(database, recorder, clip.key)
  const title = input.note !== undefined ? 'Note on an annotation' : 'Change an annotation'
  return { title: title + sayReopened(Number(reopened)) }
}

/** Judges one class on an annotation. @throws AppError 'not-found' */
export function setAnnotationLabel(
  database: Database,
  recorder: Recorder,
  input: { id: string; classId: string; state: LabelState },
  author: string,
): { title: string } {
  const annotation = readAnnotation(database, input.id)
  const find = input.state === 'unknown' ? findClass : requireTarget
  const { key: classKey, name } = find(database, input.classId)
  const own = annotation.labels.find((label) => label.classId === input.classId)
  const annotationKey = findKey(database, input.id)
  const at = Date.now()
  let isReopened = false
  if ((own?.state ?? 'unknown') !== input.state) {
    isReopened = reopenAccepted(database, recorder, readSpan(database, annotation.clipId).key)
    if (input.state === 'unknown') recorder.remove('annotation_labels', [annotationKey, classKey])
    else {
      const state = storedState[input.state]
      if (own) recorder.update('annotation_labels', [annotationKey, classKey], { state, author, at })
      else
        recorder.insert('annotation_labels', {
          annotation_key: annotationKey,
          class_key: classKey,
          state,
          author,
          at,
        })
    }
  }
  return { title: `Label an annotation: ${name} ${input.state}${sayReopened(Number(isReopened))}` }
}

/** @throws AppError 'not-found' */
export function removeAnnotations(database: Database, recorder: Recorder, ids: string[]): { title: string } {
  let reopened = 0
  for (const id of new Set(ids)) {
    const key = findKey(database, id)
    const clip = database.get<{ key: number }>('SELECT clip_key AS key FROM annotations WHERE key = ?', key)!
    if (reopenAccepted(database, recorder, clip.key)) reopened++
    const labels = database.all<{ classKey: number }>(
      'SELECT class_key AS classKey FROM annotation_labels WHERE annotation_key = ? ORDER BY class_key',
      key,
    )
    for (const { classKey } of labels) recorder.remove('annotation_labels', [key, classKey])
    recorder.remove('annotations', [key])
  }
  return { title: `Remove ${countNoun(new Set(ids).size, 'annotation')}${sayReopened(reopened)}` }
}

/** @throws AppError 'not-found' */
function findKey(database: Database, id: string): number {
  const row = database.get<{ key: number }>('SELECT key FROM annotations WHERE id = ?', id)
  if (!row) throw new AppError('not-found', `There is no annotation with the id ${id}.`)
  return row.key
}

interface Span {
  key: number
  start: number
  end: number
}

function readSpan(database: Database, clipId: string): Span {
  const span = database.get<Span>(
    'SELECT key, start_seconds AS start, end_seconds AS "end" FROM clips WHERE id = ?',
    clipId,
  )
  if (!span) throw new AppError('not-found', `There is no clip with the id ${clipId}.`)
  return span
}

function fitBounds(
  clip: Span,
  given: { startSeconds: number; endSeconds: number; lowHz: number | null; highHz: number | null },
): { start_seconds: number; end_seconds: number; low_hz: number | null; high_hz: number | null } {
  const start = Math.max(clip.start, Math.min(given.startSeconds, given.endSeconds))
  const end = Math.min(clip.end, Math.max(given.startSeconds, given.endSeconds))
  if (!(end > start))
    throw new AppError(
      'invalid-argument',
      `The annotation ${given.startSeconds}–${given.endSeconds} s has no length inside its clip (${clip.start}–${clip.end} s).`,
    )
  const { lowHz, highHz } = given
  if (lowHz !== null && highHz !== null && !(highHz > lowHz))
    throw new AppError(
      'invalid-argument',
      `The annotation's upper bound (${highHz} Hz) is not above the lower (${lowHz} Hz).`,
    )
  return { start_seconds: start, end_seconds: end, low_hz: lowHz, high_hz: highHz }
}
