import { describe, expect, it } from 'vitest'
import type { ModelInput } from '../../../../shared/contract/model-view'
import { cellAt, findRange, frameColumns, paintInput, traceContour } from './model-paint'

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

  it('of one crop has nothing beside it', () => {
    const columns = frameColumns(input, 4, (column) => column * 0.1, { first: 1, end: 3 })
    expect(paint(columns, 2)).toEqual([null, 30, 50, null, null, 20, 40, null])
  })
})

describe('the line of a class map', () => {
  const trace = (values: number[], bands: number, level: number, first = 0): number[] =>
    traceContour(Float32Array.from(values), bands, { first, end: values.length / bands }, level)

  it('stands where the level is reached, between the middles of cells', () => {
    // Two frames of two bands, low in the first: the line is upright, a quarter of the way.
    expect(trace([0, 0, 4, 4], 2, 1)).toEqual([0.75, 0.5, 0.75, 1.5])
    expect(trace([0, 0, 4, 4], 2, 9)).toEqual([])
    expect(trace([9, 9, 0, 0, 4, 4], 2, 1, 1)).toEqual([1.75, 0.5, 1.75, 1.5])
  })

  it('closes around a peak', () => {
    const peak = trace([0, 0, 0, 0, 2, 0, 0, 0, 0], 3, 1)
    expect(peak).toHaveLength(16)
    const ends = new Map<string, number>()
    for (let at = 0; at < peak.length; at += 2) {
      const end = `${peak[at]} ${peak[at + 1]}`
      ends.set(end, (ends.get(end) ?? 0) + 1)
    }
    expect([...ends.values()]).toEqual([2, 2, 2, 2])
  })

  it('has two stretches at a saddle, which part or join what is high as the middle says', () => {
    // South-west and north-east are high. Apart, the first line goes around south-west; together, around south-east.
    expect(trace([4, 0, 0, 4], 2, 3).slice(0, 4)).toEqual([0.75, 0.5, 0.5, 0.75])
    expect(trace([4, 0, 0, 4], 2, 1).slice(0, 4)).toEqual([1.25, 0.5, 1.5, 0.75])
  })
})
