import type { MediaRange } from '../../shared/contract/media'
import { toAppError } from '../../shared/errors'
import { parseByteRange } from './byte-range'

/** Bytes `start` to `end` (exclusive) of a clip's rendition: the contract's `media.readRange`. */
export type ReadRange = (clipId: string, start: number, end: number) => Promise<MediaRange>

const mediaPath = /^\/media\/([\w-]{1,100})\.wav$/
const chunkBytes = 1 << 20

/** Whether a URL's path is a clip's sound; its clip id, or null. */
export function clipIdOfPath(pathname: string): string | null {
  return mediaPath.exec(pathname)?.[1] ?? null
}

/** Answers GET and HEAD for a clip's sound, whole (200) or in part (206, 416); asks the host for one piece at a time. */
export async function respondWithMedia(request: Request, clipId: string, readRange: ReadRange): Promise<Response> {
  let size: MediaRange
  try {
    size = await readRange(clipId, 0, 0)
  } catch (thrown) {
    const error = toAppError(thrown)
    const status = error.code === 'not-found' || error.code === 'no-catalog' ? 404 : 500
    return new Response(error.message, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } })
  }
  const { totalBytes, mediaType } = size
  const headers = new Headers({
    'content-type': mediaType,
    'accept-ranges': 'bytes',
    // The clip's window or file may change; a stale sound beside a fresh picture would be a lie.
    'cache-control': 'no-store',
  })
  const range = parseByteRange(request.headers.get('range'), totalBytes)
  if (range === 'unsatisfiable') {
    headers.set('content-range', `bytes */${totalBytes}`)
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = range ?? { start: 0, end: totalBytes }
  headers.set('content-length', String(end - start))
  if (range) headers.set('content-range', `bytes ${start}-${end - 1}/${totalBytes}`)
  const body = request.method === 'HEAD' ? null : streamRange(clipId, start, end, readRange)
  return new Response(body, { status: range ? 206 : 200, headers })
}

function streamRange(clipId: string, start: number, end: number, readRange: ReadRange): ReadableStream<Uint8Array> {
  let position = start
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (position >= end) return controller.close()
        const { bytes } = await readRange(clipId, position, Math.min(end, position + chunkBytes))
        if (bytes.length === 0) throw new Error(`The sound of clip ${clipId} ended at byte ${position} of ${end}.`)
        position += bytes.length
        controller.enqueue(bytes)
        if (position >= end) controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}
