import type { ClipChoice } from '../../../../shared/contract/clip-choice'
import { AppError } from '../../../../shared/errors'
import { eachPiece, type OnProgress } from '../bulk-changes'
import { compileClipQuery } from '../clip-query'
import { type Database, listParameter } from '../database'

/**
 * The clips of a choice in a temporary table, `chosen_clips`: numbered from 1 in the order of their keys, which is the
 * order of the tables that belong to them. A connection has one choice at a time.
 */
export class ChosenClips {
  readonly count: number

  /** @throws AppError 'not-found' for an id that no clip has */
  constructor(
    private readonly database: Database,
    choice: ClipChoice,
  ) {
    database.run(
      'CREATE TEMP TABLE IF NOT EXISTS chosen_clips (place INTEGER PRIMARY KEY, clip_key INTEGER NOT NULL UNIQUE)',
    )
    database.run('DELETE FROM temp.chosen_clips')
    if (choice.clipIds !== undefined) this.addIds(choice.clipIds)
    else if (choice.query !== undefined) {
      const { from, values } = compileClipQuery(choice.query)
      const rest = listParameter(choice.exceptIds ?? [])
      database.run(
        `INSERT INTO temp.chosen_clips (clip_key) SELECT key FROM (SELECT c.key ${from})
           WHERE key NOT IN (SELECT key FROM clips WHERE id IN (SELECT value FROM json_each(?))) ORDER BY key`,
        ...values,
        rest,
      )
    }
    this.count = database.get<{ count: number }>('SELECT count(*) AS count FROM temp.chosen_clips')!.count
  }

  /** Piece by piece. @param work is given the first and the last place, for `piece` */
  each(work: (first: number, last: number) => void, onProgress: OnProgress): void {
    eachPiece(this.count, work, onProgress)
  }

  private addIds(ids: readonly string[]): void {
    const list = listParameter(ids)
    const unknown = this.database.get<{ id: string }>(
      'SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM clips) ORDER BY key LIMIT 1',
      list,
    )
    if (unknown) throw new AppError('not-found', `There is no clip with the id ${unknown.id}.`)
    this.database.run(
      `INSERT INTO temp.chosen_clips (clip_key)
         SELECT key FROM clips WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key`,
      list,
    )
  }
}

/** SQL of the keys of a piece, between the two places that it binds. */
export const piece = '(SELECT clip_key FROM temp.chosen_clips WHERE place BETWEEN ? AND ?)'
