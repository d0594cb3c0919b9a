/** Draws the tiles that are there into the canvas on screen: painted once each, put together once a zoom, then only moved. */
import { tileColumns, tileStep } from '../../../dsp/tile'
import type { ColormapName } from '../../composables/colormaps'
import type { FrequencyAxis } from './frequency-axis'
import type { HeldTile, TileCache, WantedTile } from './tile-cache'
import { colourTable, paintTile, rowBins, type RowBins } from './tile-paint'
import type { TilePlan } from './tile-plan'

/** How tiles are painted. */
export interface TileLook {
  axis: FrequencyAxis
  level: 'decibel' | 'pcen'
  /** In dB (of a sine of full scale) or PCEN. */
  floor: number
  ceiling: number
  colormap: ColormapName
}

/** Where the picture stands, in seconds of the recording and device pixels. */
export interface TileWindow {
  clipId: string
  startSeconds: number
  pixelsPerSecond: number
  sampleRateHz: number
  /** Tiles of the span that these pixels show. */
  planOf(startSeconds: number, endSeconds: number): TilePlan | null
  /** Tiles of the whole, coarse, which stand in for those that have not come. */
  overview: TilePlan
}

/** The picture of three screens, from which scrolling copies pixels as they are. */
interface Page {
  key: string
  canvas: OffscreenCanvas
  /** Its first pixel, counted from the recording's beginning. */
  firstPixel: number
  /** What was not there, or only as a sketch: once one of these is another, the page is made again. */
  passing: Passing[]
}

interface Passing {
  tile: WantedTile
  drawn: HeldTile | null
}

/** What the pixels of a tile depend on beside its values. */
interface Paint {
  key: string
  /** By the number of bins. */
  rows: Map<number, RowBins>
  colours: Uint32Array
}

/** One for the clip that is shown and its neighbours: each may be as loud as it likes. */
const keptPaints = 3
const screensAside = 1

/** What is on a screen, or was when it began to fade. */
interface Shown {
  canvas: HTMLCanvasElement | OffscreenCanvas
  firstPixel: number
  pixelsPerSecond: number
}

/** Over which a picture gives way to a better one. */
const fadeMs = 240

export class TilePainter {
  /** The last used is the last. */
  private readonly paints = new Map<string, Paint>()
  private height = 0
  private strip: OffscreenCanvas | null = null
  private page: Page | null = null
  private lastKey = ''
  private shown: Shown | null = null
  private fading: (Shown & { sinceMs: number }) | null = null

  constructor(private readonly cache: TileCache) {}

  /**
   * Draws what is on screen; the canvas has its size in device pixels.
   * @returns whether it is to be drawn again in the next frame, because it fades
   */
  draw(context: CanvasRenderingContext2D, window: TileWindow, look: TileLook, nowMs: number): boolean {
    const firstPixel = Math.round(window.startSeconds * window.pixelsPerSecond)
    this.drawTiles(context, window, look, firstPixel)
    const { canvas } = context
    const { pixelsPerSecond } = window
    this.shown = { canvas, firstPixel, pixelsPerSecond }
    const { fading } = this
    const left = fading === null ? 0 : 1 - (nowMs - fading.sinceMs) / fadeMs
    if (fading === null || left <= 0 || fading.pixelsPerSecond !== pixelsPerSecond) {
      this.fading = null
      return false
    }
    context.globalAlpha = Math.min(1, left)
    context.drawImage(fading.canvas, fading.firstPixel - firstPixel, 0)
    context.globalAlpha = 1
    return true
  }

  /** What is on screen fades into what is drawn next. */
  fade(nowMs: number): void {
    const { shown } = this
    if (!shown || shown.canvas.width === 0 || shown.canvas.height === 0) return
    const canvas = new OffscreenCanvas(shown.canvas.width, shown.canvas.height)
    canvas.getContext('2d')!.drawImage(shown.canvas, 0, 0)
    this.fading = { ...shown, canvas, sinceMs: nowMs }
  }

  private drawTiles(context: CanvasRenderingContext2D, window: TileWindow, look: TileLook, firstPixel: number): void {
    const { width, height } = context.canvas
    this.height = height
    const paint = this.paintOf(look)
    const settings = window.planOf(window.startSeconds, window.startSeconds + width / window.pixelsPerSecond)?.settings
    const key = [paint.key, width, window.clipId, window.pixelsPerSecond, JSON.stringify(settings)].join(' ')
    // While the zoom changes from frame to frame, what lies aside would be drawn for nothing.
    const isSteady = key === this.lastKey
    this.lastKey = key
    if (!this.serves(key, firstPixel, width)) {
      if (!isSteady) {
        this.page = null
        this.drawSpan(context, window, look, firstPixel, width)
        return
      }
      const begin = Math.max(0, firstPixel - screensAside * width)
      const wide = firstPixel - begin + (1 + screensAside) * width
      const canvas =
        this.page?.canvas.width === wide && this.page.canvas.height === height
          ? this.page.canvas
          : new OffscreenCanvas(wide, height)
      const passing = this.drawSpan(canvas.getContext('2d', { alpha: false })!, window, look, begin, wide)
      this.page = { key, canvas, firstPixel: begin, passing }
    }
    const { canvas, firstPixel: begin } = this.page!
    context.drawImage(canvas, firstPixel - begin, 0, width, height, 0, 0, width, height)
  }

  /**
   * Paints one of the tiles that will be drawn with a look, as high as what was drawn last.
   * @returns whether there was one to paint
   */
  paintAhead(tiles: readonly WantedTile[], look: TileLook): boolean {
    if (this.height === 0) return false
    const { key } = this.paintOf(look)
    const tile = tiles.map((wanted) => this.cache.peek(wanted)).find((one) => one && one.painted?.key !== key)
    if (tile) this.canvasOf(tile, look)
    return Boolean(tile)
  }

  private paintOf({ axis, level, floor, ceiling, colormap }: TileLook): Paint {
    const { scale, lowHz, highHz, sampleRateHz } = axis
    const key = [scale, lowHz, highHz, sampleRateHz, level, floor, ceiling, colormap, this.height].join(' ')
    const paint = this.paints.get(key) ?? { key, rows: new Map(), colours: colourTable(colormap) }
    this.paints.delete(key)
    this.paints.set(key, paint)
    for (const old of this.paints.keys()) {
      if (this.paints.size <= keptPaints) break
      this.paints.delete(old)
    }
    return paint
  }

  /** Forgets what was drawn: the tiles are those of another clip. */
  clear(): void {
    this.page = null
    this.lastKey = ''
    this.shown = this.fading = null
  }

  private serves(key: string, firstPixel: number, width: number): boolean {
    const { page } = this
    return (
      page !== null &&
      page.key === key &&
      firstPixel >= page.firstPixel &&
      firstPixel + width <= page.firstPixel + page.canvas.width &&
      page.passing.every(({ tile, drawn }) => this.cache.peek(tile) === drawn)
    )
  }

  /** @returns the tiles that were not there, or are sketches */
  private drawSpan(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    window: TileWindow,
    look: TileLook,
    firstPixel: number,
    width: number,
  ): Passing[] {
    context.clearRect(0, 0, width, context.canvas.height)
    context.imageSmoothingEnabled = true
    context.imageSmoothingQuality = 'high'
    const startSeconds = firstPixel / window.pixelsPerSecond
    const detail = window.planOf(startSeconds, startSeconds + width / window.pixelsPerSecond)
    if (!detail) return []
    const passing = this.passingOf(window.clipId, detail)
    if (passing.some(({ drawn }) => drawn === null)) {
      passing.push(...this.passingOf(window.clipId, window.overview))
      this.drawPlan(context, window.overview, window, look, startSeconds, width)
    }
    this.drawPlan(context, detail, window, look, startSeconds, width)
    return passing
  }

  private passingOf(clipId: string, plan: TilePlan): Passing[] {
    const passing: Passing[] = []
    for (let index = plan.first; index <= plan.last; index++) {
      const tile = { clipId, settings: plan.settings, index }
      const drawn = this.cache.get(tile)
      if (!drawn?.isExact) passing.push({ tile, drawn })
    }
    return passing
  }

  private drawPlan(
    context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
    plan: TilePlan,
    { clipId, pixelsPerSecond, sampleRateHz }: TileWindow,
    look: TileLook,
    startSeconds: number,
    width: number,
  ): void {
    const { height } = context.canvas
    const perPixel = sampleRateHz / plan.columnSamples / pixelsPerSecond
    const startColumn = (startSeconds * sampleRateHz) / plan.columnSamples + 0.5
    const columns = (plan.last - plan.first + 1) * tileColumns
    // Put together column by column first: scaled one by one, tiles would show their edges.
    if (!this.strip || this.strip.width < columns || this.strip.height !== height)
      this.strip = new OffscreenCanvas(Math.max(columns, this.strip?.width ?? 0), height)
    const together = this.strip.getContext('2d')!
    together.clearRect(0, 0, this.strip.width, height)
    for (let index = plan.first; index <= plan.last; index++) {
      const tile = this.cache.get({ clipId, settings: plan.settings, index })
      if (tile) together.drawImage(this.canvasOf(tile, look), (index - plan.first) * tileColumns, 0)
    }
    const from = startColumn - plan.first * tileColumns
    context.drawImage(this.strip, from, 0, width * perPixel, height, 0, 0, width, height)
  }

  private canvasOf(tile: HeldTile, look: TileLook): OffscreenCanvas {
    const { height } = this
    const { axis, level, floor, ceiling } = look
    const { key, rows: known, colours } = this.paintOf(look)
    if (tile.painted?.key === key) return tile.painted.canvas
    const rows = known.get(tile.bins) ?? rowBins(axis, tile.bins, height)
    known.set(tile.bins, rows)
    const image = new ImageData(tile.columns, height)
    const step = tileStep[level]
    paintTile(tile, rows, colours, floor / step, ceiling / step, new Uint32Array(image.data.buffer))
    const before = tile.painted ? 4 * tile.painted.canvas.width * tile.painted.canvas.height : 0
    const canvas = new OffscreenCanvas(tile.columns, height)
    canvas.getContext('2d')!.putImageData(image, 0, 0)
    tile.painted = { key, canvas }
    this.cache.grow(4 * tile.columns * height - before)
    return canvas
  }
}
