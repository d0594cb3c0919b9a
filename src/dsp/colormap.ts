/** Colour maps for spectrograms: 256 colours each. */
import { colormapHex } from './colormap-table'

export const colormapNames = ['magma', 'viridis', 'inferno', 'cividis', 'grey', 'inverted-grey'] as const

export type ColormapName = (typeof colormapNames)[number]

const tables = new Map<ColormapName, Uint8Array>()

/** 256 × (red, green, blue), 0 to 255 each, from the quietest to the loudest; made once, do not write into it. */
export function colormap(name: ColormapName): Uint8Array {
  const known = tables.get(name)
  if (known) return known
  const table = makeTable(name)
  tables.set(name, table)
  return table
}

function makeTable(name: ColormapName): Uint8Array {
  if (name === 'grey') return Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3))
  if (name === 'inverted-grey') return Uint8Array.from({ length: 768 }, (_, i) => 255 - Math.floor(i / 3))
  const hex = colormapHex[name]
  return Uint8Array.from({ length: 768 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

/**
 * Paints levels with a colour map: `floor` and below take the first colour, `ceiling` and above the last.
 * @returns opaque RGBA in the order of `values`, 4 bytes each: what ImageData holds
 */
export function paintLevels(values: ArrayLike<number>, name: ColormapName, floor: number, ceiling: number) {
  const table = colormap(name)
  const scale = ceiling > floor ? 255 / (ceiling - floor) : 0
  const pixels = new Uint8ClampedArray(4 * values.length)
  for (let i = 0; i < values.length; i++) {
    const index = 3 * Math.min(255, Math.max(0, Math.round((values[i]! - floor) * scale)))
    pixels[4 * i] = table[index]!
    pixels[4 * i + 1] = table[index + 1]!
    pixels[4 * i + 2] = table[index + 2]!
    pixels[4 * i + 3] = 255
  }
  return pixels
}
