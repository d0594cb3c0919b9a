import { describe, expect, it } from 'vitest'
import { colormap, colormapNames } from '../../../dsp/colormap'
import { makeAxis } from './frequency-axis'
import { colourTable, paintTile, rowBins } from './tile-paint'

describe('painting a tile', () => {
  it.each(colormapNames)('a ramp of decibels takes every colour of %s exactly', (name) => {
    // 256 columns of one level each, from −80 dB to 0 dB.
    const bins = 3
    const values = Int16Array.from({ length: 256 * bins }, (_, i) =>
      Math.round(-8000 + (8000 * Math.floor(i / bins)) / 255),
    )
    const pixels = new Uint32Array(256 * 2)
    const rows = rowBins(makeAxis('linear', 8000), bins, 2)
    paintTile({ columns: 256, bins, values }, rows, colourTable(name), -8000, 0, pixels)
    const table = colormap(name)
    const bytes = new Uint8Array(pixels.buffer)
    for (let column = 0; column < 256; column++)
      expect([...bytes.subarray(4 * column, 4 * column + 4)]).toEqual([
        ...table.subarray(3 * column, 3 * column + 3),
        255,
      ])
  })

  it('takes the first colour below the floor and the last above the ceiling', () => {
    const pixels = new Uint32Array(4)
    const colours = colourTable('magma')
    const tile = { columns: 4, bins: 1, values: Int16Array.of(-16_000, -8001, 1, 3000) }
    paintTile(tile, { from: Float32Array.of(0), to: Float32Array.of(0) }, colours, -8000, 0, pixels)
    expect([...pixels]).toEqual([colours[0], colours[0], colours[255], colours[255]])
  })

  it('shows the loudest of the bins in a row, and every bin in some row', () => {
    const bins = 513
    const rows = rowBins(makeAxis('mel', 48_000), bins, 100)
    const colours = colourTable('grey')
    for (const bin of [1, 7, 100, 333, 511]) {
      const values = new Int16Array(bins).fill(-8000)
      values[bin] = 0
      const pixels = new Uint32Array(100)
      paintTile({ columns: 1, bins, values }, rows, colours, -8000, 0, pixels)
      const lit = [...pixels].filter((pixel) => pixel !== colours[0])
      expect(lit.length, `bin ${bin}`).toBeGreaterThan(0)
      // High bins are many to a row and lose nothing there.
      if (bin >= 100) expect(lit).toContain(colours[255])
    }
  })
})
