/** What both doors serve: the built page and clips' sound, with the same headers. */
import { clipIdOfPath, type ReadRange, respondWithMedia } from './respond-media'
import { respondWithFile } from './respond-static'
import { policyOf, securityHeaders } from './security-headers'

export interface Served {
  /** Folder of the built page (`out/renderer`). */
  rendererFolder: string
  readRange: ReadRange
}

/** Answers one request of the page. Who may ask is for the door to check before. */
export async function respond(request: Request, served: Served): Promise<Response> {
  const response = await route(request, served)
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value)
  response.headers.set('content-security-policy', policyOf(new URL(request.url).pathname))
  return response
}

async function route(request: Request, served: Served): Promise<Response> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return new Response('Only GET and HEAD are answered here.', { status: 405, headers: { allow: 'GET, HEAD' } })
  const { pathname } = new URL(request.url)
  const clipId = clipIdOfPath(pathname)
  if (clipId !== null) return respondWithMedia(request, clipId, served.readRange)
  return respondWithFile(request, pathname, served.rendererFolder)
}
