import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tileColumns } from '../../../dsp/tile'
import { makeAxis } from './frequency-axis'
import { TileCache } from './tile-cache'
import { colourTable } from './tile-paint'
import { type DrawnPicture, type Easel, type TileLook, TilePainter, type TileWindow } from './tile-painter'
import type { TilePlan } from './tile-plan'

/** A canvas that keeps its pixels, and scales by taking the nearest. Counts what is painted. */
class PixelCanvas {
  static made: PixelCanvas[] = []
  static painted = 0
  /** Pixels that were put together of columns, across; copies are not. */
  static scaled = 0
  private own = new Uint32Array(0)
  readonly canvas = this
  constructor(
    private wide = 0,
    readonly height = 4,
  ) {
    this.width = wide
    PixelCanvas.made.push(this)
  }
  get width(): number {
    return this.wide
  }
  set width(wide: number) {
    this.wide = wide
    this.own = new Uint32Array(wide * this.height)
  }
  getContext(): this {
    return this
  }
  at(x: number, y: number): number {
    return this.own[y * this.wide + x]!
  }
  clearRect(): void {
    this.own.fill(0)
  }
  transferToImageBitmap(): PixelCanvas {
    const given = new PixelCanvas(this.wide, this.height)
    given.own = this.own
    this.own = new Uint32Array(this.wide * this.height)
    return given
  }
  transferFromImageBitmap(given: PixelCanvas): void {
    expect([given.width, given.height]).toEqual([this.wide, this.height])
    this.own = given.own
  }
  putImageData(image: { data: Uint8ClampedArray }): void {
    PixelCanvas.painted++
    this.own.set(new Uint32Array(image.data.buffer))
  }
  drawImage(source: PixelCanvas, ...place: number[]): void {
    const [sx, sy, sw, sh, dx, dy, dw, dh] =
      place.length === 2 ? [0, 0, source.width, source.height, ...place, source.width, source.height] : place
    if (sw !== dw) PixelCanvas.scaled += Math.min(this.wide, dx! + dw!) - Math.max(0, dx!)
    for (let y = 0; y < dh!; y++)
      for (let x = 0; x < dw!; x++) {
        const [fromX, fromY] = [Math.floor(sx! + ((x + 0.5) * sw!) / dw!), Math.floor(sy! + ((y + 0.5) * sh!) / dh!)]
        const [toX, toY] = [dx! + x, dy! + y]
        const colour = fromX >= 0 && fromX < source.width ? source.at(fromX, fromY) : 0
        const isInside = toX >= 0 && toX < this.wide
        if (colour !== 0 && isInside && toY < this.height) this.own[toY * this.wide + toX] = colour
      }
  }
}

const sampleRateHz = 25_600
const look: TileLook = {
  axis: makeAxis('linear', sampleRateHz, null),
  level: 'decibel',
  floor: -80,
  ceiling: 0,
  colormap: 'magma',
}
const colours = colourTable('magma')
const settings = { columnLog2: 8, windowLog2: 9, window: 'hann', level: 'decibel', channel: 'mean' } as const
const coarse = { ...settings, columnLog2: 12 }
const overview: TilePlan = { settings: coarse, columnSamples: 4096, first: 0, last: 0 }
/** 0 to 255: another in each column. */
const levelOf = (column: number): number => (column * 37) % 251
const overviewLevel = 255
const width = 300
const step = 40
/** Two pixels a column of a hundredth of a second. */
const pixelsPerSecond = 200
const secondsOfTile = tileColumns / 100
/** Up to the middle of the last column. */
const clipSeconds = 4 * secondsOfTile - 0.01

function windowAt(startSeconds: number, zoom = pixelsPerSecond): TileWindow {
  return {
    clipId: 'a',
    clipStartSeconds: 0,
    clipPixels: Math.round(clipSeconds * zoom),
    firstPixel: Math.round(startSeconds * zoom),
    width,
    stepFirst: Math.floor((startSeconds * zoom) / step) * step,
    stepEnd: Math.floor((startSeconds * zoom) / step) * step + width + step,
    height: 4,
    pixelsPerSecond: zoom,
    sampleRateHz,
    planOf: (start, end) => ({
      settings,
      columnSamples: 256,
      first: Math.floor(Math.max(0, Math.round(start * 100)) / tileColumns),
      last: Math.min(3, Math.floor(Math.round(end * 100) / tileColumns)),
    }),
    overview,
  }
}

/** A cache to which tiles come when they are given. */
function open() {
  const waiting = new Map<string, (isExact: boolean) => void>()
  const cache = new TileCache({
    fetch: ({ settings: { columnLog2 }, index }, _signal, takesSketch) =>
      new Promise((resolve) =>
        waiting.set(`${columnLog2} ${index} ${takesSketch}`, (isExact) => {
          const values = new Int16Array(tileColumns * 3)
          for (let at = 0; at < values.length; at++) {
            const level = columnLog2 === 8 ? levelOf(index * tileColumns + Math.floor(at / 3)) : overviewLevel
            // A sketch is darker.
            values[at] = -8000 + Math.round(((isExact ? level : level / 2) / 255) * 8000)
          }
          resolve({ columns: tileColumns, bins: 3, values, isExact })
        }),
      ),
    onChange: () => undefined,
  })
  const tile = (index: number) => ({ clipId: 'a', settings, index })
  cache.want([{ clipId: 'a', settings: coarse, index: 0 }, ...[0, 1, 2, 3].map(tile)])
  const give = async (name: string, isExact = true): Promise<void> => {
    await vi.waitFor(() => expect(waiting.has(name)).toBe(true))
    waiting.get(name)!(isExact)
    await new Promise((done) => setTimeout(done))
  }
  const canvases: PixelCanvas[] = []
  const makeEasel = (): Easel => ({
    addCanvas() {
      canvases.push(new PixelCanvas())
      return canvases.at(-1) as unknown as HTMLCanvasElement
    },
  })
  const easel = makeEasel()
  const painter = new TilePainter(cache)
  const draw = (view: TileWindow, on = easel): DrawnPicture => painter.draw(on, view, look)
  /** Until there is nothing more to draw beside the screen. */
  function drawAll(view: TileWindow): DrawnPicture {
    for (let frame = 0; frame < 30; frame++) {
      const drawn = draw(view)
      if (drawn.isDone) return drawn
    }
    throw new Error('there is more to draw, again and again')
  }
  /** The colour of the column whose middle is nearest to a pixel's, in all that is shown; panels side by side, over the screen. */
  function expectColumns(startSeconds: number, levels = levelOf, drawn = draw(windowAt(startSeconds))): Shown {
    const seen = Math.round(startSeconds * pixelsPerSecond)
    let at = drawn.panels[0]!.firstPixel
    const first = at
    expect(first).toBeLessThanOrEqual(seen)
    for (const panel of drawn.panels) {
      const canvas = panel.canvas as unknown as PixelCanvas
      expect([panel.firstPixel, panel.width]).toEqual([at, canvas.width])
      at += panel.width
      for (const y of [0, 3])
        for (let x = 0; x < canvas.width; x++) {
          const column = Math.round((panel.firstPixel + x + 0.5) * (100 / pixelsPerSecond))
          if (canvas.at(x, y) !== colours[levels(column)])
            throw new Error(`pixel ${panel.firstPixel + x}, ${y} is not of column ${column}`)
        }
    }
    expect(new Set(drawn.panels.map(({ canvas }) => canvas)).size).toBe(drawn.panels.length)
    expect(at).toBeGreaterThanOrEqual(seen + width)
    return { first, end: at, drawn }
  }
  const reveal = (...indices: number[]): boolean => cache.reveal(indices.map(tile))
  return { give, draw, drawAll, expectColumns, painter, tile, reveal, canvases, makeEasel }
}

interface Shown {
  first: number
  end: number
  drawn: DrawnPicture
}

describe('the picture that is put together of tiles', () => {
  beforeEach(() => {
    PixelCanvas.made = []
    PixelCanvas.painted = 0
    PixelCanvas.scaled = 0
    vi.stubGlobal('OffscreenCanvas', PixelCanvas)
    vi.stubGlobal(
      'ImageData',
      class {
        readonly data: Uint8ClampedArray
        constructor(wide: number, high: number) {
          this.data = new Uint8ClampedArray(4 * wide * high)
        }
      },
    )
  })
  afterEach(() => vi.unstubAllGlobals())

  const all = ['12 0 true', '8 0 true', '8 1 true', '8 2 true', '8 3 true']

  it('has every column where its moment stands, across the border of two tiles', async () => {
    const { give, expectColumns, drawAll } = open()
    for (const name of all) await give(name)
    for (const startSeconds of [0, 0.5, secondsOfTile - 0.75, 2 * secondsOfTile - 0.1, clipSeconds - 1.5]) {
      expectColumns(startSeconds)
      expectColumns(startSeconds, levelOf, drawAll(windowAt(startSeconds)))
    }
  })

  it('is drawn on the screen at once, and a screen to either side a panel at a time', async () => {
    const { give, draw, drawAll, expectColumns } = open()
    for (const name of all) await give(name)
    const screen = draw(windowAt(4))
    expect(screen).toMatchObject({ isDone: false, panels: [{ firstPixel: 800, width }] })
    let before = screen.panels.length
    for (let frame = 0; frame < 4; frame++) {
      const { panels } = draw(windowAt(4))
      expect(panels.length).toBe(before + 1)
      before = panels.length
    }
    const { first, end } = expectColumns(4, levelOf, drawAll(windowAt(4)))
    expect(first).toBeLessThanOrEqual(800 - width)
    expect(end).toBeGreaterThanOrEqual(800 + 2 * width)
    expect(end - first).toBeLessThan(4.5 * width)
  })

  it('of a scroll draws what comes, once, in the canvases of what has gone; all that it brings until the next step is there', async () => {
    const { give, drawAll, expectColumns, canvases } = open()
    for (const name of all) await give(name)
    drawAll(windowAt(0))
    PixelCanvas.scaled = 0
    let { end } = expectColumns(0)
    const before = end
    for (let scrolled = 0; scrolled <= 1600; scrolled += step) {
      expectColumns(scrolled / pixelsPerSecond)
      end = expectColumns((scrolled + step - 1) / pixelsPerSecond).end
    }
    expect(PixelCanvas.scaled).toBe(end - before)
    // Each of the tiles, once.
    expect(PixelCanvas.painted).toBe(4)
    // Of nearly seven screens, four and a half are held.
    expect(canvases.length).toBe(9)
    for (let scrolled = 1600; scrolled >= 0; scrolled -= step) expectColumns(scrolled / pixelsPerSecond)
    expect(canvases.length).toBe(9)
  })

  it('ends where the clip does, and a whole clip on screen is drawn once', async () => {
    const { give, draw, drawAll, expectColumns } = open()
    for (const name of all) await give(name)
    expect(expectColumns(0, levelOf, drawAll(windowAt(0))).first).toBe(0)
    const last = clipSeconds - width / pixelsPerSecond
    const { end } = expectColumns(last, levelOf, drawAll(windowAt(last)))
    expect(end).toBe(Math.round(clipSeconds * pixelsPerSecond))
    const whole = { ...windowAt(0, width / clipSeconds), clipPixels: width }
    expect(draw(whole)).toMatchObject({ panels: [{ firstPixel: 0, width }], isDone: true })
    PixelCanvas.scaled = 0
    expect(draw(whole)).toMatchObject({ panels: [{ firstPixel: 0, width }], isDone: true })
    expect(PixelCanvas.scaled).toBe(0)
  })

  it('is drawn anew on another easel: that one is blank', async () => {
    const { give, draw, drawAll, expectColumns, makeEasel, canvases } = open()
    for (const name of all) await give(name)
    drawAll(windowAt(0))
    const before = new Set(canvases)
    const { panels } = draw(windowAt(0), makeEasel())
    expect(panels.some(({ canvas }) => before.has(canvas as unknown as PixelCanvas))).toBe(false)
    expectColumns(0)
  })

  it('keeps a canvas that is seen where all is another: no blank comes between', async () => {
    const { give, draw, drawAll } = open()
    for (const name of all) await give(name)
    const { panels } = drawAll(windowAt(1))
    const zoomed = draw(windowAt(1, 2 * pixelsPerSecond))
    expect(zoomed.panels.map(({ canvas }) => canvas)).toEqual([panels[0]!.canvas])
  })

  it('shows the overview where a tile has not come, and the tile as soon as it has; nothing is drawn beside without one', async () => {
    const { give, drawAll, expectColumns } = open()
    for (const name of ['12 0 true', '8 0 true', '8 2 true']) await give(name)
    const startSeconds = secondsOfTile - 0.75
    const isThere = (column: number): boolean => Math.floor(column / tileColumns) !== 1
    const drawn = drawAll(windowAt(startSeconds))
    const { end } = expectColumns(startSeconds, (column) => (isThere(column) ? levelOf(column) : overviewLevel), drawn)
    // The screen, and what the next step may bring.
    expect(end).toBeLessThan(startSeconds * pixelsPerSecond + 2 * width)
    await give('8 1 true')
    expectColumns(startSeconds)
    expect(expectColumns(startSeconds, levelOf, drawAll(windowAt(startSeconds))).end).toBeGreaterThan(end)
  })

  it('shows sketches until all whole tiles have come', async () => {
    const { give, drawAll, expectColumns, reveal } = open()
    for (const name of ['12 0 true', '8 2 true', '8 3 true']) await give(name)
    for (const name of ['8 0 true', '8 1 true']) await give(name, false)
    const startSeconds = secondsOfTile - 0.75
    drawAll(windowAt(startSeconds))
    const expectSketch = (): void => expect(() => expectColumns(startSeconds)).toThrow('is not of column')
    expectSketch()
    await give('8 0 false')
    expect(reveal(0, 1)).toBe(false)
    expectSketch()
    await give('8 1 false')
    expect(reveal(0, 1)).toBe(true)
    expectColumns(startSeconds, levelOf, drawAll(windowAt(startSeconds)))
  })

  it('paints ahead a tile at a time, with another look and without losing its own; what is painted is drawn as it is', async () => {
    const { give, draw, expectColumns, painter, tile } = open()
    for (const name of all) await give(name)
    expect(painter.paintAhead([tile(2)], look)).toBe(false)
    draw(windowAt(0))
    const before = PixelCanvas.painted
    expect(painter.paintAhead([tile(2), tile(3)], look)).toBe(true)
    expect(PixelCanvas.painted).toBe(before + 1)
    expect(painter.paintAhead([tile(2), tile(3)], look)).toBe(true)
    expect(painter.paintAhead([tile(2), tile(3)], look)).toBe(false)
    expectColumns(3 * secondsOfTile - 0.75)
    expect(PixelCanvas.painted).toBe(before + 2)
    expect(painter.paintAhead([tile(2)], { ...look, ceiling: -10 })).toBe(true)
    expectColumns(0)
  })

  it('of a zoom under way draws what is on the screen and no more', async () => {
    const { give, draw } = open()
    for (const name of all) await give(name)
    for (let frame = 0; frame < 5; frame++)
      expect(draw(windowAt(1, pixelsPerSecond * 1.02 ** frame))).toMatchObject({ panels: [{ width }], isDone: false })
    expect(draw(windowAt(1, pixelsPerSecond * 1.02 ** 4)).panels.length).toBeGreaterThan(1)
  })
})
