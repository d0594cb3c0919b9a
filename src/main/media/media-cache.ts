import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { unfinishedName } from '../disk/unfinished-files'

/**
 * Small computed files under a catalog's `cache/`: a name made of the content's hash and the settings'
 * version, the bytes, and a checksum before them, so that a damaged file counts as none. The folder may be
 * deleted at any time.
 */
export class MediaCache {
  constructor(private readonly folder: string) {}

  /** The bytes, or null when there are none or they are damaged. */
  async read(key: string): Promise<Uint8Array | null> {
    const file = await readFile(this.place(key)).catch(() => null)
    if (!file || file.length < digestBytes) return null
    const bytes = file.subarray(digestBytes)
    return digest(bytes).equals(file.subarray(0, digestBytes)) ? new Uint8Array(bytes) : null
  }

  /** Keeps bytes; that they cannot be kept (a full disk) is no error, they are computed again next time. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    const place = this.place(key)
    // At the top, where what a killed process has left is found without looking through everything.
    const partial = unfinishedName(join(this.folder, basename(place)))
    try {
      await mkdir(dirname(place), { recursive: true })
      await writeFile(partial, Buffer.concat([digest(bytes), bytes]))
      await rename(partial, place)
    } catch {
      await rm(partial, { force: true }).catch(() => undefined)
    }
  }

  private place(key: string): string {
    const name = createHash('sha256').update(key).digest('hex')
    return join(this.folder, name.slice(0, 2), name.slice(2))
  }
}

const digestBytes = 16
const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, digestBytes)
