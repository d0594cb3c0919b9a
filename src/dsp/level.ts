/** What becomes of the energies of the bands: decibels, logarithms, PCEN or themselves. */
import { powerToDb } from './decibel'
import type { DecibelLevel, Level, LogarithmLevel } from './front-end'
import { computePcen } from './pcen'
import { frequencyWeighting } from './weighting'

export interface BandEnergies {
  bands: number
  /** |X|^power through the bands, frame by frame. */
  values: Float64Array
  power: 1 | 2
  bandHz: Float32Array
  frameSeconds: number
}

/** The level of every cell, in the layout of the energies. Throws RangeError for a level that cannot be computed. */
export function applyLevel(energies: BandEnergies, level: Level, loudestOfAll?: number): Float32Array {
  switch (level.kind) {
    case 'plain':
      return Float32Array.from(energies.values)
    case 'logarithm':
      return takeLogarithm(energies.values, level)
    case 'pcen':
      return computePcen(energies.values, energies.bands, energies.frameSeconds, level)
    default:
      return takeDecibels(energies, level, loudestOfAll)
  }
}

function takeDecibels(
  { values, power, bands, bandHz }: BandEnergies,
  level: DecibelLevel,
  loudestOfAll?: number,
): Float32Array {
  if (power === 1) for (let i = 0; i < values.length; i++) values[i] = values[i]! * values[i]!
  const decibels = powerToDb(values, level, loudestOfAll)
  if (level.weighting !== undefined) {
    const { weighting } = level
    const weights = Float64Array.from(bandHz, (hz) => frequencyWeighting(hz, weighting))
    for (let row = 0; row < decibels.length; row += bands)
      for (let band = 0; band < bands; band++) decibels[row + band] = decibels[row + band]! + weights[band]!
  }
  return decibels
}

function takeLogarithm(values: Float64Array, { base, offset, floor, floorsOnlyZeros }: LogarithmLevel): Float32Array {
  const scale = base === 'e' ? 1 : base === '10' ? 1 / Math.LN10 : 1 / Math.LN2
  const output = new Float32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    const raised = floorsOnlyZeros ? (value === 0 ? floor : value) : Math.max(value, floor)
    output[i] = scale * Math.log(raised + offset)
  }
  return output
}
