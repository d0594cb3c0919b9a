import { v7 as createId } from 'uuid'
import type { Annotation } from '../../../shared/contract/annotations'
import { AppError } from '../../../shared/errors'
import { findKey, readAnnotation, removeAnnotation } from './annotations'
import type { Database, SqlValue } from './database'
import type { Row } from './journal-tables'
import { countNoun } from './labels'
import type { Recorder } from './recorder'
import { reopenAccepted, sayReopened } from './review-status'
import { refuseLockedTier } from './tiers'

/** What is kept of an annotation's classes, label or doubt alike. */
interface Judgement {
  class_key: number
  state: number
  author: string
  at: number
}

/**
 * Cuts a segment in two; the later part is new and keeps labels, bounds, tier, author and note.
 * @throws AppError 'not-found', 'invalid-argument' where the moment is not inside, 'conflict' in a locked tier
 */
export function splitAnnotation(
  database: Database,
  recorder: Recorder,
  input: { id: string; atSeconds: number; newId?: string | undefined },
  author: string,
): { title: string; ids: string[] } {
  const whole = readAnnotation(database, input.id)
  refuseLockedTier(database, whole.tier)
  const { startSeconds, endSeconds } = whole
  if (!(input.atSeconds > startSeconds && input.atSeconds < endSeconds))
    throw new AppError(
      'invalid-argument',
      `The segment of ${startSeconds}–${endSeconds} s cannot be cut at ${input.atSeconds} s, which is not inside it.`,
    )
  const key = findKey(database, input.id)
  const clipKey = clipOf(database, key)
  recorder.update('annotations', [key], { end_seconds: input.atSeconds })
  const id = insertLike(database, recorder, key, {
    id: input.newId,
    change: { start_seconds: input.atSeconds, end_seconds: endSeconds },
    act: 'split',
    sourceId: whole.id,
    author,
  })
  const reopened = sayReopened(Number(reopenAccepted(database, recorder, clipKey)))
  return { title: `Split a segment at ${input.atSeconds.toFixed(3)} s${reopened}`, ids: [input.id, id] }
}

/**
 * Makes one segment of several. The earliest stays: over all their time, with bounds that hold all of theirs (open
 * where one is open), with every label (present before absent, absent before a doubt) and every note.
 * @throws AppError 'not-found', 'invalid-argument' for other clips or tiers, 'conflict' in a locked tier
 */
export function mergeAnnotations(
  database: Database,
  recorder: Recorder,
  given: string[],
  author: string,
): { title: string; id: string } {
  const parts = [...new Set(given)]
    .map((id) => readAnnotation(database, id))
    .sort((a, b) => a.startSeconds - b.startSeconds || a.endSeconds - b.endSeconds || (a.id < b.id ? -1 : 1))
  const [first, ...others] = parts
  if (!first || others.length === 0) throw new AppError('invalid-argument', 'One segment alone cannot be merged.')
  for (const part of others) {
    if (part.clipId !== first.clipId)
      throw new AppError('invalid-argument', 'Segments of different clips cannot be merged.')
    if (part.tier !== first.tier)
      throw new AppError(
        'invalid-argument',
        `Segments of the tiers “${first.tier}” and “${part.tier}” cannot be merged.`,
      )
  }
  refuseLockedTier(database, first.tier)
  const key = findKey(database, first.id)
  const keys = parts.map(({ id }) => findKey(database, id))
  const bound = (values: (number | null)[], pick: (...all: number[]) => number): number | null =>
    values.includes(null) ? null : pick(...(values as number[]))
  const notes = [...new Set(parts.map(({ note }) => note).filter(Boolean))]
  const judged = unite(keys.flatMap((part) => readJudgements(database, part)))
  const clipKey = clipOf(database, key)
  for (const part of others) removeAnnotation(database, recorder, findKey(database, part.id))
  recorder.update('annotations', [key], {
    end_seconds: Math.max(...parts.map(({ endSeconds }) => endSeconds)),
    low_hz: bound(
      parts.map(({ lowHz }) => lowHz),
      Math.min,
    ),
    high_hz: bound(
      parts.map(({ highHz }) => highHz),
      Math.max,
    ),
    score: bound(
      parts.map(({ score }) => score),
      Math.max,
    ),
    note: notes.join('\n').slice(0, 10_000),
    author: parts.every((part) => part.author === first.author) ? first.author : author,
  })
  replaceJudgements(database, recorder, key, judged)
  const reopened = sayReopened(Number(reopenAccepted(database, recorder, clipKey)))
  return { title: `Merge ${countNoun(parts.length, 'segment')}${reopened}`, id: first.id }
}

/**
 * Copies segments with what is said of them, in the name of who copies; a score stays only within the tier, because a
 * person's segment has none.
 * @throws AppError 'not-found', 'conflict' where the tier is locked or an id is taken
 */
export function copyAnnotations(
  database: Database,
  recorder: Recorder,
  input: { copies: { id: string; newId?: string | undefined }[]; tier: string | null },
  author: string,
): { title: string; ids: string[] } {
  const ids: string[] = []
  const clips = new Set<number>()
  for (const { id, newId } of input.copies) {
    const source = readAnnotation(database, id)
    const tier = input.tier ?? source.tier
    refuseLockedTier(database, tier)
    const key = findKey(database, id)
    clips.add(clipOf(database, key))
    ids.push(
      insertLike(database, recorder, key, {
        id: newId,
        change: { tier, author, score: tier === source.tier ? source.score : null },
        act: 'copied',
        sourceId: id,
        author,
        isJudgedAnew: true,
        score: source.score,
      }),
    )
  }
  const reopened = [...clips].filter((clip) => reopenAccepted(database, recorder, clip)).length
  const where = input.tier === null ? '' : ` to “${input.tier}”`
  return { title: `Copy ${countNoun(ids.length, 'segment')}${where}${sayReopened(reopened)}`, ids }
}

const clipOf = (database: Database, key: number): number =>
  database.get<{ clip: number }>('SELECT clip_key AS clip FROM annotations WHERE key = ?', key)!.clip

function readJudgements(database: Database, key: number): Judgement[] {
  return database.all<Judgement>(
    `SELECT class_key, state, author, at FROM annotation_labels WHERE annotation_key = ?
     UNION ALL SELECT class_key, state, author, at FROM annotation_doubts WHERE annotation_key = ?`,
    key,
    key,
  )
}

/** One judgement of each class: present before absent, absent before a doubt, the earlier of two that agree. */
function unite(judgements: Judgement[]): Judgement[] {
  const rank = (state: number): number => [1, 0, 2].indexOf(state)
  const best = new Map<number, Judgement>()
  for (const one of judgements) {
    const other = best.get(one.class_key)
    const order = other === undefined ? -1 : rank(one.state) - rank(other.state) || one.at - other.at
    if (order < 0) best.set(one.class_key, one)
  }
  return [...best.values()].sort((a, b) => a.class_key - b.class_key)
}

function replaceJudgements(database: Database, recorder: Recorder, key: number, judged: Judgement[]): void {
  for (const table of ['annotation_labels', 'annotation_doubts'] as const) {
    const wanted = new Map(
      judged
        .filter(({ state }) => (state === 2) === (table === 'annotation_doubts'))
        .map((one) => [one.class_key, one]),
    )
    for (const classKey of database.pluck<number>(
      `SELECT class_key FROM ${table} WHERE annotation_key = ? ORDER BY class_key`,
      key,
    )) {
      const { state, author, at } = wanted.get(classKey) ?? {}
      if (state === undefined) recorder.remove(table, [key, classKey])
      else recorder.update(table, [key, classKey], { state, author: author!, at: at! })
      wanted.delete(classKey)
    }
    for (const one of wanted.values()) recorder.insert(table, { annotation_key: key, ...one })
  }
}

/** Inserts an annotation like another one, with its judgements, and says where it is from. @returns its id */
export function insertLike(
  database: Database,
  recorder: Recorder,
  sourceKey: number,
  made: {
    id: string | undefined
    change: Record<string, string | number | null>
    act: NonNullable<Annotation['origin']>['act']
    sourceId: string
    author: string
    /** The judgements are those of who makes it, not of who made the source. */
    isJudgedAnew?: boolean
    score?: number | null
    /** The run that proposed the source, or else who did, and with which fold's model. */
    proposer?: { runId: string | null; runName: string; fold: string | null }
  },
): string {
  const source = database.get<Record<string, SqlValue>>('SELECT * FROM annotations WHERE key = ?', sourceKey)!
  const id = made.id ?? createId()
  if (database.get('SELECT 1 FROM annotations WHERE id = ?', id))
    throw new AppError('conflict', `There is an annotation with the id ${id} already.`)
  const values = Object.fromEntries(Object.entries(source).filter(([column]) => column !== 'key')) as Row
  const key = recorder.insert('annotations', { ...values, ...made.change, id })
  const at = Date.now()
  const judged = readJudgements(database, sourceKey)
  const own = made.isJudgedAnew ? judged.map((one) => ({ ...one, author: made.author, at })) : judged
  replaceJudgements(database, recorder, key, own)
  recorder.insert('annotation_origins', {
    annotation_key: key,
    act: made.act,
    source_id: made.sourceId,
    run_id: made.proposer?.runId ?? null,
    run_name: made.proposer?.runName ?? null,
    fold: made.proposer?.fold ?? null,
    score: made.score ?? null,
    author: made.author,
    at,
  })
  return id
}
