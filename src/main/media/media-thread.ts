/** Entry of a media thread: takes one task after the other from the pool, answers with its result or its error. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../shared/errors'
import type { MediaMessage, MediaReply, MediaRequest } from './media-task'
import { runMediaTask } from './run-media-task'
import { SoundShelf, type SoundShelfOptions } from './sound-shelf'

const shelf = new SoundShelf(workerData as SoundShelfOptions)
const port = parentPort
if (!port) throw new Error('media-thread is started by MediaPool, not by itself')

const controllers = new Map<number, AbortController>()
/** One task after the other: none finds a file closed that it has opened. */
let last = Promise.resolve()

port.on('message', (message: MediaMessage) => {
  if ('cancel' in message) {
    controllers.get(message.cancel)?.abort()
    return
  }
  const controller = new AbortController()
  controllers.set(message.id, controller)
  last = last.then(async () => {
    const reply = await answer(message, controller)
    port.postMessage(reply, 'output' in reply ? findBuffers(reply.output) : [])
  })
})

async function answer({ id, kind, input }: MediaRequest, controller: AbortController): Promise<MediaReply> {
  try {
    controller.signal.throwIfAborted()
    const onProgress = (done: number): void => port!.postMessage({ id, done } satisfies MediaReply)
    return { id, output: await runMediaTask(kind, input, shelf, { onProgress, signal: controller.signal }) }
  } catch (thrown) {
    return { id, error: toAppError(thrown).toData() }
  } finally {
    controllers.delete(id)
  }
}

/** The memory behind the typed arrays of a result, which is handed over instead of copied. */
function findBuffers(output: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const value of Object.values(output).flat())
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) buffers.add(value.buffer)
  return [...buffers]
}
