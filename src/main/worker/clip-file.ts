import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { SoundContainer } from '../../formats/exporters/export-plan'
import type { ClipList, ExportClip } from '../../shared/job/manifest'

const chunkBytes = 1 << 20
const newline = 0x0a

/** A clip as it was found before the export: what kind of file its recording is. */
export type FoundClip = ExportClip & { container: SoundContainer | null }

const containers: readonly (SoundContainer | null)[] = [null, 'wav', 'ogg', 'flac', 'mp3', 'aiff']

/**
 * The clips of a file of JSON lines. In memory are the places of its lines, eight bytes a clip, and one piece of the file.
 * Reading is synchronous: exporters are plain generators.
 */
export class ClipFile implements ClipList {
  private readonly file: number
  /** Where each line begins, and where the last one ends. */
  private readonly offsets: Float64Array
  /** The piece of the file that `at` has read last. */
  private window = { start: 0, bytes: Buffer.alloc(0) }

  constructor(path: string) {
    this.file = openSync(path, 'r')
    this.offsets = findLines(this.file)
  }

  get length(): number {
    return this.offsets.length - 1
  }

  at(index: number): ExportClip | undefined {
    if (!(index >= 0 && index < this.length)) return undefined
    const start = this.offsets[index]!
    const end = this.offsets[index + 1]!
    const { window } = this
    if (start < window.start || end > window.start + window.bytes.length) {
      const bytes = Buffer.allocUnsafe(Math.max(end - start, 1 << 16))
      const length = readSync(this.file, bytes, 0, bytes.length, start)
      this.window = { start, bytes: bytes.subarray(0, length) }
    }
    const from = start - this.window.start
    return JSON.parse(this.window.bytes.toString('utf8', from, from + end - start)) as ExportClip
  }

  *[Symbol.iterator](): Generator<ExportClip> {
    yield* this.walk(null)
  }

  /** The clips whose places are marked, in order. @param marks one for each clip, 0 to leave it out; null for all */
  *walk(marks: Uint8Array | null): Generator<ExportClip> {
    let start = 0
    let bytes = Buffer.alloc(0)
    for (let index = 0; index < this.length; index++) {
      if (marks?.[index] === 0) continue
      const from = this.offsets[index]!
      const to = this.offsets[index + 1]!
      if (to > start + bytes.length || from < start) {
        bytes = Buffer.allocUnsafe(Math.max(to - from, chunkBytes))
        start = from
        bytes = bytes.subarray(0, readSync(this.file, bytes, 0, bytes.length, from))
      }
      yield JSON.parse(bytes.toString('utf8', from - start, to - start)) as ExportClip
    }
  }

  close(): void {
    closeSync(this.file)
  }
}

function findLines(file: number): Float64Array {
  const size = fstatSync(file).size
  let offsets = new Float64Array(1024)
  let count = 1
  const bytes = Buffer.allocUnsafe(chunkBytes)
  for (let start = 0; start < size;) {
    const length = readSync(file, bytes, 0, bytes.length, start)
    if (length === 0) break
    const piece = bytes.subarray(0, length)
    for (let at = piece.indexOf(newline); at >= 0; at = piece.indexOf(newline, at + 1)) {
      if (count === offsets.length) {
        const more = new Float64Array(offsets.length * 2)
        more.set(offsets)
        offsets = more
      }
      offsets[count++] = start + at + 1
    }
    start += length
  }
  return offsets.slice(0, count)
}

/** The clips of a file that can be exported, each with what its recording is; made by marking one after the other. */
export class FoundClips implements ClipList {
  /** For each clip of the file 0, or one more than the place of its container in the list of them. */
  private readonly marks: Uint8Array
  private places: Uint32Array | null = null
  private count = 0

  constructor(private readonly file: ClipFile) {
    this.marks = new Uint8Array(file.length)
  }

  /** Takes a clip in. @param index its place in the file */
  mark(index: number, container: SoundContainer | null): void {
    this.marks[index] = 1 + containers.indexOf(container)
    this.count++
    this.places = null
  }

  get length(): number {
    return this.count
  }

  at(index: number): FoundClip | undefined {
    this.places ??= Uint32Array.from(this.listPlaces())
    const place = this.places[index]
    const clip = place === undefined ? undefined : this.file.at(place)
    return clip && Object.assign(clip, { container: this.containerAt(place!) })
  }

  *[Symbol.iterator](): Generator<FoundClip> {
    const places = this.listPlaces()
    for (const clip of this.file.walk(this.marks)) {
      const place = places.next().value as number
      yield Object.assign(clip, { container: this.containerAt(place) })
    }
  }

  private containerAt(place: number): SoundContainer | null {
    return containers[this.marks[place]! - 1] ?? null
  }

  private *listPlaces(): Generator<number> {
    for (let place = 0; place < this.marks.length; place++) if (this.marks[place] !== 0) yield place
  }
}
