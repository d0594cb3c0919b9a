import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
}

/**
 * The file of `folder` that a URL's path names, or null where the path would leave the folder or is
 * written in a way that no link of ours is.
 */
export function fileOfPath(folder: string, pathname: string): string | null {
  let path: string
  try {
    path = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (!path.startsWith('/') || /[\\\0:]/.test(path)) return null
  const parts = path.slice(1).split('/')
  if (parts.some((part) => part === '..' || part === '.')) return null
  return join(folder, ...(path.endsWith('/') ? [...parts, 'index.html'] : parts))
}

/** Answers GET and HEAD with a file of the built page; anything else is 404. */
export async function respondWithFile(request: Request, pathname: string, folder: string): Promise<Response> {
  const file = fileOfPath(folder, pathname)
  const type = file === null ? undefined : mediaTypes[extname(file).toLowerCase()]
  if (file === null || type === undefined) return notFound()
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = await readFile(file)
  } catch {
    return notFound()
  }
  // Names under assets/ carry a hash of what is in them; the page itself must always be the newest.
  const cache = pathname.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-store'
  return new Response(request.method === 'HEAD' ? null : bytes, {
    headers: { 'content-type': type, 'content-length': String(bytes.length), 'cache-control': cache },
  })
}

function notFound(): Response {
  return new Response('Not found.', { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}
