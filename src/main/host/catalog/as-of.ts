import { AppError } from '../../../shared/errors'
import type { Database } from './database'
import { replay } from './journal'

/** A past moment: a time (ISO 8601, UTC), or right after an entry of the history came into force. */
export type Moment = { at: string } | { entryId: string }

/**
 * Takes a copy of a catalog back to a moment: undoes what came into force after it, and makes again what was undone
 * since. What no edit is (runs, jobs, snapshots) stays as it is.
 * @param database a copy, which nobody else uses
 * @throws AppError 'not-found' for an entry that is not there, 'conflict' where the history cannot be replayed
 */
export function rewind(
  database: Database,
  moment: Moment,
  onMoved: (done: number, total: number) => void = () => undefined,
): { at: string } {
  return database.transaction(() => {
    const { at, last } = findMoment(database, moment)
    const wanted = database.pluck<number>(inForceAt, at, last, at)
    const current = database.pluck<number>(`SELECT seq FROM journal WHERE state IN ('done', 'open') ORDER BY seq`)
    // The history goes back last in, first out: what both begin with stays.
    let common = 0
    while (common < wanted.length && wanted[common] === current[common]) common++
    const back = current.slice(common).reverse()
    const again = wanted.slice(common)
    const total = back.length + again.length
    const title = (seq: number): string =>
      database.get<{ title: string }>('SELECT title FROM journal WHERE seq = ?', seq)!.title
    back.forEach((seq, index) => {
      replay(database, seq, 'undo', title(seq))
      database.run(`UPDATE journal SET state = 'undone' WHERE seq = ?`, seq)
      onMoved(index + 1, total)
    })
    again.forEach((seq, index) => {
      replay(database, seq, 'redo', title(seq))
      database.run(`UPDATE journal SET state = 'done' WHERE seq = ?`, seq)
      onMoved(back.length + index + 1, total)
    })
    // As it was then: what came later is not there yet.
    database.run(`UPDATE journal SET state = 'abandoned' WHERE state = 'undone'`)
    return { at }
  })
}

/** An entry's last move up to the time; without one it is in force since it was made, unless it was an import, which
 * comes into force by its first move. */
const inForceAt = `SELECT seq FROM journal j WHERE at <= ? AND seq <= ? AND coalesce(
    (SELECT m.state FROM journal_moves m WHERE m.entry_seq = j.seq AND m.at <= ? ORDER BY m.key DESC LIMIT 1),
    CASE (SELECT m.state FROM journal_moves m WHERE m.entry_seq = j.seq ORDER BY m.key LIMIT 1)
      WHEN 'done' THEN 'open' ELSE 'done' END
  ) = 'done' AND state <> 'open' ORDER BY seq`

function findMoment(database: Database, moment: Moment): { at: string; last: number } {
  if ('at' in moment) return { at: moment.at, last: Number.MAX_SAFE_INTEGER }
  const entry = database.get<{ seq: number; at: string }>(
    `SELECT seq, max(at, coalesce((SELECT iif(m.state = 'done', m.at, '') FROM journal_moves m WHERE m.entry_seq = j.seq
       ORDER BY m.key LIMIT 1), '')) AS at FROM journal j WHERE id = ?`,
    moment.entryId,
  )
  if (!entry) throw new AppError('not-found', `The history has no entry ${moment.entryId}.`)
  return { at: entry.at, last: entry.seq }
}
