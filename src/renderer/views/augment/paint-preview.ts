/** Pictures of a preview: levels in a colour map, and the difference of two in colours of its own. */
import { paintLevels, type ColormapName } from '../../../dsp/colormap'
import type { PreviewSound } from './preview-messages'

type Cells = Pick<PreviewSound, 'frames' | 'bands' | 'values'>

/** Rows from the highest band, as a canvas has them. */
function toRows({ frames, bands, values }: Cells): Float32Array {
  const rows = new Float32Array(frames * bands)
  for (let frame = 0; frame < frames; frame++)
    for (let band = 0; band < bands; band++) rows[(bands - 1 - band) * frames + frame] = values[frame * bands + band]!
  return rows
}

/** Lowest and highest value. */
export function spanOf(values: Float32Array): [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity]
  for (const value of values) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return [low, high]
}

export function paintSound(cells: Cells, name: ColormapName, [low, high]: [number, number]): ImageData {
  return new ImageData(paintLevels(toRows(cells), name, low, high), cells.frames, cells.bands)
}

/** After − before, cell by cell; null where they differ in length. */
export function subtract(before: Cells, after: Cells): Cells | null {
  if (before.frames !== after.frames || before.bands !== after.bands) return null
  return { ...before, values: after.values.map((value, cell) => value - before.values[cell]!) }
}

/** So many of the front end's units, decibels mostly, are the full colour. */
export const fullDifference = 30

/** More is orange, less is blue, the same is dark: two hues that no common colour blindness takes for one. */
export function paintDifference(difference: Cells): ImageData {
  const rows = toRows(difference)
  const pixels = new Uint8ClampedArray(4 * rows.length)
  const [less, same, more] = [
    [84, 160, 255],
    [18, 18, 22],
    [255, 166, 64],
  ] as const
  for (const [cell, value] of rows.entries()) {
    const share = Math.min(1, Math.abs(value) / fullDifference)
    const end = value < 0 ? less : more
    for (let c = 0; c < 3; c++) pixels[4 * cell + c] = same[c]! + share * (end[c]! - same[c]!)
    pixels[4 * cell + 3] = 255
  }
  return new ImageData(pixels, difference.frames, difference.bands)
}
