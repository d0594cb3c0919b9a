import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../../../../shared/contract/model-view'
import { bandTicks, cellAt, findRange, frameColumns, paintInput } from './model-paint'

const input: ModelInput = {
  frames: 4,
  bands: 2,
  channels: 1,
  // Frame by frame: band 0, band 1.
  values: Float32Array.of(0, 10, 20, 30, 40, 50, 60, 70),
  bandHz: Float32Array.of(100, 1000),
  rowNames: null,
  frameSeconds: 0.1,
  firstFrameSeconds: 0.05,
  soundFrames: 4,
  crops: null,
  isStandardised: false,
  notes: [],
}
const colours = Uint32Array.from({ length: 256 }, (_, level) => 0xff000000 + level)
const paint = (columns: ReturnType<typeof frameColumns>, rows: number, map: Float32Array | null = null, share = 0) => {
  const pixels = new Uint32Array(columns.from.length * rows)
  paintInput(input, columns, { channel: 0, range: { low: 0, high: 255 }, colours, map, share }, rows, pixels)
  return [...pixels].map((pixel) => (pixel === 0 ? null : pixel & 255))
}

describe('the picture of what a model is given', () => {
  it('has each value where and when it is, the highest band at the top', () => {
    const columns = frameColumns(input, 4, (column) => column * 0.1)
    expect(paint(columns, 2)).toEqual([10, 30, 50, 70, 0, 20, 40, 60])
  })

  it('shows the highest of several cells, and nothing beyond the frames', () => {
    expect(
      paint(
        frameColumns(input, 2, (column) => column * 0.2),
        1,
      ),
    ).toEqual([30, 70])
    const beyond = frameColumns(input, 4, (column) => 0.2 + column * 0.1)
    expect(paint(beyond, 1)).toEqual([50, 70, null, null])
    const before = frameColumns(input, 2, (column) => -0.1 + column * 0.1)
    expect(paint(before, 1)).toEqual([null, 10])
  })

  it('repeats a cell that is wider and taller than a pixel', () => {
    const near = frameColumns(input, 4, (column) => column * 0.05)
    expect(paint(near, 4).slice(0, 4)).toEqual([10, 10, 30, 30])
    expect(paint(near, 4).slice(12)).toEqual([0, 0, 20, 20])
  })

  it('dims what speaks less for the class, and leaves the rest', () => {
    const map = Float32Array.of(1, 1, 0, 0, 0.5, 0.5, 1, 1)
    const columns = frameColumns(input, 4, (column) => column * 0.1)
    expect(paint(columns, 2, map, 0.5).slice(0, 4)).toEqual([10, 15, 38, 70])
  })

  it('ranges over deviations where it is standardised, else over its own values', () => {
    expect(findRange(input, 0)).toEqual({ low: 0, high: 70 })
    expect(findRange({ ...input, isStandardised: true }, 0)).toEqual({ low: -2, high: 3 })
    expect(findRange({ ...input, values: new Float32Array(8) }, 0)).toEqual({ low: -1, high: 1 })
    expect(() => findRange(input, 1)).toThrow('no channel 1 of 1')
  })

  it('knows the cell under a pointer', () => {
    expect(cellAt(input, 0.29, 0.9)).toEqual({ frame: 2, band: 1 })
    expect(cellAt(input, 0.41, 0.9)).toBeNull()
    expect(cellAt({ ...input, frames: 1 }, 9, 0.1)).toEqual({ frame: 0, band: 0 })
  })

  it('has round frequencies where the bands lie', () => {
    const ticks = bandTicks({ bandHz: Float32Array.of(100, 300, 500, 700) }, 400)
    expect(ticks.map(({ hertz }) => hertz)).toEqual([100, 200, 500])
    expect(ticks.map(({ share }) => share)).toEqual([0.125, 0.25, 0.625])
    expect(bandTicks({ bandHz: new Float32Array(0) }, 400)).toEqual([])
  })
})
