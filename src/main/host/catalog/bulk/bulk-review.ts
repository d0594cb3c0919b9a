/** As `setStatus` of `review.ts`, for very many clips. */
import type { ClipChoice } from '../../../../shared/contract/clip-choice'
import { nextStatuses, type ReviewStatus, reviewStatusSchema } from '../../../../shared/contract/review'
import { createIds } from '../bulk-ids'
import { insertFrom, type OnProgress, changeWhere } from '../bulk-changes'
import { type Database, listParameter } from '../database'
import { countNoun } from '../labels'
import type { Recorder } from '../recorder'
import { refuseStep, requireComment } from '../review'
import { ChosenClips, piece } from './chosen-clips'

/** @throws AppError 'not-found', 'conflict', 'invalid-argument' */
export function setStatuses(
  database: Database,
  recorder: Recorder,
  input: ClipChoice & { status: ReviewStatus; comment: string; others?: 'refuse' | 'leave' },
  author: string,
  onProgress: OnProgress,
): { title: string } {
  const { status, comment, others } = input
  requireComment(status, comment)
  const clips = new ChosenClips(database, input)
  const before = reviewStatusSchema.options.filter((from) => nextStatuses[from].includes(status))
  const steps = listParameter(before)
  const refused = database.get<{ id: string; status: ReviewStatus }>(
    `SELECT c.id, c.status FROM temp.chosen_clips b CROSS JOIN clips c ON c.key = b.clip_key
       WHERE c.status <> ? AND c.status NOT IN (SELECT value FROM json_each(?)) ORDER BY b.place LIMIT 1`,
    status,
    steps,
  )
  if (refused && others !== 'leave') throw refuseStep(refused.id, refused.status, status)
  // Who is there already is not moved, but told what is said when nobody is left out.
  const told = listParameter(others === 'leave' ? before : [...before, status])
  const at = new Date().toISOString()
  let moved = 0
  clips.each((first, last) => {
    moved += countTold(database, first, last, told)
    if (comment !== '') addComments(database, recorder, first, last, { told, comment, author, at })
    const where = `WHERE key IN ${piece} AND +status IN (SELECT value FROM json_each(?))`
    changeWhere(database, recorder, 'clips', { status: '?' }, [status], where, [first, last, steps])
  }, onProgress)
  if (moved === 0 && refused) throw refuseStep(refused.id, refused.status, status)
  return { title: `Mark ${countNoun(moved, 'clip')} as ${status}` }
}

const toldClips = `clips WHERE key IN ${piece} AND +status IN (SELECT value FROM json_each(?))`

function countTold(database: Database, first: number, last: number, told: string): number {
  return database.get<{ count: number }>(`SELECT count(*) AS count FROM ${toldClips}`, first, last, told)!.count
}

function addComments(
  database: Database,
  recorder: Recorder,
  first: number,
  last: number,
  { told, comment, author, at }: { told: string; comment: string; author: string; at: string },
): void {
  database.run(
    'CREATE TEMP TABLE IF NOT EXISTS new_comments (key INTEGER PRIMARY KEY, id TEXT, clip_key INTEGER, text TEXT, author TEXT, at TEXT)',
  )
  database.run('DELETE FROM temp.new_comments')
  const count = database.run(
    `INSERT INTO temp.new_comments (key, clip_key, text, author, at)
       SELECT ? + row_number() OVER (ORDER BY key) - 1, key, ?, ?, ? FROM ${toldClips}`,
    ...[database.nextKey('review_comments'), comment, author, at, first, last, told],
  )
  database.run(
    `UPDATE temp.new_comments SET id = n.value FROM json_each(?) n
       WHERE new_comments.key = n.key + (SELECT min(key) FROM temp.new_comments)`,
    JSON.stringify(createIds(count)),
  )
  insertFrom(database, recorder, 'review_comments', 'temp.new_comments')
}
