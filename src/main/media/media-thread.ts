/** Entry of a media thread: takes one task after the other from the pool, answers with its result or its error. */
import { parentPort, workerData } from 'node:worker_threads'
import { toAppError } from '../../shared/errors'
import type { MediaReply, MediaRequest } from './media-task'
import { RecordingCache } from './recording-cache'
import { runMediaTask } from './run-media-task'

const { cacheBytes } = workerData as { cacheBytes: number }
const recordings = new RecordingCache(cacheBytes)
const port = parentPort
if (!port) throw new Error('media-thread is started by MediaPool, not by itself')

port.on('message', (request: MediaRequest) => {
  void answer(request).then((reply) => {
    port.postMessage(reply, 'output' in reply ? findBuffers(reply.output) : [])
  })
})

async function answer({ id, kind, input }: MediaRequest): Promise<MediaReply> {
  try {
    return { id, output: await runMediaTask(kind, input, recordings) }
  } catch (thrown) {
    return { id, error: toAppError(thrown).toData() }
  }
}

/** The memory behind the typed arrays of a result, which is handed over instead of copied. */
function findBuffers(output: object): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const value of Object.values(output).flat())
    if (ArrayBuffer.isView(value) && value.buffer instanceof ArrayBuffer) buffers.add(value.buffer)
  return [...buffers]
}
