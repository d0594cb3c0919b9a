/**
 * Decibels of bands, as StftPlan.sumBands and powerToDb give them, at the speed of single precision wherever that cannot
 * be told apart; what it would make wrong is computed in double precision.
 *
 * Rounding leaves in every bin of a frame a noise of so small a share of the frame's mean bin. A band that is not far above it
 * would be off by too much: its whole frame is computed anew, unless the band lies below the
 * floor anyway.
 */
import type { FilterBank } from './filter-bank'
import type { DecibelLevel } from './front-end'
import type { SpectrumKernel } from './spectrum-kernel'

/**
 * Least power of a band, over the sum of its weights times the frame's mean power of a bin, that single precision may give; of
 * a band that weighs as many as n bins alike, whose noise is averaged, an n-th of it (of three or fewer, a third). In the
 * recordings of bench/features.ts the largest error there is 2.3e-4 dB, beside a tone with its reflection 5e-4 dB.
 */
const leastShare = 6e-4
/** The smallest and largest powers that floats are trusted with. */
const [smallest, largest] = [1e-30, 1e35]

/** What the caller has: frames, and the road in double precision. */
export interface BandSource {
  frames: number
  /** See leastPowers. */
  least: Float64Array
  /** Computes all bands in single precision, some frames at a time, and tells which ones the kernel holds. */
  sumBands(take: (first: number, count: number) => void): void
  /** The bands of one frame in double precision, valid until the next call. */
  sumExactly(frame: number): Float64Array
}

export const canTakeDecibels = ({ aminPower }: Pick<DecibelLevel, 'aminPower'>): boolean =>
  aminPower >= smallest && aminPower <= largest

/**
 * powerToDb of the powers of the bands, frame by frame; null for a sound too loud for floats.
 *
 * @param loudestOfAll where these are some frames of a sound: its loudest power (see loudestBand)
 */
export function bandDecibels(
  source: BandSource,
  kernel: SpectrumKernel<'single'>,
  level: Pick<DecibelLevel, 'referencePower' | 'aminPower' | 'topDb'>,
  loudestOfAll?: number,
): Float32Array | null {
  const { aminPower, topDb, referencePower } = level
  if (topDb !== null && topDb < 0) throw new RangeError(`topDb must not be negative: ${topDb}`)
  const bands = source.least.length
  const powers = new Float32Array(source.frames * bands)
  const energies = new Float32Array(source.frames)
  const loudestHere = sumAll(source, kernel, bands, powers, energies)
  if (energies.some((energy) => !(energy < largest))) return null
  const loudest = loudestOfAll ?? loudestHere
  const toDb = (value: number): number => 10 * Math.log10(Math.max(aminPower, value))
  const quiet = Math.max(aminPower, topDb === null ? 0 : loudest * 10 ** (-topDb / 10))
  const doubtful = findDoubtful(powers, energies, source.least, quiet)
  for (const frame of doubtful) powers.set(source.sumExactly(frame), frame * bands)
  const referenceDb = toDb(referencePower === 'maximum' ? loudest : Math.abs(referencePower))
  const floor = topDb === null ? -Infinity : toDb(loudest) - referenceDb - topDb
  // The values of several frames at a time, rows or not.
  const { rows } = kernel
  for (let from = 0; from < powers.length; from += rows.length) {
    const some = powers.subarray(from, from + rows.length)
    rows.set(some)
    kernel.takeDecibels(some.length, aminPower, -referenceDb, floor)
    some.set(rows.subarray(0, some.length))
  }
  return powers
}

/** The loudest power in single precision; Infinity for a sound too loud for floats. */
export function loudestBand(source: BandSource, kernel: SpectrumKernel<'single'>): number {
  const bands = source.least.length
  const energies = new Float32Array(source.frames)
  const loudest = sumAll(source, kernel, bands, new Float32Array(source.frames * bands), energies)
  return energies.every((energy) => energy < largest) ? loudest : Infinity
}

/** Copies the bands of a kernel's first rows to `output` from `offset`. */
export function copyRows<T extends Float32Array | Float64Array>(
  { rows, rowLength }: { rows: T; rowLength: number },
  count: number,
  bands: number,
  output: T,
  offset: number,
): void {
  if (rowLength === bands) output.set(rows.subarray(0, count * bands), offset)
  else
    for (let frame = 0; frame < count; frame++)
      for (let band = 0; band < bands; band++) output[offset + frame * bands + band] = rows[frame * rowLength + band]!
}

/** Fills powers and energies, and gives the loudest power. */
function sumAll(
  source: BandSource,
  kernel: SpectrumKernel<'single'>,
  bands: number,
  powers: Float32Array,
  energies: Float32Array,
): number {
  source.sumBands((first, count) => {
    energies.set(kernel.energies.subarray(0, count), first)
    copyRows(kernel, count, bands, powers, first * bands)
  })
  let loudest = 0
  for (let i = 0; i < powers.length; i++) if (powers[i]! > loudest) loudest = powers[i]!
  return loudest
}

/** The least powers of bands that single precision is trusted with, of a frame whose bins sum up to 1. */
export function leastPowers({ offsets, weights }: FilterBank, bins: number): Float64Array {
  return Float64Array.from({ length: offsets.length - 1 }, (_, band) => {
    let [sum, squares] = [0, 0]
    for (const weight of weights.subarray(offsets[band], offsets[band + 1])) {
      sum += weight
      squares += weight * weight
    }
    const alike = squares === 0 ? 1 : sum ** 2 / squares
    return (sum * leastShare) / Math.max(6, alike) / bins
  })
}

/**
 * Frames of which a band is not to be trusted that is above `quiet`, or may be. What rounding leaves in a band is below a
 * millionth of the least power.
 */
function findDoubtful(powers: Float32Array, energies: Float32Array, least: Float64Array, quiet: number): number[] {
  const bands = least.length
  const doubtful: number[] = []
  for (let frame = 0, i = 0; frame < energies.length; frame++) {
    const energy = energies[frame]!
    let wrong = 0
    for (let band = 0; band < bands; band++, i++) {
      const trusted = least[band]! * energy
      if (powers[i]! < trusted && powers[i]! > quiet / 2 - 1e-6 * trusted) wrong++
    }
    if (wrong > 0) doubtful.push(frame)
  }
  return doubtful
}
