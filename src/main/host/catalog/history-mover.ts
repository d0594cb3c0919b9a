import { runTask, type TaskOptions } from './catalog-task'
import type { Database } from './database'
import { findNext, type HistoryMove, redo, undo } from './journal'

/** Up to here an edit is undone within a blink. */
export const mostAtOnce = 50_000

export interface MoverOptions extends TaskOptions {
  database: Database
  /** The catalog's database file. */
  file: string
  mostAtOnce?: number
}

/**
 * Undoes the newest edit, or makes the last undone one again. One of very many rows is moved in a thread, in one
 * transaction: until it is done the catalog can be read as it was, and edits are refused. Cancelling it, or ending the
 * program in the middle, leaves everything as it was.
 * @throws AppError 'conflict'; 'cancelled'; 'worker-died'
 */
export async function moveHistory(options: MoverOptions, direction: 'undo' | 'redo'): Promise<HistoryMove> {
  const { database, file } = options
  const next = findNext(database, direction)
  if ((next?.changeCount ?? 0) <= (options.mostAtOnce ?? mostAtOnce))
    return direction === 'undo' ? undo(database) : redo(database)
  return writeAside(database, `“${next!.title}” is being ${direction === 'undo' ? 'undone' : 'made again'}.`, () =>
    runTask({ kind: 'history', file, direction }, options),
  )
}

/**
 * Lets a thread be the catalog's only writer for as long as its work takes; edits are refused meanwhile.
 * @param reason a sentence that says so
 * @throws AppError 'conflict' while that is the case already
 */
export async function writeAside<T>(database: Database, reason: string, work: () => Promise<T>): Promise<T> {
  database.transaction(() => undefined) // refused while another thread writes, and for a catalog that is only read
  database.lock(reason)
  try {
    return await work()
  } finally {
    database.unlock()
  }
}
