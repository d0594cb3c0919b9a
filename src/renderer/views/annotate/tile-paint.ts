/** From a tile's values to pixels: which bins a row shows, and which colour is how loud. Pure, so that it can be tested. */
import { colormap, type ColormapName } from '../../../dsp/colormap'
import { type FrequencyAxis, shareToHertz } from './frequency-axis'

/** For each row from the top: the first bin and the last (of any fraction where a bin is taller than a row). */
export interface RowBins {
  from: Float32Array
  to: Float32Array
}

export function rowBins(axis: FrequencyAxis, bins: number, rows: number): RowBins {
  const from = new Float32Array(rows)
  const to = new Float32Array(rows)
  const perHertz = (2 * (bins - 1)) / axis.sampleRateHz
  for (let row = 0; row < rows; row++) {
    from[row] = shareToHertz(1 - (row + 1) / rows, axis) * perHertz
    to[row] = shareToHertz(1 - row / rows, axis) * perHertz
  }
  return { from, to }
}

/** 256 colours as whole pixels; ImageData is little-endian RGBA on every machine a browser runs on. */
export function colourTable(name: ColormapName): Uint32Array {
  const table = colormap(name)
  return Uint32Array.from({ length: 256 }, (_, level) => {
    const [red, green, blue] = [table[3 * level]!, table[3 * level + 1]!, table[3 * level + 2]!]
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0
  })
}

const columnsAtOnce = 8

/**
 * Paints columns × rows pixels, row by row from the top. A row that holds several bins shows the loudest, so that a
 * faint narrow call stays visible; one that is less tall than a bin is interpolated between the two around it.
 * @param floor the value (in the tile's steps) that takes the first colour, as anything below
 * @param ceiling the value that takes the last
 */
export function paintTile(
  tile: { columns: number; bins: number; values: Int16Array },
  { from, to }: RowBins,
  colours: Uint32Array,
  floor: number,
  ceiling: number,
  pixels: Uint32Array,
): void {
  const { columns, bins, values } = tile
  const scale = ceiling > floor ? 255 / (ceiling - floor) : 0
  // Some columns at a time: a row of all of them reads from as many places far apart as the processor's cache cannot hold.
  for (let begin = 0; begin < columns; begin += columnsAtOnce) {
    const end = Math.min(columns, begin + columnsAtOnce)
    for (let row = 0; row < from.length; row++) {
      const first = Math.ceil(from[row]!)
      const last = Math.min(bins - 1, Math.floor(to[row]!))
      const middle = Math.min(bins - 1, Math.max(0, (from[row]! + to[row]!) / 2))
      const below = Math.min(bins - 1, Math.floor(middle))
      const above = Math.min(bins - 1, below + 1)
      const share = middle - below
      const holdsBins = last > first
      for (let column = begin; column < end; column++) {
        const at = column * bins
        let value: number
        if (holdsBins) {
          value = values[at + first]!
          for (let bin = at + first + 1; bin <= at + last; bin++) value = Math.max(value, values[bin]!)
        } else value = values[at + below]! * (1 - share) + values[at + above]! * share
        const level = Math.min(255, Math.max(0, (value - floor) * scale))
        pixels[row * columns + column] = colours[Math.round(level)]!
      }
    }
  }
}
