/** The outline of a whole recording in a file: any part of it is read without the rest. */
import { open, type FileHandle } from 'node:fs/promises'
import { outlineBase, outlineFields, outlineStep } from '../../dsp/outline'

/** What one task computes: a whole number of entries of every level, about three quarters of a minute of sound at 48 kHz. */
export const outlineChunkFrames = outlineBase * outlineStep ** 6
/** 512 to 2 Mi samples an entry: the coarsest has two thousand entries for a whole day. */
export const outlineLevels = 7

/** "EOUT", then the version of the layout. */
const mark = 0x54554f45
const version = 2
const headerBytes = 32
const valueBytes = Float32Array.BYTES_PER_ELEMENT

export interface OutlineShape {
  /** Samples per channel of the recording. */
  frames: number
  channelCount: number
}

/** The mean of the channels, then each of them; one channel is its own mean. */
export const outlineTracks = ({ channelCount }: OutlineShape): number => (channelCount > 1 ? channelCount + 1 : 1)

export const entrySamples = (level: number): number => outlineBase * outlineStep ** level

export const countEntries = ({ frames }: OutlineShape, level: number): number => Math.ceil(frames / entrySamples(level))

function placeOf(shape: OutlineShape, level: number, track: number, entry: number): number {
  let values = 0
  for (let finer = 0; finer < level; finer++) values += countEntries(shape, finer) * outlineTracks(shape)
  values += countEntries(shape, level) * track + entry
  return headerBytes + values * outlineFields * valueBytes
}

const sizeOf = (shape: OutlineShape): number => placeOf(shape, outlineLevels, 0, 0)

function makeHeader({ frames, channelCount }: OutlineShape): Uint8Array {
  const view = new DataView(new ArrayBuffer(headerBytes))
  view.setUint32(0, mark, true)
  view.setUint32(4, version, true)
  view.setFloat64(8, frames, true)
  view.setUint32(16, channelCount, true)
  return new Uint8Array(view.buffer)
}

/** Writes the results of the tasks, in any order, into a file that counts as none until its header is written. */
export class OutlineWriter {
  private constructor(
    private readonly file: FileHandle,
    private readonly shape: OutlineShape,
  ) {}

  static async create(partial: string, shape: OutlineShape): Promise<OutlineWriter> {
    return new OutlineWriter(await open(partial, 'wx'), shape)
  }

  /** @param tables of every level one table a track: what the task 'outlineChunk' gives */
  async write(chunk: number, tables: Float32Array[]): Promise<void> {
    const tracks = outlineTracks(this.shape)
    for (const [index, table] of tables.entries()) {
      const level = Math.floor(index / tracks)
      const entry = (chunk * outlineChunkFrames) / entrySamples(level)
      const bytes = new Uint8Array(table.buffer, table.byteOffset, table.byteLength)
      await this.file.write(bytes, 0, bytes.length, placeOf(this.shape, level, index % tracks, entry))
    }
  }

  async finish(): Promise<void> {
    await this.file.write(makeHeader(this.shape), 0, headerBytes, 0)
    await this.file.close()
  }

  /** Lets go of the file without making it one that counts. */
  async abandon(): Promise<void> {
    await this.file.close().catch(() => undefined)
  }
}

/** Entries `from` to `to` (exclusive) of a level and a track. */
export interface OutlinePart {
  level: number
  track: number
  from: number
  to: number
}

/**
 * A part of an outline, chosen once it is known what the file is an outline of: opened once, because a waveform that waits
 * for the disk again and again comes behind the pictures that were asked for after it.
 * @returns null where there is no whole outline, or nothing was chosen
 */
export async function readOutline(
  place: string,
  choose: (shape: OutlineShape) => OutlinePart | null,
): Promise<Float32Array | null> {
  const file = await open(place, 'r').catch(() => null)
  if (!file) return null
  try {
    const [{ buffer, bytesRead }, { size }] = await Promise.all([
      file.read(new Uint8Array(headerBytes), 0, headerBytes, 0),
      file.stat(),
    ])
    const view = new DataView(buffer.buffer, buffer.byteOffset, headerBytes)
    if (bytesRead < headerBytes || view.getUint32(0, true) !== mark || view.getUint32(4, true) !== version) return null
    const shape = { frames: view.getFloat64(8, true), channelCount: view.getUint32(16, true) }
    const part = size === sizeOf(shape) ? choose(shape) : null
    if (!part) return null
    const { level, track, from, to } = part
    const values = new Float32Array((to - from) * outlineFields)
    await file.read(values, 0, values.byteLength, placeOf(shape, level, track, from))
    return values
  } finally {
    await file.close()
  }
}
