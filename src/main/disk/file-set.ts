import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { sweepUnfinished, unfinishedName } from './unfinished-files'

/** Files that appear together: each is written and synced beside its place, and all are renamed at the end. */
export class FileSet {
  readonly #written: { file: string; partial: string }[] = []

  /** @throws what the system says, as for a full disk */
  add(file: string, content: string | Uint8Array): void {
    sweepUnfinished(dirname(file), file)
    const partial = unfinishedName(file)
    this.#written.push({ file, partial })
    const handle = openSync(partial, 'w')
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content
      for (let offset = 0; offset < bytes.length;) offset += writeSync(handle, bytes, offset)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
  }

  /** Puts all files in their places. */
  finish(): void {
    for (const { file, partial } of this.#written) renameSync(partial, file)
    this.#written.length = 0
  }

  /** Leaves nothing of what is not in its place yet. */
  abandon(): void {
    for (const { partial } of this.#written) rmSync(partial, { force: true })
    this.#written.length = 0
  }
}
