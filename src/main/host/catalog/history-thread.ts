/** Entry of the thread that undoes, or makes again, an edit of very many rows, with a connection of its own. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/errors'
import { openDatabase } from './database'
import type { HistoryReply, HistoryTask } from './history-mover'
import { redo, undo } from './journal'

const { file, direction } = workerData as HistoryTask
const port = parentPort
if (!port) throw new Error('history-thread is started by moveHistoryAside, not by itself')
const send = (reply: HistoryReply): void => port.postMessage(reply)

try {
  const database = openDatabase(file, { create: false })
  try {
    const onMoved = (done: number, total: number): void => send({ done, total })
    send({ move: direction === 'undo' ? undo(database, onMoved) : redo(database, onMoved) })
  } finally {
    database.close()
  }
} catch (thrown) {
  send({ error: toAppError(thrown).toData() })
}
