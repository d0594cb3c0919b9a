import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { framesPerColumn, sketchWindows, type Tile, tileColumns, tileVersion } from '../../../dsp/tile'
import type { SpectrogramTile, TileRequestSettings } from '../../../shared/contract/media'
import { unfinishedName } from '../../disk/unfinished-files'
import { BoundedFolder } from '../../media/bounded-folder'
import type { MediaPool } from '../../media/media-pool'

export interface TileDeskOptions {
  folder: string
  run: MediaPool['run']
  /** Of the folder. Default 2 GiB. */
  maxBytes?: number
}

export interface TileRequest {
  settings: TileRequestSettings
  index: number
  /** A sketch will do where the tile is not kept and takes long. */
  takesSketch?: boolean | undefined
}

/** A tile of fewer samples takes no more than a tenth of a second, and nobody needs a sketch of it. */
const longSamples = 2 ** 24
/** Room is made once for so many bytes: looking through thousands of files is not for every tile. */
const sweepEveryBytes = 64 * 2 ** 20
const digestBytes = 16
const headerBytes = digestBytes + 8

/**
 * Tiles of spectrograms, kept on disk under the hash of the recording's content and of everything they are computed
 * with. A file is written whole or not at all, and one that is damaged counts as none.
 */
export class TileDesk {
  private readonly kept: BoundedFolder
  private unswept = sweepEveryBytes

  constructor(private readonly options: TileDeskOptions) {
    this.kept = new BoundedFolder(options.folder, options.maxBytes ?? 2 * 2 ** 30)
  }

  /** @param sound its file, and the name of its content */
  async tile(
    sound: { path: string; soundKey: string },
    { settings: request, index, takesSketch = false }: TileRequest,
    signal?: AbortSignal,
  ): Promise<SpectrogramTile> {
    const { path, soundKey } = sound
    const { columnLog2, windowLog2, window, level, channel } = request
    const key = [soundKey, tileVersion, columnLog2, windowLog2, window, level, channel, index].join(' ')
    const name = createHash('sha256').update(key).digest('hex')
    const known = await this.read(name)
    if (known) return { ...known, isExact: true }
    const settings = { columnSamples: 2 ** columnLog2, windowSamples: 2 ** windowLog2, window, level }
    const isLong = tileColumns * settings.columnSamples >= longSamples && framesPerColumn(settings) > sketchWindows
    const isSketch = takesSketch && isLong
    const tile = await this.options.run('tile', { path, soundKey, channel, settings, index, isSketch }, { signal })
    // Of a sketch nothing is kept: who sees it asks for the whole next.
    if (!isSketch) await this.write(name, tile)
    return { ...tile, isExact: !isSketch }
  }

  private async read(name: string): Promise<Tile | null> {
    const file = await readFile(this.kept.place(name)).catch(() => null)
    if (!file || file.length < headerBytes) return null
    const body = file.subarray(digestBytes)
    if (!digest(body).equals(file.subarray(0, digestBytes))) return null
    const [columns, bins] = [file.readUInt32LE(digestBytes), file.readUInt32LE(digestBytes + 4)]
    if (file.length !== headerBytes + columns * bins * Int16Array.BYTES_PER_ELEMENT) return null
    this.kept.touch(name)
    const values = new Int16Array(columns * bins)
    new Uint8Array(values.buffer).set(file.subarray(headerBytes))
    return { columns, bins, values }
  }

  /** That a tile cannot be kept (a full disk) is no error: it is computed again next time. */
  private async write(name: string, { columns, bins, values }: Tile): Promise<void> {
    const body = Buffer.alloc(8 + values.byteLength)
    body.writeUInt32LE(columns, 0)
    body.writeUInt32LE(bins, 4)
    body.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 8)
    const partial = unfinishedName(this.kept.place(name))
    try {
      this.unswept += body.length
      if (this.unswept > sweepEveryBytes) {
        this.unswept = 0
        this.kept.makeRoom(sweepEveryBytes)
      }
      await mkdir(this.kept.path, { recursive: true })
      await writeFile(partial, Buffer.concat([digest(body), body]))
      await rename(partial, this.kept.place(name))
    } catch {
      await rm(partial, { force: true }).catch(() => undefined)
    }
  }
}

const digest = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest().subarray(0, digestBytes)
