import { Worker } from 'node:worker_threads'
import { AppError, type AppErrorData } from '../../../shared/errors'
import type { Database } from './database'
import { findThread } from './find-thread'
import { findNext, type HistoryMove, type OnMoved, redo, undo } from './journal'

/** Up to here an edit is undone within a blink. */
const mostAtOnce = 50_000

export interface HistoryTask {
  /** The catalog's database file. */
  file: string
  direction: 'undo' | 'redo'
}

export type HistoryReply = { done: number; total: number } | { move: HistoryMove } | { error: AppErrorData }

export interface MoverOptions {
  database: Database
  file: string
  onMoved: OnMoved
  /** The built history-thread; found beside the built caller when not given. */
  entry?: URL | string
  mostAtOnce?: number
}

/**
 * Undoes the newest edit, or makes the last undone one again. One of very many rows is moved in a thread, in one
 * transaction: until it is done the catalog can be read as it was, and edits are refused. Ending the program in the
 * middle leaves everything as it was.
 * @throws AppError 'conflict'; 'worker-died'
 */
export async function moveHistory(options: MoverOptions, direction: 'undo' | 'redo'): Promise<HistoryMove> {
  const { database } = options
  const next = findNext(database, direction)
  if ((next?.changeCount ?? 0) <= (options.mostAtOnce ?? mostAtOnce))
    return direction === 'undo' ? undo(database) : redo(database)
  // Reads the open entry and the like, and refuses while another move is under way.
  database.transaction(() => undefined)
  database.lock(`“${next!.title}” is being ${direction === 'undo' ? 'undone' : 'made again'}.`)
  try {
    return await runThread(options, direction)
  } finally {
    database.unlock()
  }
}

function runThread({ file, onMoved, entry }: MoverOptions, direction: 'undo' | 'redo'): Promise<HistoryMove> {
  const task: HistoryTask = { file, direction }
  const worker = new Worker(entry ?? findThread('history-thread'), { workerData: task })
  return new Promise((resolve, reject) => {
    worker.on('message', (reply: HistoryReply) => {
      if ('done' in reply) onMoved(reply.done, reply.total)
      else if ('move' in reply) resolve(reply.move)
      else reject(AppError.fromData(reply.error))
    })
    const end = (reason: string): void =>
      reject(new AppError('worker-died', `The thread that moves the history stopped (${reason}); nothing was changed.`))
    worker.on('error', (error) => end(error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => end(`exit code ${code}`))
  })
}
