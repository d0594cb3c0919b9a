import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { ByteSource } from '../../formats/audio/byte-source'
import { AppError } from '../../shared/errors'

const windowBytes = 65_536

/**
 * A file's bytes by place. Small reads are answered from a window of 64 KiB, so that walking headers is cheap; large
 * ones go to the file. Synchronous, for threads that have nothing else to do meanwhile.
 */
export class FileSource implements ByteSource {
  readonly size: number
  readonly modifiedMs: number
  readonly #file: number
  #window = new Uint8Array(0)
  #windowAt = 0
  #windowLength = 0
  #large = new Uint8Array(0)
  #isOpen = true

  /** @throws AppError 'bad-file' for a folder or a device; what the system says where the file cannot be opened */
  constructor(path: string) {
    this.#file = openSync(path, 'r')
    const stats = fstatSync(this.#file)
    if (!stats.isFile()) {
      closeSync(this.#file)
      throw new AppError('bad-file', `${path}: not a file`, { hint: 'Give the path of a sound file.' })
    }
    this.size = stats.size
    this.modifiedMs = Math.round(stats.mtimeMs)
  }

  read(at: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - at))
    if (wanted > windowBytes) {
      if (this.#large.length < wanted) this.#large = new Uint8Array(wanted)
      return this.#large.subarray(0, this.#fill(this.#large, at, wanted))
    }
    if (at < this.#windowAt || at + wanted > this.#windowAt + this.#windowLength) {
      if (this.#window.length === 0) this.#window = new Uint8Array(windowBytes)
      this.#windowAt = at
      this.#windowLength = this.#fill(this.#window, at, windowBytes)
    }
    const from = at - this.#windowAt
    return this.#window.subarray(from, Math.min(from + wanted, this.#windowLength))
  }

  close(): void {
    if (this.#isOpen) closeSync(this.#file)
    this.#isOpen = false
  }

  /** Reads until there is no more: a system may give less at a time than was asked for. */
  #fill(into: Uint8Array, at: number, length: number): number {
    let done = 0
    while (done < length) {
      const read = readSync(this.#file, into, done, length - done, at + done)
      if (read === 0) break
      done += read
    }
    return done
  }
}
