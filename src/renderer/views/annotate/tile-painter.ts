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
  /** What a scroll may bring on screen before the next drawing begins with this pixel and ends before that one. */
  stepFirst: number
  stepEnd: number
  height: number
  pixelsPerSecond: number
  sampleRateHz: number
  /** Tiles of the span that these pixels show. */
  planOf(startSeconds: number, endSeconds: number): TilePlan | null
  /** Tiles of the whole, coarse, which stand in for those that have not come. */
  overview: TilePlan
}

/** Where a picture is shown: gives it blank canvases. One that is another has nothing yet of what was drawn. */
export interface Easel {
  addCanvas(): HTMLCanvasElement
}

/** A part of the picture, in a canvas of its own. */
export interface Panel {
  canvas: HTMLCanvasElement
  /** Counted from the clip's beginning, in device pixels. */
  firstPixel: number
  width: number
}

export interface DrawnPicture {
  /** From the left, side by side: all others are no longer shown. */
  panels: readonly Panel[]
  /** False while there is more to be drawn beside the screen: one panel at a time, for a frame has no time for more. */
  isDone: boolean
}

interface HeldPanel extends Panel {
  /** What was not there, or only as a sketch: once one of these is another, the panel is drawn again. */
  passing: Passing[]
}

interface Passing {
  tile: WantedTile
  drawn: HeldTile | null
}

/** From a pixel of the clip up to another. */
type Span = readonly [from: number, to: number]
type Side = 'before' | 'after'

const endOf = ({ firstPixel, width }: Panel): number => firstPixel + width
const isIn = (panel: Panel, [from, to]: Span): boolean => endOf(panel) > from && panel.firstPixel < to

/** What the pixels of a tile depend on beside its values. */
interface Paint {
  key: string
  /** By the number of bins. */
  rows: Map<number, RowBins>
  colours: Uint32Array
}

/** One for the clip that is shown and its neighbours: each may be as loud as it likes. */
const keptPaints = 3
/** So many screens to either side are drawn before they are seen. */
const screensAside = 1
/** Of a screen: what a scroll brings into sight is drawn in such parts. */
const panelShare = 0.5
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
  private easel: Easel | null = null
  /** Side by side, from the left: of one clip, at one zoom, with one look. */
  private panels: HeldPanel[] = []
  private panelsKey = ''

  constructor(private readonly cache: TileCache) {}

  /**
   * Draws what of the screen is not there yet or has become another, and if that is nothing, some of what lies beside it:
   * a scroll then only moves canvases. Each is given its pixels as they are, for one that could be drawn on would be copied
   * for every frame in which anything on the page moves.
   */
  draw(easel: Easel, window: TileWindow, look: TileLook): DrawnPicture {
    const { firstPixel, width, clipPixels, pixelsPerSecond } = window
    this.height = window.height
    const paint = this.paintOf(look)
    const settings = this.planIn(window, firstPixel, firstPixel + width)?.settings
    const key = [paint.key, width, window.clipId, pixelsPerSecond, JSON.stringify(settings)].join(' ')
    const screen: Span = [firstPixel, Math.max(firstPixel + 1, Math.min(clipPixels, firstPixel + width))]
    if (easel !== this.easel) this.panels = []
    const isOther = key !== this.panelsKey || !this.panels.some((panel) => isIn(panel, screen))
    this.easel = easel
    this.panelsKey = key
    if (isOther) {
      // All of the screen at once, in a canvas that was seen, so that no blank comes between. What lies beside it would be
      // drawn for nothing while the zoom changes from frame to frame.
      const canvas = this.panels[0]?.canvas ?? easel.addCanvas()
      const [from, to] = screen
      this.panels = [this.drawPanel({ canvas, firstPixel: from, width: to - from, passing: [] }, window, look)]
      return { panels: this.panels, isDone: to - from === clipPixels }
    }
    const seen: Span = [
      Math.min(firstPixel, window.stepFirst),
      Math.min(clipPixels, Math.max(screen[1], window.stepEnd)),
    ]
    const stale = this.panels.filter((panel) => this.isStale(panel) && isIn(panel, seen))
    for (const panel of stale) this.drawPanel(panel, window, look)
    let hasDrawn = stale.length > 0
    for (let side = this.nextSide(seen, clipPixels, 0); side; side = this.nextSide(seen, clipPixels, 0)) {
      this.extend(side, window, look)
      hasDrawn = true
    }
    const hasMore = hasDrawn || this.drawBeside(seen, window, look)
    return { panels: this.panels, isDone: !hasMore }
  }

  /** Draws one panel beside what is seen. @returns whether there was one to be drawn */
  private drawBeside(seen: Span, window: TileWindow, look: TileLook): boolean {
    const aside = Math.round(screensAside * window.width)
    const near: Span = [seen[0] - aside, seen[1] + aside]
    const stale = this.panels.find((panel) => this.isStale(panel) && isIn(panel, near))
    const side = this.nextSide(seen, window.clipPixels, aside)
    if (stale) this.drawPanel(stale, window, look)
    // Without its tiles it would be drawn for nothing: it waits until they come or it is seen.
    else if (side && this.hasTiles(window, this.spanBeside(side, window))) this.extend(side, window, look)
    else return false
    return true
  }

  /** On which side the panels reach less far beyond what is seen than they are to, if on any: the one where less is there. */
  private nextSide([from, to]: Span, clipPixels: number, aside: number): Side | null {
    const [begin, end] = [this.panels[0]!.firstPixel, endOf(this.panels.at(-1)!)]
    const before = begin > 0 ? from - begin : Infinity
    const after = end < clipPixels ? end - to : Infinity
    if (Math.min(before, after) >= aside) return null
    return after <= before ? 'after' : 'before'
  }

  private spanBeside(side: Side, { width, clipPixels }: TileWindow): Span {
    const wide = Math.max(1, Math.round(panelShare * width))
    const [begin, end] = [this.panels[0]!.firstPixel, endOf(this.panels.at(-1)!)]
    return side === 'after' ? [end, Math.min(clipPixels, end + wide)] : [Math.max(0, begin - wide), begin]
  }

  /** Adds a panel, in the canvas of the one at the other end where that is far from being seen again. */
  private extend(side: Side, window: TileWindow, look: TileLook): void {
    const [from, to] = this.spanBeside(side, window)
    const { firstPixel, width } = window
    const farthest = side === 'after' ? this.panels[0]! : this.panels.at(-1)!
    const reach = (screensAside + panelShare) * width
    const isFar = !isIn(farthest, [firstPixel - reach, firstPixel + width + reach])
    if (isFar) this.panels = this.panels.filter((panel) => panel !== farthest)
    const canvas = isFar ? farthest.canvas : this.easel!.addCanvas()
    const panel = this.drawPanel({ canvas, firstPixel: from, width: to - from, passing: [] }, window, look)
    this.panels = side === 'after' ? [...this.panels, panel] : [panel, ...this.panels]
  }

  /** @returns the panel */
  private drawPanel(panel: HeldPanel, window: TileWindow, look: TileLook): HeldPanel {
    const { canvas, firstPixel, width } = panel
    const { height } = this
    const drawing = (this.drawing ??= new OffscreenCanvas(width, height))
    fit(drawing, width, height)
    // Blank: whatever was drawn before has been given away.
    this.drawSpan(drawing.getContext('2d', { alpha: false })!, window, look, firstPixel, firstPixel + width)
    fit(canvas, width, height)
    const pixels = drawing.transferToImageBitmap()
    canvas.getContext('bitmaprenderer', { alpha: false })!.transferFromImageBitmap(pixels)
    panel.passing = this.passingIn(window, firstPixel, firstPixel + width)
    return panel
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
    this.panelsKey = ''
  }

  /** Whether the tiles of a panel are others by now. */
  private isStale({ passing }: HeldPanel): boolean {
    return passing.some(({ tile, drawn }) => this.cache.peek(tile) !== drawn)
  }

  private hasTiles(window: TileWindow, [from, to]: Span): boolean {
    const plan = this.planIn(window, from, to)
    return plan !== null && this.passingOf(window, plan).every(({ drawn }) => drawn !== null)
  }

  /** Draws the pixels `from` to `to` of the clip into a context that begins with them. */
  private drawSpan(
    context: OffscreenCanvasRenderingContext2D,
    window: TileWindow,
    look: TileLook,
    from: number,
    to: number,
  ): void {
    context.imageSmoothingEnabled = true
    context.imageSmoothingQuality = 'high'
    // Further than is seen: smoothed with what lies beside it, no joint shows.
    const [first, last] = [Math.max(0, from - smoothedPixels), Math.min(window.clipPixels, to + smoothedPixels)]
    const detail = this.planIn(window, first, last)
    if (!detail) return
    if (this.passingOf(window, detail).some(({ drawn }) => drawn === null))
      this.drawPlan(context, window.overview, window, look, from, first, last)
    this.drawPlan(context, detail, window, look, from, first, last)
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

  private passingOf({ clipId }: TileWindow, { settings, first, last }: TilePlan): Passing[] {
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const tile = { clipId, settings, index: first + index }
      return { tile, drawn: this.cache.get(tile) }
    }).filter(({ drawn }) => !drawn?.isExact)
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
