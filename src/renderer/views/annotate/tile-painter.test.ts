import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { tileColumns } from '../../../dsp/tile'
import { makeAxis } from './frequency-axis'
import { TileCache } from './tile-cache'
import { colourTable } from './tile-paint'
import { type DrawnSpan, type TileLook, TilePainter, type TileWindow } from './tile-painter'
import type { TilePlan } from './tile-plan'

/** A canvas that keeps its pixels, and scales by taking the nearest. Counts what is painted. */
class PixelCanvas {
  static made: PixelCanvas[] = []
  static painted = 0
  /** Pixels that were put together of columns, across; copies are not. */
  static scaled = 0
  private own = new Uint32Array(0)
  private clipped = [0, Infinity]
  private box = [0, Infinity]
  readonly canvas = this
  constructor(
    private wide: number,
    readonly height: number,
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
  save(): void {}
  beginPath(): void {}
  rect(x: number, _y: number, wide: number): void {
    this.box = [x, x + wide]
  }
  clip(): void {
    this.clipped = this.box
  }
  restore(): void {
    this.clipped = [0, Infinity]
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
    if (sw !== dw) PixelCanvas.scaled += dw!
    for (let y = 0; y < dh!; y++)
      for (let x = 0; x < dw!; x++) {
        const [fromX, fromY] = [Math.floor(sx! + ((x + 0.5) * sw!) / dw!), Math.floor(sy! + ((y + 0.5) * sh!) / dh!)]
        const [toX, toY] = [dx! + x, dy! + y]
        const colour = fromX >= 0 && fromX < source.width ? source.at(fromX, fromY) : 0
        const isInside = toX >= Math.max(0, this.clipped[0]!) && toX < Math.min(this.wide, this.clipped[1]!)
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
  const canvas = new PixelCanvas(0, 4)
  const painter = new TilePainter(cache)
  const draw = (view: TileWindow): DrawnSpan => painter.draw(canvas as unknown as HTMLCanvasElement, view, look)
  /** The colour of the column whose middle is nearest to a pixel's, in all that the canvas shows. */
  function expectColumns(startSeconds: number, levels = levelOf): DrawnSpan {
    const drawn = draw(windowAt(startSeconds))
    const seen = Math.round(startSeconds * pixelsPerSecond)
    expect(drawn.width).toBe(canvas.width)
    expect(drawn.firstPixel).toBeLessThanOrEqual(seen)
    expect(drawn.firstPixel + drawn.width).toBeGreaterThanOrEqual(seen + width)
    for (const y of [0, 3])
      for (let x = 0; x < canvas.width; x++) {
        const column = Math.round((drawn.firstPixel + x + 0.5) * (100 / pixelsPerSecond))
        if (canvas.at(x, y) !== colours[levels(column)]) throw new Error(`pixel ${x}, ${y} is not of column ${column}`)
      }
    return drawn
  }
  return { give, draw, expectColumns, painter, tile, reveal: (...indices: number[]) => cache.reveal(indices.map(tile)) }
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

  it('has every column where its moment stands, across the border of two tiles', async () => {
    const { give, expectColumns } = open()
    for (const name of ['12 0 true', '8 0 true', '8 1 true', '8 2 true', '8 3 true']) await give(name)
    for (const startSeconds of [0, 0.5, secondsOfTile - 0.75, 2 * secondsOfTile - 0.1, clipSeconds - 1.5]) {
      // The first time the screen alone is drawn, the second time three screens of which it is a part.
      expectColumns(startSeconds)
      expectColumns(startSeconds)
    }
  })

  it('stays as it is while it is scrolled within what it shows, and is drawn further on before its edge is seen', async () => {
    const { give, expectColumns } = open()
    for (const name of ['12 0 true', '8 0 true', '8 1 true', '8 2 true', '8 3 true']) await give(name)
    expectColumns(4)
    const first = expectColumns(4)
    expect([first.firstPixel, first.width]).toEqual([4 * pixelsPerSecond - width, 3 * width])
    PixelCanvas.scaled = 0
    const spans = new Set([first])
    for (let frame = 1; frame <= 40; frame++) {
      const drawn = expectColumns(4 + frame * 0.05)
      const scrolled = (4 + frame * 0.05) * pixelsPerSecond
      expect(drawn.firstPixel + drawn.width - scrolled - width).toBeGreaterThanOrEqual(0.25 * width - 1)
      spans.add(drawn)
    }
    // Four hundred pixels, of which a page takes 225.
    expect(spans.size).toBe(2)
    // Each of the tiles, once.
    expect(PixelCanvas.painted).toBe(4)
    // What was there is carried over: only what came is drawn, and a little to either side.
    expect(PixelCanvas.scaled).toBeLessThan(0.75 * width + 40)
    for (let frame = 39; frame >= 0; frame--) expectColumns(4 + frame * 0.05)
    expect(PixelCanvas.scaled).toBeLessThan(3 * width)
  })

  it('ends where the clip does, and a whole clip on screen is drawn once', async () => {
    const { give, draw, expectColumns } = open()
    for (const name of ['12 0 true', '8 0 true', '8 1 true', '8 2 true', '8 3 true']) await give(name)
    expectColumns(0)
    expect(expectColumns(0)).toMatchObject({ firstPixel: 0, width: 2 * width, isWide: true })
    const last = clipSeconds - width / pixelsPerSecond
    expectColumns(last)
    const drawn = expectColumns(last)
    expect(drawn.firstPixel + drawn.width).toBe(Math.round(clipSeconds * pixelsPerSecond))
    const whole = { ...windowAt(0, width / clipSeconds), clipPixels: width }
    expect(draw(whole)).toMatchObject({ firstPixel: 0, width, isWide: true })
    expect(draw(whole)).toBe(draw(whole))
  })

  it('is drawn into another canvas at once: that one is blank', async () => {
    const { give, draw, expectColumns, painter } = open()
    for (const name of ['12 0 true', '8 0 true', '8 1 true', '8 2 true']) await give(name)
    draw(windowAt(0))
    const other = new PixelCanvas(0, 4)
    painter.draw(other as unknown as HTMLCanvasElement, windowAt(0), look)
    expect(other.at(10, 0)).toBe(colours[levelOf(5)])
    expectColumns(0)
  })

  it('shows the overview where a tile has not come, and the tile as soon as it has', async () => {
    const { give, draw, expectColumns } = open()
    for (const name of ['12 0 true', '8 0 true', '8 2 true']) await give(name)
    const startSeconds = secondsOfTile - 0.75
    for (let frame = 0; frame < 2; frame++) draw(windowAt(startSeconds))
    const isThere = (column: number): boolean => Math.floor(column / tileColumns) !== 1
    expectColumns(startSeconds, (column) => (isThere(column) ? levelOf(column) : overviewLevel))
    PixelCanvas.scaled = 0
    await give('8 1 true')
    expectColumns(startSeconds)
    // Its own pixels, and a little to either side.
    const pageEnd = startSeconds * pixelsPerSecond + 2 * width
    expect(PixelCanvas.scaled).toBeLessThan(pageEnd - secondsOfTile * pixelsPerSecond + 40)
  })

  it('shows sketches until all whole tiles have come', async () => {
    const { give, expectColumns, reveal } = open()
    for (const name of ['12 0 true', '8 2 true', '8 3 true']) await give(name)
    for (const name of ['8 0 true', '8 1 true']) await give(name, false)
    const startSeconds = secondsOfTile - 0.75
    const expectSketch = (): void => expect(() => expectColumns(startSeconds)).toThrow('pixel 0, 0')
    for (let frame = 0; frame < 2; frame++) expectSketch()
    await give('8 0 false')
    expect(reveal(0, 1)).toBe(false)
    expectSketch()
    await give('8 1 false')
    expect(reveal(0, 1)).toBe(true)
    expectColumns(startSeconds)
  })

  it('paints ahead a tile at a time, with another look and without losing its own; what is painted is drawn as it is', async () => {
    const { give, draw, expectColumns, painter, tile } = open()
    for (const name of ['12 0 true', '8 0 true', '8 1 true', '8 2 true', '8 3 true']) await give(name)
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
    for (const name of ['12 0 true', '8 0 true', '8 1 true', '8 2 true', '8 3 true']) await give(name)
    for (let frame = 0; frame < 5; frame++)
      expect(draw(windowAt(1, pixelsPerSecond * 1.02 ** frame))).toMatchObject({ width, isWide: false })
    expect(draw(windowAt(1, pixelsPerSecond * 1.02 ** 4))).toMatchObject({ isWide: true })
  })
})
