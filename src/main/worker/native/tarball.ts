/** Reads an npm package's tarball and checks it. They are small: all of it in memory. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { AppError } from '../../../shared/errors'

/**
 * The plain files of a .tgz, by path (npm's begin with "package/").
 *
 * @throws AppError 'bad-file' when it is no gzip, or ends in the middle of a file
 */
export function readTarball(packed: Uint8Array, name: string): Map<string, Buffer> {
  let bytes: Buffer
  try {
    bytes = gunzipSync(packed)
  } catch (error) {
    throw new AppError('bad-file', `${name} is not a whole tarball (${(error as Error).message}).`)
  }
  const files = new Map<string, Buffer>()
  let at = 0
  // POSIX ustar: headers of 512 bytes, each followed by its file, filled up to 512 bytes; an empty header ends it.
  while (at + 512 <= bytes.length && bytes[at] !== 0) {
    const text = (from: number, length: number): string => {
      const field = bytes.toString('utf8', at + from, at + from + length)
      return field.split('\0', 1)[0]!
    }
    const size = parseInt(text(124, 12).trim(), 8)
    const kind = text(156, 1)
    const prefix = text(345, 155)
    const path = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`
    if (!(size >= 0) || at + 512 + size > bytes.length)
      throw new AppError('bad-file', `${name} is damaged at ${path === '' ? 'its beginning' : path}.`)
    if (kind === '0' || kind === '') files.set(path, bytes.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

/** Whether bytes are what npm's integrity text ("sha512-…") says. */
export function hasIntegrity(packed: Uint8Array, integrity: string): boolean {
  return `sha512-${createHash('sha512').update(packed).digest('base64')}` === integrity
}

/**
 * Reads and checks a tarball.
 *
 * @throws AppError 'bad-file' when its checksum differs or it is damaged
 */
export async function readPinnedTarball(
  path: string,
  pin: { name: string; version: string; integrity: string },
): Promise<Map<string, Buffer>> {
  const packed = await readFile(path)
  if (!hasIntegrity(packed, pin.integrity))
    throw new AppError(
      'bad-file',
      `The package ${pin.name} ${pin.version} has a checksum that differs from Earmark’s.`,
      {
        hint: `Delete ${path} and try again; if it happens again, your npm registry serves another file.`,
      },
    )
  return readTarball(packed, `${pin.name} ${pin.version}`)
}
