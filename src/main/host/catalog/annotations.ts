import { v7 as createId } from 'uuid'
import type {
  Annotation,
  AnnotationOrigin,
  Doubt,
  ProposalFacts,
  ProposalVerdict,
} from '../../../shared/contract/annotations'
import type { Label, Verdict } from '../../../shared/contract/labels'
import { AppError } from '../../../shared/errors'
import { type Database, listParameter } from './database'
import { countNoun, sayVerdict, stateText, storedDoubt, storedState } from './labels'
import { findClass, requireTarget } from './ontology'
import type { Recorder } from './recorder'
import { reopenAccepted, sayReopened } from './review-status'
import { refuseLockedTier } from './tiers'

const columns = `id, (SELECT id FROM clips WHERE clips.key = clip_key) AS clipId, start_seconds AS startSeconds, end_seconds AS endSeconds,
  low_hz AS lowHz, high_hz AS highHz, tier, author, score, note`

/** A segment without what is kept of it in other tables. */
type BareAnnotation = Omit<Annotation, 'labels' | 'doubts' | 'origin' | 'proposal' | 'verdict' | 'judged'>

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
  const rows = database.all<BareAnnotation>(
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
  const row = database.get<BareAnnotation>(`SELECT ${columns} FROM annotations WHERE id = ?`, id)
  if (!row) throw new AppError('not-found', `There is no annotation with the id ${id}.`)
  return complete(database, [row])[0]!
}

function complete(database: Database, rows: BareAnnotation[]): Annotation[] {
  const ids = listParameter(rows.map((row) => row.id))
  const ofThese = 'a.id IN (SELECT value FROM json_each(?))'
  const labels = collect(
    database.all<Label & { annotationId: string }>(
      `SELECT a.id AS annotationId, k.id AS classId, k.name, ${stateText('l.state')} AS state, l.author
         FROM annotations a JOIN annotation_labels l ON l.annotation_key = a.key
           JOIN ontology_classes k ON k.key = l.class_key
         WHERE ${ofThese} ORDER BY l.state DESC, k.name`,
      ids,
    ),
  )
  const doubts = collect(
    database.all<Doubt & { annotationId: string }>(
      `SELECT a.id AS annotationId, k.id AS classId, k.name, d.author
         FROM annotations a JOIN annotation_doubts d ON d.annotation_key = a.key
           JOIN ontology_classes k ON k.key = d.class_key
         WHERE ${ofThese} AND NOT EXISTS (
           SELECT 1 FROM annotation_labels l WHERE l.annotation_key = a.key AND l.class_key = d.class_key)
         ORDER BY k.name`,
      ids,
    ),
  )
  const sources = new Map<string, SourceRow>()
  const originRows = database.all<OriginRow>(
    `SELECT a.id AS annotationId, o.act, o.source_id AS sourceId, o.run_id AS runId, o.run_name AS runName, o.fold,
         o.score, o.author, o.at
       FROM annotations a JOIN annotation_origins o ON o.annotation_key = a.key WHERE ${ofThese}`,
    ids,
  )
  const sourceIds = listParameter(originRows.flatMap(({ sourceId }) => sourceId ?? []))
  if (originRows.length > 0)
    for (const row of database.all<SourceRow & { id: string }>(
      `SELECT id, start_seconds AS startSeconds, end_seconds AS endSeconds, low_hz AS lowHz, high_hz AS highHz, author
         FROM annotations a WHERE ${ofThese}`,
      sourceIds,
    )) {
      const { id, ...rest } = row
      sources.set(id, rest)
    }
  const facts = readFacts(database, ids)
  const sourceFacts = originRows.length > 0 ? readFacts(database, sourceIds) : facts
  const origins = collect(
    originRows.map((row) => {
      const source = row.sourceId === null ? undefined : sources.get(row.sourceId)
      const proposal = sourceFacts.get(row.sourceId ?? '')?.[0] ?? null
      return { ...row, source: source ? { ...source, proposal } : null }
    }),
  )
  const verdicts = collect(
    database.all<{ annotationId: string; verdict: ProposalVerdict; author: string; at: number }>(
      `SELECT a.id AS annotationId, v.verdict, v.author, v.at
         FROM annotations a JOIN annotation_verdicts v ON v.annotation_key = a.key WHERE ${ofThese}`,
      ids,
    ),
  )
  return rows.map((row) => {
    const { verdict = null, ...judged } = verdicts.get(row.id)?.[0] ?? {}
    return {
      ...row,
      labels: labels.get(row.id) ?? [],
      doubts: doubts.get(row.id) ?? [],
      origin: origins.get(row.id)?.[0] ?? null,
      proposal: facts.get(row.id)?.[0] ?? null,
      verdict,
      judged: verdict === null ? null : (judged as { author: string; at: number }),
    }
  })
}

type OriginRow = Omit<AnnotationOrigin, 'source'> & { annotationId: string }
type SourceRow = Omit<NonNullable<AnnotationOrigin['source']>, 'proposal'>

/** What runs said of what they proposed, by the segment's id. */
function readFacts(database: Database, ids: string): Map<string, ProposalFacts[]> {
  return collect(
    database.all<ProposalFacts & { annotationId: string }>(
      `SELECT a.id AS annotationId, p.run_id AS runId, p.run_name AS runName, p.fold, p.basis, p.model_hash AS modelHash,
           p.window_seconds AS windowSeconds, p.hop_seconds AS hopSeconds, p.floor, p.mean_score AS meanScore, p.windows,
           p.at
         FROM annotations a JOIN annotation_proposals p ON p.annotation_key = a.key
         WHERE a.id IN (SELECT value FROM json_each(?))`,
      ids,
    ),
  )
}

/** Rows by the annotation that they belong to. */
function collect<T extends { annotationId: string }>(rows: T[]): Map<string, Omit<T, 'annotationId'>[]> {
  const byAnnotation = new Map<string, Omit<T, 'annotationId'>[]>()
  for (const { annotationId, ...rest } of rows) {
    const list = byAnnotation.get(annotationId)
    if (list) list.push(rest)
    else byAnnotation.set(annotationId, [rest])
  }
  return byAnnotation
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
    tier?: string | undefined
    classIds: string[]
  },
  author: string,
): { title: string; id: string } {
  const tier = input.tier ?? 'human'
  refuseLockedTier(database, tier)
  const span = readSpan(database, input.clipId)
  const bounds = fitBounds(span, input)
  const id = input.id ?? createId()
  if (database.get('SELECT 1 FROM annotations WHERE id = ?', id))
    throw new AppError('conflict', `There is an annotation with the id ${id} already.`)
  const key = recorder.insert('annotations', {
    id,
    clip_key: span.key,
    ...bounds,
    tier,
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
  refuseLockedTier(database, before.tier)
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

/** Judges one class on an annotation. @throws AppError 'not-found', 'conflict' in a locked tier */
export function setAnnotationLabel(
  database: Database,
  recorder: Recorder,
  input: { id: string; classId: string; state: Verdict },
  author: string,
): { title: string } {
  const annotation = readAnnotation(database, input.id)
  refuseLockedTier(database, annotation.tier)
  const find = input.state === 'unknown' ? findClass : requireTarget
  const { key: classKey, name } = find(database, input.classId)
  const title = `Label an annotation: ${name} ${sayVerdict(input.state)}`
  const key = [findKey(database, input.id), classKey]
  // Both are asked: a merged catalog may hold a label and a doubt of one class.
  const label = readState(database, 'annotation_labels', key)
  const hasDoubt = readState(database, 'annotation_doubts', key) !== undefined
  const state = input.state === 'present' || input.state === 'absent' ? storedState[input.state] : undefined
  const isUnsure = input.state === 'unsure'
  if (label === state && hasDoubt === isUnsure) return { title }
  const isReopened = reopenAccepted(database, recorder, readSpan(database, annotation.clipId).key)
  const verdict = { author, at: Date.now() }
  const row = { annotation_key: key[0]!, class_key: classKey, ...verdict }
  if (hasDoubt && !isUnsure) recorder.remove('annotation_doubts', key)
  if (label !== undefined && state === undefined) recorder.remove('annotation_labels', key)
  else if (label === undefined && state !== undefined) recorder.insert('annotation_labels', { ...row, state })
  else if (label !== state) recorder.update('annotation_labels', key, { state: state!, ...verdict })
  if (isUnsure && !hasDoubt) recorder.insert('annotation_doubts', { ...row, state: storedDoubt })
  return { title: title + sayReopened(Number(isReopened)) }
}

/** What is kept of a class on an annotation in one of the two tables. */
function readState(
  database: Database,
  table: 'annotation_labels' | 'annotation_doubts',
  key: readonly number[],
): number | undefined {
  return database.get<{ state: number }>(
    `SELECT state FROM ${table} WHERE annotation_key = ? AND class_key = ?`,
    ...key,
  )?.state
}

/** @throws AppError 'not-found', 'conflict' in a locked tier */
export function removeAnnotations(database: Database, recorder: Recorder, ids: string[]): { title: string } {
  let reopened = 0
  for (const id of new Set(ids)) {
    const key = findKey(database, id)
    const { clip, tier } = database.get<{ clip: number; tier: string }>(
      'SELECT clip_key AS clip, tier FROM annotations WHERE key = ?',
      key,
    )!
    refuseLockedTier(database, tier)
    if (reopenAccepted(database, recorder, clip)) reopened++
    removeAnnotation(database, recorder, key)
  }
  return { title: `Remove ${countNoun(new Set(ids).size, 'annotation')}${sayReopened(reopened)}` }
}

/** Removes an annotation with all that is kept of it. */
export function removeAnnotation(database: Database, recorder: Recorder, key: number): void {
  for (const table of ['annotation_labels', 'annotation_doubts'] as const)
    for (const classKey of database.pluck<number>(
      `SELECT class_key FROM ${table} WHERE annotation_key = ? ORDER BY class_key`,
      key,
    ))
      recorder.remove(table, [key, classKey])
  for (const table of ['annotation_origins', 'annotation_verdicts', 'annotation_proposals'] as const)
    if (database.get(`SELECT 1 FROM ${table} WHERE annotation_key = ?`, key)) recorder.remove(table, [key])
  recorder.remove('annotations', [key])
}

/** @throws AppError 'not-found' */
export function findKey(database: Database, id: string): number {
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
