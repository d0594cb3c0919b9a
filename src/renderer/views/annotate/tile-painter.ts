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

/** What of a clip is on screen; pixels are the device's, seconds and pixels are counted from the clip's beginning. */
export interface TileWindow {
  clipId: string
  /** Where the clip begins in its recording. */
  clipStartSeconds: number
  /** As wide as the whole clip is at this zoom. */
  clipPixels: number
  firstPixel: number
  width: number
  height: number
  pixelsPerSecond: number
  sampleRateHz: number
  /** Tiles of the span that these pixels show. */
  planOf(startSeconds: number, endSeconds: number): TilePlan | null
  /** Tiles of the whole, coarse, which stand in for those that have not come. */
  overview: TilePlan
}

/** What a canvas shows. */
export interface DrawnSpan {
  /** Counted from the clip's beginning, in device pixels. */
  firstPixel: number
  width: number
  /** False while the zoom changes: what lies aside of the screen is drawn once it rests. */
  isWide: boolean
}

interface Page extends DrawnSpan {
  key: string
  canvas: HTMLCanvasElement
  /** What was not there, or only as a sketch: once one of these is another, its pixels are drawn again. */
  passing: Passing[]
}

interface Passing {
  tile: WantedTile
  drawn: HeldTile | null
  /** Which pixels of the clip it stands in. */
  span: Span
}

/** From a pixel of the clip up to another. */
type Span = readonly [from: number, to: number]

/** What the pixels of a tile depend on beside its values. */
interface Paint {
  key: string
  /** By the number of bins. */
  rows: Map<number, RowBins>
  colours: Uint32Array
}

/** One for the clip that is shown and its neighbours: each may be as loud as it likes. */
const keptPaints = 3
/** A page reaches so many screens to either side. */
const screensAside = 1
/** Less than this share of a screen left aside: the page is drawn further on before its edge is seen. */
const leastAside = 0.25
/** So far to either side a pixel is smoothed with its neighbours, and somewhat further. */
const smoothedPixels = 8

function fit(canvas: HTMLCanvasElement | OffscreenCanvas, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
}

export class TilePainter {
  /** The last used is the last. */
  private readonly paints = new Map<string, Paint>()
  private height = 0
  private strip: OffscreenCanvas | null = null
  private drawing: OffscreenCanvas | null = null
  private page: Page | null = null
  private lastKey = ''

  constructor(private readonly cache: TileCache) {}

  /**
   * Has a canvas show what is on screen and a screen aside of it, so that a scroll only moves the canvas: it is drawn
   * further on, and made as wide as what it shows, when that no longer serves. It is given its pixels once: a canvas that could
   * be drawn on would be copied for every frame in which anything on the page moves.
   */
  draw(canvas: HTMLCanvasElement, window: TileWindow, look: TileLook): DrawnSpan {
    const { width, height, firstPixel, clipPixels, pixelsPerSecond } = window
    this.height = height
    const paint = this.paintOf(look)
    const settings = window.planOf(firstPixel / pixelsPerSecond, (firstPixel + width) / pixelsPerSecond)?.settings
    const key = [paint.key, width, window.clipId, pixelsPerSecond, JSON.stringify(settings)].join(' ')
    // While the zoom changes from frame to frame, what lies aside would be drawn for nothing.
    const isSteady = key === this.lastKey
    this.lastKey = key
    const { page } = this
    const isSame = page !== null && page.canvas === canvas && page.key === key && page.isWide
    const stale = isSame ? this.staleOf(page) : []
    if (isSame && stale.length === 0 && this.serves(page, window)) return page
    const aside = isSteady ? screensAside * width : 0
    const begin = Math.max(0, firstPixel - aside)
    const end = Math.max(begin + 1, Math.min(clipPixels, firstPixel + width + aside))
    const drawing = (this.drawing ??= new OffscreenCanvas(end - begin, height))
    fit(drawing, end - begin, height)
    // Blank: whatever was drawn before has been given away.
    const context = drawing.getContext('2d', { alpha: false })!
    const fresh = isSame ? this.carryOver(context, page, stale, begin, end) : [[begin, end] as const]
    for (const [from, to] of fresh) this.drawSpan(context, window, look, begin, from, to)
    fit(canvas, end - begin, height)
    const pixels = drawing.transferToImageBitmap()
    canvas.getContext('bitmaprenderer', { alpha: false })!.transferFromImageBitmap(pixels)
    const isWide = isSteady || (begin === 0 && end >= clipPixels)
    const passing = this.passingIn(window, begin, end)
    this.page = { key, canvas, firstPixel: begin, width: end - begin, isWide, passing }
    return this.page
  }

  /**
   * Copies what a page shows to where the next one has it.
   * @returns what is left to be drawn of the next, from `begin` to `end`
   */
  private carryOver(
    context: OffscreenCanvasRenderingContext2D,
    page: Page,
    stale: readonly Span[],
    begin: number,
    end: number,
  ): Span[] {
    // At its ends a page knew nothing of the columns further on, which smooth the pixels before them.
    const [first, last] = [page.firstPixel, page.firstPixel + page.width]
    const from = first === begin ? begin : Math.max(begin, first + smoothedPixels)
    const to = last === end ? end : Math.min(end, last - smoothedPixels)
    if (from >= to) return [[begin, end]]
    const { height } = this
    context.drawImage(page.canvas, from - first, 0, to - from, height, from - begin, 0, to - from, height)
    const spans: Span[] = [[begin, from], [to, end], ...stale]
    return spans
      .map(([left, right]): Span => [Math.max(begin, left), Math.min(end, right)])
      .filter(([left, right]) => left < right)
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
  }

  /** The pixels of a page whose tiles are others by now, with those that are smoothed with theirs. */
  private staleOf({ passing }: Page): Span[] {
    return passing
      .filter(({ tile, drawn }) => this.cache.peek(tile) !== drawn)
      .map(({ span: [from, to] }): Span => [from - smoothedPixels, to + smoothedPixels])
  }

  private serves(page: Page, { firstPixel, width, clipPixels }: TileWindow): boolean {
    const [begin, end] = [page.firstPixel, page.firstPixel + page.width]
    const least = leastAside * width
    return (begin === 0 || firstPixel - begin >= least) && (end >= clipPixels || end - firstPixel - width >= least)
  }

  /** Draws the pixels `from` to `to` of the clip into a context that begins at `begin`. */
  private drawSpan(
    context: OffscreenCanvasRenderingContext2D,
    window: TileWindow,
    look: TileLook,
    begin: number,
    from: number,
    to: number,
  ): void {
    context.save()
    context.beginPath()
    context.rect(from - begin, 0, to - from, this.height)
    context.clip()
    context.imageSmoothingEnabled = true
    context.imageSmoothingQuality = 'high'
    // A little further than is seen, as far as there is room: smoothed with what lies beside it, no joint shows.
    const [first, last] = [
      Math.max(begin, from - smoothedPixels),
      Math.min(begin + context.canvas.width, to + smoothedPixels),
    ]
    const detail = this.planIn(window, first, last)
    if (detail) {
      if (this.passingOf(window, detail).some(({ drawn }) => drawn === null))
        this.drawPlan(context, window.overview, window, look, begin, first, last)
      this.drawPlan(context, detail, window, look, begin, first, last)
    }
    context.restore()
  }

  private planIn({ planOf, pixelsPerSecond }: TileWindow, from: number, to: number): TilePlan | null {
    return planOf(from / pixelsPerSecond, to / pixelsPerSecond)
  }

  /** The tiles of a span that are not there, or are sketches; with those that stand in for them. */
  private passingIn(window: TileWindow, from: number, to: number): Passing[] {
    const detail = this.planIn(window, from, to)
    if (!detail) return []
    const passing = this.passingOf(window, detail)
    if (passing.some(({ drawn }) => drawn === null)) passing.push(...this.passingOf(window, window.overview))
    return passing
  }

  private passingOf(window: TileWindow, plan: TilePlan): Passing[] {
    const { clipId, clipStartSeconds, pixelsPerSecond, sampleRateHz } = window
    // A column stands around its moment.
    const pixelOf = (column: number): number =>
      (((column - 0.5) * plan.columnSamples) / sampleRateHz - clipStartSeconds) * pixelsPerSecond
    const passing: Passing[] = []
    for (let index = plan.first; index <= plan.last; index++) {
      const tile = { clipId, settings: plan.settings, index }
      const drawn = this.cache.get(tile)
      if (drawn?.isExact) continue
      const [from, to] = [index, index + 1].map((end) => pixelOf(end * tileColumns)) as [number, number]
      passing.push({ tile, drawn, span: [Math.floor(from), Math.ceil(to)] })
    }
    return passing
  }

  private drawPlan(
    context: OffscreenCanvasRenderingContext2D,
    plan: TilePlan,
    { clipId, clipStartSeconds, pixelsPerSecond, sampleRateHz }: TileWindow,
    look: TileLook,
    begin: number,
    from: number,
    to: number,
  ): void {
    const { height } = this
    const perPixel = sampleRateHz / plan.columnSamples / pixelsPerSecond
    const startColumn = ((clipStartSeconds + from / pixelsPerSecond) * sampleRateHz) / plan.columnSamples + 0.5
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
    const column = startColumn - plan.first * tileColumns
    const width = to - from
    context.drawImage(this.strip, column, 0, width * perPixel, height, from - begin, 0, width, height)
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
