/** Sound files opened for reading any span, in bounded memory. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { decodeAudio } from '../../formats/audio/decode-audio'
import type { SoundHeader } from '../../formats/audio/decoded-audio'
import { wavLayout } from '../../formats/audio/encode-wav'
import { frameBytesOf } from '../../formats/audio/pcm'
import { SoundReader } from '../../formats/audio/sound-reader'
import { BoundedFolder } from './bounded-folder'
import { decodedEncoding, decodeToFile } from './decode-to-file'
import { FileSource } from './file-source'
import type { Probe } from './media-task'
import { openMemory, openPcm, type OpenSound, openSequential } from './open-sound'

export interface SoundShelfOptions {
  /** Decoded samples kept in memory; the newest file stays whatever its size. */
  maxBytes: number
  /**
   * Where long compressed recordings are kept decoded. Null where there is no such place: then they are decoded again
   * and again, up to the span that is asked for.
   */
  decodedFolder: string | null
  /** Of that folder. Default 16 GiB. */
  maxDecodedBytes?: number
  /** Compressed files of more than this, decoded, are not held in memory. Default 64 MiB: three minutes of stereo. */
  inMemoryBytes?: number
}

/** A file of unknown length is taken for MP3 of 128 kbit/s: 22 bytes of samples for each of its own. */
const expansion = 22
const hashedBytes = 2 ** 20
const rememberedFiles = 64

interface Kept {
  sizeBytes: number
  modifiedMs: number
  sound: OpenSound
}

/**
 * Opens WAV and AIFF files in place; short compressed ones are decoded into memory, the least recently used forgotten
 * first; long ones are decoded once, into a file. A file that has changed (size or time) is opened again.
 */
export class SoundShelf {
  readonly #options: Required<SoundShelfOptions>
  readonly #decoded: BoundedFolder | null
  readonly #kept = new Map<string, Kept>()
  #bytes = 0

  constructor(options: SoundShelfOptions) {
    this.#options = { maxDecodedBytes: 16 * 2 ** 30, inMemoryBytes: 64 * 2 ** 20, ...options }
    const { decodedFolder, maxDecodedBytes } = this.#options
    this.#decoded = decodedFolder === null ? null : new BoundedFolder(decodedFolder, maxDecodedBytes)
  }

  get keptBytes(): number {
    return this.#bytes
  }

  /**
   * @param soundKey names the file's content, so that its decode is found again wherever the file is; without one the
   *   file counts as known by path, size and time
   * @throws AppError 'bad-file' as SoundReader says; 'no-space' while a long file is decoded
   */
  async open(path: string, soundKey?: string): Promise<OpenSound> {
    const { size: sizeBytes, mtimeMs } = await stat(path)
    const modifiedMs = Math.round(mtimeMs)
    const known = this.#kept.get(path)
    if (known && known.sizeBytes === sizeBytes && known.modifiedMs === modifiedMs && known.sound.isThere()) {
      this.#kept.delete(path)
      this.#kept.set(path, known)
      return known.sound
    }
    const key = soundKey ?? createHash('sha256').update(`${path}\n${sizeBytes}\n${modifiedMs}`).digest('hex')
    const sound = await this.#openNew(path, sizeBytes, key)
    this.#keep(path, { sizeBytes, modifiedMs, sound })
    return sound
  }

  /**
   * Decodes a long compressed file into the folder unless it is there; does nothing for any other.
   * @param onFrames how many samples per channel have been decoded, now and then
   */
  async prepare(
    path: string,
    soundKey: string,
    onFrames: (frames: number) => void,
    signal?: AbortSignal,
  ): Promise<void> {
    const { size } = await stat(path)
    const { header, isLinear } = readHeader(path)
    if (!this.#decoded || isLinear || !this.#isLong(header, size)) return
    if (this.#decoded.touch(nameOf(soundKey))) return
    this.#decoded.makeRoom(decodedBytes(header, size))
    await decodeToFile(path, this.#decoded.place(nameOf(soundKey)), onFrames, signal)
  }

  /** What a file is, with the SHA-256 of its bytes: all of it is read, in bounded memory. */
  async probe(path: string): Promise<Probe> {
    const source = new FileSource(path)
    try {
      const { size: sizeBytes, modifiedMs } = source
      const hash = createHash('sha256')
      for (let at = 0; at < sizeBytes; at += hashedBytes) hash.update(source.read(at, hashedBytes))
      const reader = new SoundReader(source, path)
      const frames = await reader.measure()
      const { format, sampleRateHz, channelCount } = reader.facts
      return {
        contentHash: hash.digest('hex'),
        sizeBytes,
        modifiedMs,
        format,
        sampleRateHz,
        channelCount,
        durationSeconds: frames / sampleRateHz,
        warning: reader.warning,
      }
    } finally {
      source.close()
    }
  }

  async #openNew(path: string, sizeBytes: number, soundKey: string): Promise<OpenSound> {
    const { header, isLinear } = readHeader(path)
    if (isLinear) return openPcm(path, path)
    if (!this.#isLong(header, sizeBytes)) return openMemory(await decodeAudio(await readFile(path), path))
    if (!this.#decoded) return openSequential(path)
    await this.prepare(path, soundKey, () => undefined)
    return openPcm(this.#decoded.place(nameOf(soundKey)), path, header)
  }

  #isLong(header: SoundHeader, sizeBytes: number): boolean {
    return decodedBytes(header, sizeBytes) > this.#options.inMemoryBytes
  }

  #keep(path: string, kept: Kept): void {
    this.#forget(path)
    this.#kept.set(path, kept)
    this.#bytes += kept.sound.heldBytes
    for (const oldest of this.#kept.keys()) {
      const isFull = this.#bytes > this.#options.maxBytes || this.#kept.size > rememberedFiles
      if (!isFull || oldest === path) break
      this.#forget(oldest)
    }
  }

  #forget(path: string): void {
    const known = this.#kept.get(path)
    if (!known) return
    this.#bytes -= known.sound.heldBytes
    this.#kept.delete(path)
    void known.sound.close()
  }
}

const nameOf = (soundKey: string): string => `${soundKey}.wav`

function readHeader(path: string): { header: SoundHeader; isLinear: boolean } {
  const source = new FileSource(path)
  try {
    const { facts, pcm } = new SoundReader(source, path)
    return { header: facts, isLinear: pcm !== null }
  } finally {
    source.close()
  }
}

function decodedBytes(header: SoundHeader, sizeBytes: number): number {
  const { channelCount, declaredSamples } = header
  if (declaredSamples === null) return sizeBytes * expansion
  return declaredSamples * frameBytesOf(wavLayout({ channelCount, encoding: decodedEncoding(header) }))
}
