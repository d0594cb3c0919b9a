import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { decodeAudio } from '../../formats/audio/decode-audio'
import type { DecodedAudio } from '../../formats/audio/decoded-audio'
import { AppError } from '../../shared/errors'

export interface OpenedRecording {
  audio: DecodedAudio
  sizeBytes: number
  modifiedMs: number
}

/**
 * Decoded files, the least recently used forgotten first. A file that has changed (size or time) is read again.
 * The newest stays whatever its size, or a long recording would be decoded for every question about it.
 */
export class RecordingCache {
  readonly #maxBytes: number
  readonly #kept = new Map<string, OpenedRecording>()
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get keptBytes(): number {
    return this.#bytes
  }

  /** The decoded file. Its samples are shared: copy before changing or transferring them. */
  async open(path: string): Promise<OpenedRecording> {
    const { sizeBytes, modifiedMs } = await statFile(path)
    const known = this.#kept.get(path)
    if (known && known.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs) {
      this.#kept.delete(path)
      this.#kept.set(path, known)
      return known
    }
    const audio = await decodeAudio(await readFile(path), path)
    return this.#keep(path, { audio, sizeBytes, modifiedMs })
  }

  /** Reads the file anew, with the SHA-256 of its bytes. */
  async openAndHash(path: string): Promise<OpenedRecording & { contentHash: string }> {
    const { sizeBytes, modifiedMs } = await statFile(path)
    const bytes = await readFile(path)
    const contentHash = createHash('sha256').update(bytes).digest('hex')
    const audio = await decodeAudio(bytes, path)
    return { ...this.#keep(path, { audio, sizeBytes, modifiedMs }), contentHash }
  }

  #keep(path: string, recording: OpenedRecording): OpenedRecording {
    this.#forget(path)
    this.#kept.set(path, recording)
    this.#bytes += sampleBytes(recording)
    for (const oldest of this.#kept.keys()) {
      if (this.#bytes <= this.#maxBytes || oldest === path) break
      this.#forget(oldest)
    }
    return recording
  }

  #forget(path: string): void {
    const known = this.#kept.get(path)
    if (!known) return
    this.#bytes -= sampleBytes(known)
    this.#kept.delete(path)
  }
}

function sampleBytes({ audio }: OpenedRecording): number {
  return audio.channels.reduce((sum, samples) => sum + samples.byteLength, 0)
}

async function statFile(path: string): Promise<{ sizeBytes: number; modifiedMs: number }> {
  const stats = await stat(path)
  if (!stats.isFile()) throw new AppError('bad-file', `${path}: not a file`, { hint: 'Give the path of a sound file.' })
  return { sizeBytes: stats.size, modifiedMs: Math.round(stats.mtimeMs) }
}
