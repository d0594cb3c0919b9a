import { v7 as createId } from 'uuid'
import {
  type RatingItem,
  type RatingPlan,
  type RatingPreview,
  ratingPlanSchema,
  type RatingSession,
  type RatingVerdict,
} from '../../../shared/contract/sessions'
import { AppError } from '../../../shared/errors'
import { setAnnotationLabel } from './annotations'
import type { Database } from './database'
import { countNoun, judgeLabel } from './labels'
import { findClass, requireTarget } from './ontology'
import { planItems } from './rating-plan'
import { readRaterStats } from './rating-stats'
import type { Recorder } from './recorder'
import { reopenAccepted, sayReopened } from './review-status'

interface Place {
  id: string
  position: number
}
interface Effort {
  activeMs: number
  keyCount: number
}

/** What a plan would make of these clips. */
export function previewSession(
  database: Database,
  plan: RatingPlan,
  clipIds: string[],
  goldIds: string[],
): RatingPreview {
  const items = planItems(database, plan, clipIds, goldIds)
  const own = items.filter(({ isGold }) => !isGold)
  const clips = new Set(own.map(({ clipKey }) => clipKey)).size
  return {
    clips,
    segments: own.length,
    verdicts: items.reduce((sum, { classes }) => sum + classes.length, 0),
    gold: items.length - own.length,
    leftOut: Math.max(0, new Set(clipIds).size - clips - (plan.gold ? items.length - own.length : 0)),
  }
}

/** Writes the segments of a plan. @throws AppError 'conflict' where no class is proposed for any clip */
export function startSession(
  database: Database,
  recorder: Recorder,
  plan: RatingPlan,
  clipIds: string[],
  goldIds: string[],
  author: string,
): { title: string; id: string } {
  const items = planItems(database, plan, clipIds, goldIds)
  if (!items.some(({ isGold }) => !isGold))
    throw new AppError('conflict', `None of the ${countNoun(clipIds.length, 'clip')} has a class to rate.`, {
      hint: 'Choose classes, take a run’s predictions, or rate again what has been judged.',
    })
  const id = createId()
  const key = recorder.insert('rating_sessions', {
    id,
    plan: JSON.stringify(plan),
    author,
    at: new Date().toISOString(),
  })
  items.forEach((item, position) =>
    recorder.insert('rating_items', {
      session_key: key,
      position,
      clip_key: item.clipKey,
      start_seconds: item.startSeconds,
      end_seconds: item.endSeconds,
      is_gold: Number(item.isGold),
      classes: JSON.stringify(item.classes),
      skipped_by: null,
      active_ms: 0,
      key_count: 0,
    }),
  )
  return { title: `Rating session of ${countNoun(items.length, 'segment')}`, id }
}

const isRated = `(SELECT count(*) FROM rating_verdicts v WHERE v.session_key = i.session_key AND v.position = i.position)
  >= json_array_length(i.classes)`

/** Every session, newest first, or one. */
function readSessions(database: Database, id: string | null): RatingSession[] {
  return database
    .all<{
      key: number
      id: string
      plan: string
      author: string
      at: string
      total: number
      rated: number
      skipped: number
      next: number | null
    }>(
      `SELECT s.key, s.id, s.plan, s.author, s.at, count(i.position) AS total, coalesce(sum(${isRated}), 0) AS rated,
           count(i.skipped_by) AS skipped,
           min(iif(i.skipped_by IS NULL AND NOT ${isRated}, i.position, NULL)) AS next
         FROM rating_sessions s LEFT JOIN rating_items i ON i.session_key = s.key
         WHERE ? IS NULL OR s.id = ? GROUP BY s.key ORDER BY s.key DESC`,
      id,
      id,
    )
    .map(({ key, plan, ...session }) => ({
      ...session,
      plan: ratingPlanSchema.parse(JSON.parse(plan)),
      stats: readRaterStats(database, key),
    }))
}

export const listSessions = (database: Database): RatingSession[] => readSessions(database, null)

/** @throws AppError 'not-found' */
export function readSession(database: Database, id: string): RatingSession {
  const [session] = readSessions(database, id)
  if (!session) throw noSession(id)
  return session
}

const noSession = (id: string): AppError => new AppError('not-found', `There is no rating session with the id ${id}.`)

/** The key of a session in this catalog. @throws AppError 'not-found' */
export function findSessionKey(database: Database, id: string): number {
  const row = database.get<{ key: number }>('SELECT key FROM rating_sessions WHERE id = ?', id)
  if (!row) throw noSession(id)
  return row.key
}

/** Segments of a session from a position on; which of them are gold is not in it. @throws AppError 'not-found' */
export function readItems(database: Database, input: Place & { count: number }): RatingItem[] {
  const key = findSessionKey(database, input.id)
  const rows = database.all<
    Omit<RatingItem, 'classes' | 'isSkipped'> & { classes: string; skippedBy: string | null; verdicts: string }
  >(
    `SELECT i.position, c.id AS clipId, r.id AS recordingId, r.path AS recordingPath,
         c.start_seconds AS clipStartSeconds, c.end_seconds AS clipEndSeconds,
         i.start_seconds AS startSeconds, i.end_seconds AS endSeconds,
         r.sample_rate_hz AS sampleRateHz, r.channel_count AS channelCount, c.note, i.classes, i.skipped_by AS skippedBy,
         (SELECT json_group_object(v.class_id, v.verdict) FROM rating_verdicts v
            WHERE v.session_key = i.session_key AND v.position = i.position) AS verdicts
       FROM rating_items i JOIN clips c ON c.key = i.clip_key JOIN recordings r ON r.key = c.recording_key
       WHERE i.session_key = ? AND i.position >= ? ORDER BY i.position LIMIT ?`,
    key,
    input.position,
    input.count,
  )
  const names = new Map(
    database
      .all<{ id: string; name: string }>('SELECT id, name FROM ontology_classes')
      .map((row) => [row.id, row.name]),
  )
  return rows.map(({ classes, skippedBy, verdicts, ...item }) => {
    const given = JSON.parse(verdicts) as Record<string, RatingVerdict>
    return {
      ...item,
      isSkipped: skippedBy !== null,
      classes: (JSON.parse(classes) as [string, number | null][]).map(([classId, score]) => ({
        classId,
        name: names.get(classId) ?? 'a class that was removed',
        score,
        verdict: given[classId] ?? null,
      })),
    }
  })
}

interface StoredItem {
  clipKey: number
  start: number
  end: number
  clipStart: number
  clipEnd: number
  isGold: 0 | 1
  classes: string
  skippedBy: string | null
  activeMs: number
  keyCount: number
}

function findItem(database: Database, { id, position }: Place): StoredItem & { sessionKey: number } {
  const sessionKey = findSessionKey(database, id)
  const item = database.get<StoredItem>(
    `SELECT i.clip_key AS clipKey, i.start_seconds AS start, i.end_seconds AS "end", c.start_seconds AS clipStart,
         c.end_seconds AS clipEnd, i.is_gold AS isGold, i.classes, i.skipped_by AS skippedBy, i.active_ms AS activeMs,
         i.key_count AS keyCount
       FROM rating_items i JOIN clips c ON c.key = i.clip_key WHERE i.session_key = ? AND i.position = ?`,
    sessionKey,
    position,
  )
  if (!item) throw new AppError('not-found', `The session ${id} has no segment ${position}.`)
  return { ...item, sessionKey }
}

/**
 * Notes a verdict and makes it a label, except on gold; unsure leaves a doubt instead, also of a part of a clip. A verdict that is given again replaces
 * the first and adds to its effort. @throws AppError 'not-found', 'invalid-argument'
 */
export function rateItem(
  database: Database,
  recorder: Recorder,
  input: Place & Effort & { classId: string; verdict: RatingVerdict },
  author: string,
): { title: string } {
  const item = findItem(database, input)
  if (!(JSON.parse(item.classes) as [string, unknown][]).some(([classId]) => classId === input.classId))
    throw new AppError('invalid-argument', `Segment ${input.position} does not ask for the class ${input.classId}.`)
  const { name } = requireTarget(database, input.classId)
  const reopened = item.isGold ? 0 : Number(labelSegment(database, recorder, item, input, author))
  const key = [item.sessionKey, input.position, input.classId]
  const own = database.get<{ activeMs: number; keyCount: number }>(
    `SELECT active_ms AS activeMs, key_count AS keyCount FROM rating_verdicts
       WHERE session_key = ? AND position = ? AND class_id = ?`,
    ...key,
  )
  // Of one's own skipped segment, what skipping took goes into the verdict that ends it.
  const skip = item.skippedBy === author ? item : { activeMs: 0, keyCount: 0 }
  const row = {
    verdict: input.verdict,
    author,
    at: new Date().toISOString(),
    active_ms: input.activeMs + (own?.activeMs ?? 0) + skip.activeMs,
    key_count: input.keyCount + (own?.keyCount ?? 0) + skip.keyCount,
  }
  if (own) recorder.update('rating_verdicts', key, row)
  else
    recorder.insert('rating_verdicts', {
      session_key: item.sessionKey,
      position: input.position,
      class_id: input.classId,
      ...row,
    })
  if (item.skippedBy !== null)
    recorder.update('rating_items', [item.sessionKey, input.position], { skipped_by: null, active_ms: 0, key_count: 0 })
  return { title: `Rate a segment: ${name} ${input.verdict}${sayReopened(reopened)}` }
}

/** Leaves a segment for later. @throws AppError 'not-found' */
export function skipItem(
  database: Database,
  recorder: Recorder,
  input: Place & Effort,
  author: string,
): { title: string } {
  const item = findItem(database, input)
  recorder.update('rating_items', [item.sessionKey, input.position], {
    skipped_by: author,
    active_ms: item.activeMs + input.activeMs,
    key_count: item.keyCount + input.keyCount,
  })
  return { title: 'Skip a segment of a rating session' }
}

/** @returns whether an accepted clip went back to done */
function labelSegment(
  database: Database,
  recorder: Recorder,
  item: StoredItem,
  { classId, verdict }: { classId: string; verdict: RatingVerdict },
  author: string,
): boolean {
  const isWhole = item.start <= item.clipStart && item.end >= item.clipEnd
  if (isWhole) {
    const { key } = findClass(database, classId)
    const isChanged = judgeLabel(database, recorder, item.clipKey, key, verdict, author)
    return isChanged && reopenAccepted(database, recorder, item.clipKey)
  }
  const known = database.get<{ id: string }>(
    `SELECT id FROM annotations WHERE clip_key = ? AND start_seconds = ? AND end_seconds = ? AND low_hz IS NULL
       AND tier = 'human' ORDER BY key LIMIT 1`,
    item.clipKey,
    item.start,
    item.end,
  )
  const id = known?.id ?? createId()
  if (!known)
    recorder.insert('annotations', {
      id,
      clip_key: item.clipKey,
      start_seconds: item.start,
      end_seconds: item.end,
      low_hz: null,
      high_hz: null,
      tier: 'human',
      author,
      score: null,
      note: '',
    })
  return setAnnotationLabel(database, recorder, { id, classId, state: verdict }, author).title.includes('back to done')
}
