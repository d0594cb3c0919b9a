/** Entry of the thread that does what takes long on a large catalog: `CatalogTask` says what that is. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/errors'
import { doTask, refuseWhen, type TaskReply, type TaskStart } from './catalog-task'

const port = parentPort
if (!port) throw new Error('catalog-thread is started by runTask, not by itself')
const send = (reply: TaskReply): void => port.postMessage(reply)
const tellMs = 50

const { task, cancelled } = workerData as TaskStart
let toldMs = -Infinity
const tell = refuseWhen(cancelled, (done, total) => {
  if (performance.now() - toldMs < tellMs && done < total) return
  toldMs = performance.now()
  send({ done, total })
})
try {
  send({ result: doTask(task, tell) })
} catch (thrown) {
  send({ error: toAppError(thrown).toData() })
}
