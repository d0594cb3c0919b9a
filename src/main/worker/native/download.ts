/** Downloads one pinned file; what an interrupted download left is continued. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout } from 'node:timers/promises'
import { AppError } from '../../../shared/errors'

export interface PinnedFile {
  file: string
  bytes: number
  sha256: string
}

export type OnBytes = (doneBytes: number, totalBytes: number) => void

export interface DownloadOptions {
  onBytes: OnBytes
  /** Stops it; what has arrived is kept. */
  signal?: AbortSignal
}

const attempts = 4

/** The SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) digest.update(chunk as Buffer)
  return digest.digest('hex')
}

/** Whether the file is there, whole and unchanged. */
export async function isWhole(path: string, pin: PinnedFile): Promise<boolean> {
  return (await sizeOf(path)) === pin.bytes && (await hashFile(path)) === pin.sha256
}

/**
 * Takes a finished download into use.
 *
 * @throws AppError 'bad-file' when its size or checksum differs; the file is deleted then, so that a next try begins anew
 */
export async function acceptDownload(path: string, target: string, pin: PinnedFile): Promise<void> {
  const bytes = await sizeOf(path)
  const sha256 = bytes === pin.bytes ? await hashFile(path) : null
  if (sha256 !== pin.sha256) {
    await rm(path, { force: true })
    const how =
      sha256 === null ? `has ${bytes} bytes instead of ${pin.bytes}` : `has the checksum ${sha256}, not ${pin.sha256}`
    throw new AppError('bad-file', `${pin.file} ${how}; it was deleted.`, {
      hint: 'Try again; if it happens again, your package index serves another file than PyPI.',
    })
  }
  if (path !== target) await rename(path, target)
}

/**
 * Downloads `url` to `target`. The bytes arrive in `target` + '.part', which a later call continues (HTTP Range), also
 * after this process died.
 *
 * @throws AppError 'backend-unavailable' when the network fails four times in a row, 'bad-file' as acceptDownload,
 *   'no-space' through the system's error
 */
export async function download(url: string, target: string, pin: PinnedFile, options: DownloadOptions): Promise<void> {
  const part = `${target}.part`
  if ((await sizeOf(part)) > pin.bytes) await rm(part, { force: true })
  let failure = ''
  let most = await sizeOf(part)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await sizeOf(part)
    if (before === pin.bytes) break
    try {
      await fetchOnto(url, part, before, pin, options)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (isDiskError(error)) throw error
      failure = describeNetworkError(error)
    }
    // Progress resets the count: a slow line that drops often still gets there.
    const bytes = await sizeOf(part)
    if (bytes > most) attempt = -1
    else if (bytes < pin.bytes) await setTimeout(250 * (attempt + 1), undefined, { signal: options.signal })
    most = Math.max(most, bytes)
  }
  if ((await sizeOf(part)) < pin.bytes)
    throw new AppError('backend-unavailable', `The download of ${pin.file} broke off (${failure}).`, {
      hint: 'Check the network and run the setup again; it goes on where it stopped.',
    })
  await acceptDownload(part, target, pin)
}

async function fetchOnto(
  url: string,
  part: string,
  from: number,
  pin: PinnedFile,
  options: DownloadOptions,
): Promise<void> {
  const { onBytes, signal } = options
  const headers = from > 0 ? { range: `bytes=${from}-` } : undefined
  const response = await fetch(url, { headers, signal })
  if (!response.ok || response.body === null) {
    await response.body?.cancel()
    throw new Error(`the server answered ${response.status}`)
  }
  // A server that knows no ranges sends all of it again.
  const isContinued = response.status === 206
  let done = isContinued ? from : 0
  const body = Readable.fromWeb(response.body as import('node:stream/web').ReadableStream)
  body.on('data', (chunk: Buffer) => onBytes((done += chunk.length), pin.bytes))
  body.pause()
  await pipeline(body, createWriteStream(part, { flags: isContinued ? 'a' : 'w' }), { signal })
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    return 0
  }
}

function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EFBIG', 'EACCES', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')
}

/** The system's word for what went wrong with a fetch. */
export function describeNetworkError(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.code ?? cause?.message ?? message
}
