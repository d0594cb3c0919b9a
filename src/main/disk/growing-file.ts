import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { sweepUnfinished, unfinishedName } from './unfinished-files'

/** A file that is written piece by piece beside its place, and is there whole or not at all. */
export class GrowingFile {
  readonly #partial: string
  readonly #handle: number
  #isOpen = true
  #bytes = 0

  /** @throws what the system says, here and in all that follows, as for a full disk */
  constructor(readonly place: string) {
    sweepUnfinished(dirname(place), place)
    this.#partial = unfinishedName(place)
    this.#handle = openSync(this.#partial, 'w')
  }

  append(bytes: Uint8Array): void {
    this.#write(bytes, this.#bytes)
    this.#bytes += bytes.length
  }

  /**
   * Syncs the file and puts it in its place.
   * @param head what stands in place of its first bytes
   */
  finish(head: Uint8Array = new Uint8Array(0)): void {
    this.#write(head, 0)
    fsyncSync(this.#handle)
    this.#close()
    renameSync(this.#partial, this.place)
  }

  /** Leaves nothing. */
  abandon(): void {
    this.#close()
    rmSync(this.#partial, { force: true })
  }

  #write(bytes: Uint8Array, at: number): void {
    for (let offset = 0; offset < bytes.length;)
      offset += writeSync(this.#handle, bytes, offset, bytes.length - offset, at + offset)
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#handle)
    this.#isOpen = false
  }
}
