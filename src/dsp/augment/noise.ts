/** Noise at a signal-to-noise ratio. */
import { RealFft } from '../fft'
import type { Random } from '../random'
import { largestMagnitude, largestOfSum, scaleSamples, sumSamples, sumSquares } from '../sample-loops'
import type { LevelMode, NoiseStep } from './chain'
import type { AugmentedSound } from './sound'
import { weightedPower } from './weighted-power'

/** Pauses: frames of so many seconds that lie so many decibels under the loudest, or more. */
const activeFrameSeconds = 0.02
const activeFloorDb = 40

/** Under this the spectra of pink and brown noise are flat: what cannot be heard would take all of the level. */
const lowestSlopedHz = 20

/**
 * A sound and noise, where the noise is so loud that 10·log10(P_sound / P_noise) is `snrDb`, with P by `level` (see
 * levelPower), except that noise has no pauses: beside the active part of a sound it counts as a whole. Where the sum would go over ±1, sound and noise are softened together, which keeps their ratio. A silent clip
 * stays as it is: no noise has a ratio to nothing.
 *
 * @param make gives noise as long as the clip, which is then this function's own
 * @returns the samples, the ratio that was reached (measured on what was added), and by how much both were softened
 */
export function addNoise(
  { samples, sampleRateHz }: Pick<AugmentedSound, 'samples' | 'sampleRateHz'>,
  { snrDb, level }: { snrDb: number; level: LevelMode },
  make: () => Float32Array,
): { samples: Float32Array; reachedDb?: number; softenedDb?: number } {
  const power = levelPower(samples, sampleRateHz, level)
  const noiseLevel = level === 'active' ? 'rms' : level
  if (power === 0) return { samples }
  const noise = make()
  const noisePower = levelPower(noise, sampleRateHz, noiseLevel)
  if (noisePower === 0) return { samples }
  const gain = Math.sqrt(power / (noisePower * 10 ** (snrDb / 10)))
  const added = scaleSamples(noise, gain, noise)
  const peak = largestOfSum(samples, added)
  const soften = peak > 1 ? 1 / peak : 1
  const reachedDb = 10 * Math.log10(power / levelPower(added, sampleRateHz, noiseLevel))
  return {
    samples: sumSamples(samples, added, soften, added),
    reachedDb,
    softenedDb: soften === 1 ? 0 : -20 * Math.log10(soften),
  }
}

/** Where a recorded noise begins anew, its end and its beginning are mixed for so long. */
const loopFadeSeconds = 0.01

/**
 * So much of a recorded noise: a part of a longer one, a shorter one again and again, its end faded into its beginning
 * over 10 ms (or half of it) at equal power.
 *
 * @param place 0 to 1: where in the noise it begins, among the places from which it need not begin anew
 */
export function fitNoise(noise: Float32Array, length: number, sampleRateHz: number, place: number): Float32Array {
  if (noise.length === 0 || length === 0) return new Float32Array(length)
  if (noise.length >= length) {
    const from = Math.min(noise.length - length, Math.floor(place * (noise.length - length + 1)))
    return noise.slice(from, from + length)
  }
  const fade = Math.min(Math.round(loopFadeSeconds * sampleRateHz), Math.floor(noise.length / 2))
  const period = noise.length - fade
  const loop = noise.slice(0, period)
  for (let n = 0; n < fade; n++) {
    const angle = ((n + 0.5) / fade) * (Math.PI / 2)
    loop[n] = Math.sin(angle) * noise[n]! + Math.cos(angle) * noise[period + n]!
  }
  const start = Math.floor(place * period)
  const fitted = new Float32Array(length)
  for (let at = 0, from = start; at < length; from = 0) {
    const part = loop.subarray(from, from + length - at)
    fitted.set(part, at)
    at += part.length
  }
  return fitted
}

/** Normal noise whose power falls by 0 (white), 3.01 (pink) or 6.02 dB (brown) an octave, from 20 Hz on. */
export function makeNoise(
  color: NoiseStep['color'],
  length: number,
  sampleRateHz: number,
  random: Random,
): Float32Array {
  const noise = new Float32Array(length)
  if (color === 'white') random.fillNormal(noise)
  else addSlopedNoise(noise, planFor(color, sampleRateHz), random)
  return noise
}

/**
 * Blocks made of their spectra, each under half a sine, half a block apart: the squares of two such windows add up to 1, so
 * that the noise is as loud everywhere.
 */
function addSlopedNoise(noise: Float32Array, plan: SlopePlan, random: Random): void {
  const { fft, amplitudes, window, normals } = plan
  const { size, real, imaginary, input } = fft
  for (let from = -size / 2; from < noise.length; from += size / 2) {
    random.fillNormal(normals)
    for (let bin = 1; bin < real.length; bin++) {
      real[bin] = amplitudes[bin]! * normals[2 * bin - 2]!
      imaginary[bin] = amplitudes[bin]! * normals[2 * bin - 1]!
    }
    fft.invert()
    const end = Math.min(size, noise.length - from)
    for (let n = Math.max(0, -from); n < end; n++) noise[from + n]! += window[n]! * input[n]!
  }
}

interface SlopePlan {
  color: NoiseStep['color']
  sampleRateHz: number
  fft: RealFft
  amplitudes: Float64Array
  window: Float64Array
  /** Room for what is drawn of a block. */
  normals: Float32Array
}

/** A block is the power of two that is nearest to so long: its bins lie 5 Hz apart or so. */
const blockSeconds = 0.2

let lastPlan: SlopePlan | null = null

/** The tables of the last noise are kept: in a training it is the next one's too. */
function planFor(color: NoiseStep['color'], sampleRateHz: number): SlopePlan {
  if (lastPlan?.color === color && lastPlan.sampleRateHz === sampleRateHz) return lastPlan
  const size = 2 ** Math.max(4, Math.round(Math.log2(blockSeconds * sampleRateHz)))
  const fft = new RealFft(size)
  const amplitudes = Float64Array.from({ length: fft.bins }, (_, bin) => {
    const share = lowestSlopedHz / Math.max(lowestSlopedHz, (bin * sampleRateHz) / size)
    return color === 'pink' ? Math.sqrt(share) : share
  })
  const window = Float64Array.from({ length: size }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / size))
  lastPlan = { color, sampleRateHz, fft, amplitudes, window, normals: new Float32Array(size) }
  return lastPlan
}

/**
 * Power of a sound: the mean square of the whole ('rms') or of its frames of 20 ms within 40 dB of the loudest ('active'),
 * the square of its largest sample ('peak'), or the mean square after A-weighting ('a-weighted'; IEC 61672-1).
 */
export function levelPower(samples: Float32Array, sampleRateHz: number, mode: LevelMode): number {
  switch (mode) {
    case 'rms':
      return meanSquare(samples)
    case 'active':
      return activePower(samples, sampleRateHz)
    case 'peak':
      return largestMagnitude(samples) ** 2
    case 'a-weighted':
      return weightedPower(samples, sampleRateHz)
  }
}

export function meanSquare(samples: Float32Array): number {
  return samples.length === 0 ? 0 : sumSquares(samples) / samples.length
}

/** Mean square over the frames of a sound that are no pauses; 0 of silence. */
export function activePower(samples: Float32Array, sampleRateHz: number): number {
  const frame = Math.max(1, Math.round(activeFrameSeconds * sampleRateHz))
  const powers: { power: number; count: number }[] = []
  for (let from = 0; from < samples.length; from += frame) {
    const part = samples.subarray(from, from + frame)
    powers.push({ power: meanSquare(part), count: part.length })
  }
  const floor = powers.reduce((highest, { power }) => Math.max(highest, power), 0) * 10 ** (-activeFloorDb / 10)
  const active = powers.filter(({ power }) => power > 0 && power >= floor)
  const count = active.reduce((sum, one) => sum + one.count, 0)
  return count === 0 ? 0 : active.reduce((sum, one) => sum + one.power * one.count, 0) / count
}
