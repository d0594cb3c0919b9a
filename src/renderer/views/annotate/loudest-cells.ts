/** How loud a spectrogram gets: what its colours are measured from. */
import { tileColumns } from '../../../dsp/tile'
import type { HeldTile, TileCache } from './tile-cache'
import type { TilePlan } from './tile-plan'

interface Span {
  id: string
  startSeconds: number
  endSeconds: number
  sampleRateHz: number | null
}

/** The loudest cell of each of some clips, looked for in the tiles of the whole clip as they come; each is read once. */
export class LoudestCells {
  private readonly clips = new Map<string, { steps: number; read: WeakSet<HeldTile> }>()

  constructor(private readonly cache: TileCache) {}

  /** @returns the steps of the loudest cell within the clip, in those tiles that are there; −∞ while there are none */
  of({ id, startSeconds, endSeconds, sampleRateHz }: Span, overview: TilePlan | null): number {
    const known = this.clips.get(id) ?? { steps: -Infinity, read: new WeakSet() }
    this.clips.set(id, known)
    if (!overview || !sampleRateHz) return known.steps
    const columnAt = (seconds: number): number => (seconds * sampleRateHz) / overview.columnSamples
    const [from, to] = [Math.round(columnAt(startSeconds)), Math.floor(columnAt(endSeconds))]
    for (let index = overview.first; index <= overview.last; index++) {
      const tile = this.cache.get({ clipId: id, settings: overview.settings, index })
      if (!tile || known.read.has(tile)) continue
      known.read.add(tile)
      const first = Math.max(0, from - index * tileColumns)
      const last = Math.min(tile.columns - 1, to - index * tileColumns)
      for (let at = first * tile.bins; at < (last + 1) * tile.bins; at++)
        known.steps = Math.max(known.steps, tile.values[at]!)
    }
    return known.steps
  }

  /** Forgets clips that are not among these. */
  keep(ids: readonly string[]): void {
    for (const id of this.clips.keys()) if (!ids.includes(id)) this.clips.delete(id)
  }

  /** Forgets all: the tiles mean something else now. */
  clear(): void {
    this.clips.clear()
  }
}
