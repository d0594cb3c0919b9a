import { v7 as createId } from 'uuid'
import {
  nextStatuses,
  type ReviewComment,
  type ReviewItem,
  type ReviewStanding,
  type ReviewStatus,
} from '../../../shared/contract/review'
import { AppError } from '../../../shared/errors'
import { readLabels } from './clips'
import { type Database, listParameter } from './database'
import { countNoun } from './labels'
import type { Recorder } from './recorder'

const clipColumns = `c.id, r.path AS recordingPath, c.start_seconds AS startSeconds, c.end_seconds AS endSeconds, c.status`

/** One page of the clips of a status, optionally only those with a label by one person. */
export function readQueue(
  database: Database,
  which: { status: ReviewStatus; by: string | null; offset: number; limit: number },
): { total: number; items: ReviewItem[] } {
  // Written out, so that the index of statuses, which leaves out the many unlabeled, can be used.
  const status = which.status === 'unlabeled' ? `c.status = 'unlabeled'` : `c.status = ? AND c.status <> 'unlabeled'`
  const by = which.by === null ? '1' : 'c.key IN (SELECT clip_key FROM clip_labels WHERE author = ?)'
  const values = [...(which.status === 'unlabeled' ? [] : [which.status]), ...(which.by === null ? [] : [which.by])]
  const { total } = database.get<{ total: number }>(
    `SELECT count(*) AS total FROM clips c WHERE ${status} AND ${by}`,
    ...values,
  )!
  const rows = database.all<Omit<ReviewItem, 'labels' | 'comments'>>(
    `SELECT ${clipColumns} FROM clips c JOIN recordings r ON r.key = c.recording_key
       WHERE ${status} AND ${by} ORDER BY c.key LIMIT ? OFFSET ?`,
    ...values,
    which.limit,
    which.offset,
  )
  const ids = listParameter(rows.map(({ id }) => id))
  const labels = readLabels(database, ids)
  const comments = database.all<{ id: string; text: string; author: string; at: string }>(
    `SELECT c.id, x.text, x.author, x.at FROM review_comments x JOIN clips c ON c.key = x.clip_key
       WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY x.key`,
    ids,
  )
  return {
    total,
    items: rows.map((row) => ({
      ...row,
      labels: labels.get(row.id) ?? [],
      comments: comments.filter(({ id }) => id === row.id).map(({ text, author, at }) => ({ text, author, at })),
    })),
  }
}

/** How many clips stand where, and everybody who has labeled. */
export function countByStatus(database: Database): { counts: Record<ReviewStatus, number>; authors: string[] } {
  const counts: Record<ReviewStatus, number> = { unlabeled: 0, done: 0, reviewed: 0, accepted: 0, returned: 0 }
  const rows = database.all<{ status: ReviewStatus; count: number }>(
    `SELECT status, count(*) AS count FROM clips WHERE status <> 'unlabeled' GROUP BY status`,
  )
  for (const { status, count } of rows) counts[status] = count
  const { total } = database.get<{ total: number }>('SELECT count(*) AS total FROM clips')!
  counts.unlabeled = total - rows.reduce((sum, { count }) => sum + count, 0)
  const authors = database.pluck<string>(
    `SELECT DISTINCT author FROM clip_labels WHERE author <> 'import' ORDER BY author`,
  )
  return { counts, authors }
}

/** Where some clips stand, and of a single one its comments. @throws AppError 'not-found' */
export function readStanding(database: Database, clipIds: readonly string[]): ReviewStanding {
  const counts: Record<ReviewStatus, number> = { unlabeled: 0, done: 0, reviewed: 0, accepted: 0, returned: 0 }
  for (const { status, count } of database.all<{ status: ReviewStatus; count: number }>(
    'SELECT status, count(*) AS count FROM clips WHERE id IN (SELECT value FROM json_each(?)) GROUP BY status',
    listParameter(clipIds),
  ))
    counts[status] = count
  if (clipIds.length > 1) return { counts, comments: [] }
  const comments = database.all<ReviewComment>(
    `SELECT x.text, x.author, x.at FROM review_comments x JOIN clips c ON c.key = x.clip_key WHERE c.id = ? ORDER BY x.key`,
    clipIds[0]!,
  )
  return { counts, comments }
}

/**
 * Moves clips on in the review.
 * @param input `others: 'leave'` lets clips be that cannot go there, unless none can
 * @throws AppError 'not-found', 'conflict' for a step that the flow lacks, 'invalid-argument' to return without a word
 */
export function setStatus(
  database: Database,
  recorder: Recorder,
  input: { clipIds: string[]; status: ReviewStatus; comment: string; others?: 'refuse' | 'leave' },
  author: string,
): { title: string } {
  const { status, comment } = input
  requireComment(status, comment)
  const ids = new Set(input.clipIds)
  let moved = 0
  let refused: AppError | null = null
  for (const clipId of ids) {
    const clip = database.get<{ key: number; status: ReviewStatus }>(
      'SELECT key, status FROM clips WHERE id = ?',
      clipId,
    )
    if (!clip) throw new AppError('not-found', `There is no clip with the id ${clipId}.`)
    if (clip.status !== status && !nextStatuses[clip.status].includes(status)) {
      refused ??= refuseStep(clipId, clip.status, status)
      if (input.others !== 'leave') throw refused
      continue
    }
    if (clip.status === status && input.others === 'leave') continue
    moved++
    recorder.update('clips', [clip.key], { status })
    if (comment !== '')
      recorder.insert('review_comments', {
        id: createId(),
        clip_key: clip.key,
        text: comment,
        author,
        at: new Date().toISOString(),
      })
  }
  if (moved === 0 && refused !== null) throw refused
  return { title: `Mark ${countNoun(moved, 'clip')} as ${status}` }
}

/** @throws AppError 'invalid-argument' to return clips without a word */
export function requireComment(status: ReviewStatus, comment: string): void {
  if (status === 'returned' && comment === '')
    throw new AppError('invalid-argument', 'A clip is returned with a comment.', { hint: 'Say what is to be changed.' })
}

/** Why a clip cannot go from one status to another. */
export function refuseStep(clipId: string, from: ReviewStatus, to: ReviewStatus): AppError {
  return new AppError('conflict', `The clip ${clipId} is ${from} and cannot become ${to}.`, {
    hint: `From ${from} it can become ${nextStatuses[from].join(' or ')}.`,
  })
}
