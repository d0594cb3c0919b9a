/** Entry of the thread that makes snapshots of large catalogs, backups, and copies of a past moment. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../../shared/errors'
import { type CatalogTask, doTask, type TaskReply } from './catalog-task'

const port = parentPort
if (!port) throw new Error('catalog-thread is started by runTask, not by itself')
const send = (reply: TaskReply): void => port.postMessage(reply)

try {
  send({ result: doTask(workerData as CatalogTask, (done, total) => send({ done, total })) })
} catch (thrown) {
  send({ error: toAppError(thrown).toData() })
}
