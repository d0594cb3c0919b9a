import type { SpectrogramTile, TileRequestSettings } from '../../../shared/contract/media'
import { tileKey } from './tile-plan'

export interface WantedTile {
  /** Of which clip's recording. */
  clipId: string
  settings: TileRequestSettings
  index: number
}

/** A tile in memory, with its picture once it has been painted. */
export interface HeldTile extends SpectrogramTile {
  painted: { key: string; canvas: OffscreenCanvas } | null
  /** Of a sketch: what takes its place when `reveal` says so. */
  whole: SpectrogramTile | null
}

export interface TileCacheOptions {
  /** @param takesSketch false once there is one, and the whole is wanted */
  fetch(tile: WantedTile, signal: AbortSignal, takesSketch: boolean): Promise<SpectrogramTile>
  /** A tile has come, or could not (`error`). */
  onChange(error: unknown, tile: WantedTile): void
  /** Values and pictures together. */
  maxBytes?: number
}

/** The host has as many threads as cores: more would only wait, and could not be put in another order. */
const atOnce = 3
/** To look at every sample of hours takes a thread seconds: the others are there for what is asked next. */
const wholesAtOnce = 1

const keyOf = ({ clipId, settings, index }: WantedTile): string => `${clipId} ${tileKey(settings, index)}`

/**
 * Tiles in memory, of the clip that is shown and of those that may come next: asks the host for those that are wanted, the first first; then,
 * where only a sketch came, for the whole tile, which takes its place when all beside it are there too; gives up what is no
 * longer wanted; forgets what was not used for longest beyond `maxBytes`.
 */
export class TileCache {
  private readonly held = new Map<string, HeldTile>()
  private readonly underWay = new Map<string, { controller: AbortController; takesSketch: boolean }>()
  private readonly failed = new Set<string>()
  private wanted: WantedTile[] = []
  /** In the order in which sketches are replaced. */
  private wantedWhole: WantedTile[] = []
  private bytes = 0

  constructor(private readonly options: TileCacheOptions) {}

  get heldBytes(): number {
    return this.bytes
  }

  /** The tile if it is there; it counts as used. */
  get(wanted: WantedTile): HeldTile | null {
    const key = keyOf(wanted)
    const tile = this.held.get(key)
    if (!tile) return null
    this.held.delete(key)
    this.held.set(key, tile)
    return tile
  }

  /** The same without counting as use. */
  peek(wanted: WantedTile): HeldTile | null {
    return this.held.get(keyOf(wanted)) ?? null
  }

  /**
   * Says which tiles are wanted now, the most urgent first; all others under way are given up.
   * @param seen those of them that are looked at: the first to be whole
   */
  want(tiles: WantedTile[], seen: WantedTile[] = []): void {
    this.wanted = tiles
    this.wantedWhole = [...seen, ...tiles]
    const keys = new Set(tiles.map(keyOf))
    for (const [key, { controller }] of this.underWay)
      if (!keys.has(key)) {
        controller.abort()
        this.underWay.delete(key)
      }
    this.ask()
  }

  /**
   * Puts whole tiles in the place of sketches once nothing more is to come of these, all at once: a whole one looks louder
   * than a sketch, and one by one their borders would show.
   * @returns whether any was put
   */
  reveal(tiles: readonly WantedTile[]): boolean {
    if (tiles.some((tile) => this.isToCome(tile))) return false
    let hasPut = false
    for (const key of tiles.map(keyOf)) {
      const sketch = this.held.get(key)
      if (!sketch?.whole) continue
      const tile = { ...sketch.whole, painted: null, whole: null }
      this.bytes += bytesOf(tile) - bytesOf(sketch)
      this.held.set(key, tile)
      hasPut = true
    }
    return hasPut
  }

  /** Whether a tile, or the whole of one that is a sketch, is still waited for. */
  private isToCome(wanted: WantedTile): boolean {
    const key = keyOf(wanted)
    const tile = this.held.get(key)
    return !this.failed.has(key) && !(tile && (tile.isExact || tile.whole))
  }

  /** Notes that a tile has a picture of so many bytes more. */
  grow(bytes: number): void {
    this.bytes += bytes
    this.shrink()
  }

  /** What could not be had may be asked for again. */
  forgive(): void {
    this.failed.clear()
  }

  clear(): void {
    for (const { controller } of this.underWay.values()) controller.abort()
    this.underWay.clear()
    this.held.clear()
    this.failed.clear()
    this.wanted = []
    this.wantedWhole = []
    this.bytes = 0
  }

  private ask(): void {
    const absent = this.wanted.filter((tile) => !this.held.has(keyOf(tile)) && !this.failed.has(keyOf(tile)))
    for (const tile of absent) this.fetch(tile, true)
    // Whatever is to be seen is there first: a whole tile would have it wait.
    if (absent.length > 0) return
    for (const tile of this.wantedWhole) {
      const wholes = [...this.underWay.values()].filter(({ takesSketch }) => !takesSketch)
      if (wholes.length >= wholesAtOnce) return
      if (this.held.has(keyOf(tile)) && this.isToCome(tile)) this.fetch(tile, false)
    }
  }

  private fetch(tile: WantedTile, takesSketch: boolean): void {
    const key = keyOf(tile)
    if (this.underWay.size >= atOnce || this.underWay.has(key) || this.failed.has(key)) return
    const controller = new AbortController()
    this.underWay.set(key, { controller, takesSketch })
    this.options.fetch(tile, controller.signal, takesSketch).then(
      (found) => this.settle(tile, controller, found, null),
      (thrown: unknown) => this.settle(tile, controller, null, thrown),
    )
  }

  private settle(wanted: WantedTile, controller: AbortController, tile: SpectrogramTile | null, error: unknown): void {
    const key = keyOf(wanted)
    if (this.underWay.get(key)?.controller !== controller) return
    this.underWay.delete(key)
    if (tile) {
      const sketch = this.held.get(key)
      if (sketch) sketch.whole = tile
      else this.held.set(key, { ...tile, painted: null, whole: null })
      this.bytes += tile.values.byteLength
      this.shrink()
    } else this.failed.add(key)
    this.options.onChange(error, wanted)
    this.ask()
  }

  private shrink(): void {
    const most = this.options.maxBytes ?? 128 * 2 ** 20
    const kept = new Set(this.wanted.map(keyOf))
    for (const [key, tile] of this.held) {
      if (this.bytes <= most) return
      if (kept.has(key)) continue
      this.held.delete(key)
      this.bytes -= bytesOf(tile)
    }
  }
}

const bytesOf = ({ values, painted, whole }: HeldTile): number =>
  values.byteLength + (whole?.values.byteLength ?? 0) + (painted ? 4 * painted.canvas.width * painted.canvas.height : 0)
