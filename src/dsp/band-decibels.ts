/**
 * Decibels of bands, as StftPlan.sumBands and powerToDb give them, at the speed of single precision wherever that cannot
 * be told apart; what it would make wrong is computed in double precision.
 *
 * Rounding leaves in every bin of a frame a noise of so small a share of the frame's mean bin. A band that is not far above it
 * would be off by too much: its whole frame is computed anew, unless the band lies below the
 * floor anyway.
 */
import type { DecibelKernel } from './decibel-kernel'
import type { FilterBank } from './filter-bank'
import type { DecibelLevel } from './front-end'

/**
 * Least power of a band, over the sum of its weights times the frame's mean power of a bin, that single precision may give.
 * In ESC-10 the largest error there is 1e-4 dB, beside a tone with its reflection 5e-4 dB (at 4e-5 of it); at 1e-6 it
 * would be 1.3e-3 dB, at 1e-10 0.6 dB.
 */
export const leastShare = 1e-4
/** The smallest and largest powers that floats are trusted with. */
const [smallest, largest] = [1e-30, 1e35]

/** What the caller has: frames, and the road in double precision. */
export interface BandSource {
  frames: number
  /** Of the transform. */
  bins: number
  /** Writes the samples of `count` frames from `first` on, one hop after the other, to `target`. */
  copyFrames(first: number, count: number, target: Float32Array): void
  /** The bands of one or two frames in double precision. */
  sumExactly(first: number, second: number | undefined, take: (frame: number, bands: Float64Array) => void): void
}

export const canTakeDecibels = ({ aminPower }: Pick<DecibelLevel, 'aminPower'>): boolean =>
  aminPower >= smallest && aminPower <= largest

/** powerToDb of the powers of the bands, frame by frame; null for a sound too loud for floats. */
export function bandDecibels(
  source: BandSource,
  kernel: DecibelKernel,
  bank: FilterBank,
  level: Pick<DecibelLevel, 'referencePower' | 'aminPower' | 'topDb'>,
): Float32Array | null {
  const { aminPower, topDb, referencePower } = level
  if (topDb !== null && topDb < 0) throw new RangeError(`topDb must not be negative: ${topDb}`)
  const bands = bank.firstBins.length
  const powers = new Float32Array(source.frames * bands)
  const energies = new Float32Array(source.frames)
  const loudest = sumAll(source, kernel, bands, powers, energies)
  if (energies.some((energy) => !(energy < largest))) return null
  const toDb = (value: number): number => 10 * Math.log10(Math.max(aminPower, value))
  const quiet = Math.max(aminPower, topDb === null ? 0 : loudest * 10 ** (-topDb / 10))
  const doubtful = findDoubtful(powers, energies, leastPowers(bank, source.bins), quiet)
  for (let i = 0; i < doubtful.length; i += 2)
    source.sumExactly(doubtful[i]!, doubtful[i + 1], (frame, exact) => powers.set(exact, frame * bands))
  const referenceDb = toDb(referencePower === 'maximum' ? loudest : Math.abs(referencePower))
  const floor = topDb === null ? -Infinity : toDb(loudest) - referenceDb - topDb
  // The values of several frames at a time, rows or not.
  const { rows, rowLength } = kernel
  for (let from = 0; from < powers.length; from += rows.length) {
    const some = powers.subarray(from, from + rows.length)
    rows.set(some)
    kernel.takeDecibels(Math.ceil(some.length / rowLength), aminPower, -referenceDb, floor)
    some.set(rows.subarray(0, some.length))
  }
  return powers
}

/** Fills powers and energies, and gives the loudest power. */
function sumAll(
  source: BandSource,
  kernel: DecibelKernel,
  bands: number,
  powers: Float32Array,
  energies: Float32Array,
): number {
  let loudest = 0
  for (let first = 0; first < source.frames; first += kernel.frames) {
    const count = Math.min(kernel.frames, source.frames - first)
    source.copyFrames(first, count, kernel.samples)
    kernel.sumBands(count)
    energies.set(kernel.energies.subarray(0, count), first)
    for (let frame = 0; frame < count; frame++) {
      const row = frame * kernel.rowLength
      powers.set(kernel.rows.subarray(row, row + bands), (first + frame) * bands)
    }
  }
  for (let i = 0; i < powers.length; i++) if (powers[i]! > loudest) loudest = powers[i]!
  return loudest
}

/** The least powers that are trusted, of a frame whose bins sum up to 1. */
function leastPowers({ offsets, weights }: FilterBank, bins: number): Float64Array {
  return Float64Array.from({ length: offsets.length - 1 }, (_, band) => {
    let sum = 0
    for (let i = offsets[band]!; i < offsets[band + 1]!; i++) sum += weights[i]!
    return (sum * leastShare) / bins
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
