import { AppError } from '../../../../shared/errors'
import type { Database } from '../database'

/** An entry of a journal that was made, or taken back, since two catalogs were one. */
export interface JournalMove {
  seq: number
  id: string
  author: string
  at: string
  isUndo: boolean
}

export interface Fork {
  /** How many entries both journals have: those from before one was copied. 0: they never were one catalog. */
  sharedEntries: number
  /** What their catalog has done since, in order, but for what an earlier merge has brought over. */
  theirMoves: JournalMove[]
  /** All entries that stand in theirs and are not shared. */
  theirEntryIds: string[]
}

interface Entry {
  seq: number
  id: string
  author: string
  at: string
  state: string
}

/**
 * Finds where two catalogs parted, from the entries that both journals have. Of a shared entry that only one side has
 * undone it is taken that it stood at the parting: history is strictly last in, first out, so what stands on either
 * side is the longer of the two.
 * @throws AppError 'conflict' while an import is open in either
 */
export function findFork(ours: Database, theirs: Database): Fork {
  const read = (database: Database): Entry[] => {
    const entries = database.all<Entry>('SELECT seq, id, author, at, state FROM journal ORDER BY seq')
    if (entries.some(({ state }) => state === 'open'))
      throw new AppError('conflict', 'An import is running in one of the catalogs.', {
        hint: 'Wait for it, or cancel it, then merge.',
      })
    return entries
  }
  const ourEntries = new Map(read(ours).map((entry) => [entry.id, entry]))
  const theirEntries = read(theirs)
  const shared = theirEntries.filter(({ id }) => ourEntries.has(id))
  const merged = ours
    .all<{ entries: string }>('SELECT entries FROM merges')
    .flatMap(({ entries }) => JSON.parse(entries) as string[])
  const based = new Set([
    ...merged,
    ...shared.filter(({ id, state }) => state === 'done' || ourEntries.get(id)?.state === 'done').map(({ id }) => id),
  ])
  const undone = theirEntries.filter(({ id, state }) => based.has(id) && state !== 'done').reverse()
  const done = theirEntries.filter(({ id, state }) => !based.has(id) && state === 'done')
  const move = ({ seq, id, author, at }: Entry, isUndo: boolean): JournalMove => ({ seq, id, author, at, isUndo })
  return {
    sharedEntries: shared.length,
    theirMoves: [...undone.map((entry) => move(entry, true)), ...done.map((entry) => move(entry, false))],
    theirEntryIds: theirEntries.filter(({ id, state }) => state === 'done' && !ourEntries.has(id)).map(({ id }) => id),
  }
}
