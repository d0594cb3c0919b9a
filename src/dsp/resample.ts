/**
 * Change of sample rate by any rational ratio: a polyphase windowed-sinc filter (Kaiser window; Crochiere & Rabiner
 * 1983; Kaiser 1974). Linear phase with the delay removed, so that time stays where it was.
 */

import { besselI0 } from './bessel'

/** Stop band in dB, reached at the lower Nyquist frequency, so that nothing audible folds back. */
const stopBandDb = 108
/** End of the flat pass band as a share of the lower Nyquist frequency. */
const passBandShare = 0.91
/** Above this many weights the table of phases is not kept. */
const keptWeights = 4_000_000

/**
 * Resamples one channel. Output sample j stands at time j/toHz; beyond its ends the signal counts as silence.
 * Pass band flat within 0.01 dB to 91 % of the lower Nyquist frequency, stop band below −100 dB from that frequency on.
 *
 * @returns ⌈n·toHz/fromHz⌉ samples (a copy when the rates are equal)
 * @throws RangeError for rates that are not positive whole numbers
 */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  for (const rate of [fromHz, toHz])
    if (!Number.isInteger(rate) || rate < 1)
      throw new RangeError(`a sample rate must be a whole number of Hz, not ${rate}`)
  if (fromHz === toHz) return samples.slice()
  const divisor = greatestCommonDivisor(fromHz, toHz)
  const filter = filterFor(toHz / divisor, fromHz / divisor)
  const { up, down, reach } = filter
  const output = new Float32Array(Math.ceil((samples.length * up) / down))
  // Silence on both sides spares the inner loop every bound check.
  const padded = new Float64Array(samples.length + 2 * reach + 2)
  padded.set(samples, reach)
  for (let first = 0; first < Math.min(up, output.length); first++) {
    const whole = Math.floor((first * down) / up)
    const weights = filter.weights(first * down - whole * up)
    convolveEvery(output, first, up, weights, padded, whole + 1, down)
  }
  return output
}

/**
 * Every `stride`-th output from `first` on has the same weights and lies `down` input samples after the one before:
 * four at a time read each weight once, and their sums do not wait for each other.
 */
function convolveEvery(
  output: Float32Array,
  first: number,
  stride: number,
  weights: Float64Array,
  signal: Float64Array,
  from: number,
  down: number,
): void {
  let at = from
  let j = first
  for (; j + 3 * stride < output.length; j += 4 * stride, at += 4 * down) {
    const [atB, atC, atD] = [at + down, at + 2 * down, at + 3 * down]
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!
      a += weight * signal[at + i]!
      b += weight * signal[atB + i]!
      c += weight * signal[atC + i]!
      d += weight * signal[atD + i]!
    }
    output[j] = a
    output[j + stride] = b
    output[j + 2 * stride] = c
    output[j + 3 * stride] = d
  }
  for (; j < output.length; j += stride, at += down) {
    let sum = 0
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * signal[at + i]!
    output[j] = sum
  }
}

/**
 * Weights of the input samples around each output position: phase p lies p/up of an input sample after the sample
 * before it, and its weights cover the samples from −reach + 1 to +reach around that one.
 */
class PhaseFilter {
  readonly reach: number
  readonly taps: number
  readonly #phases: (Float64Array | undefined)[]
  readonly #isKept: boolean
  /** Cut-off (−6 dB) in cycles per input sample. */
  readonly #cutoff: number
  readonly #halfWidth: number

  constructor(
    readonly up: number,
    readonly down: number,
  ) {
    const nyquist = 0.5 * Math.min(1, up / down)
    const transition = (1 - passBandShare) * nyquist
    this.#cutoff = nyquist - transition / 2
    this.#halfWidth = (stopBandDb - 7.95) / (14.36 * transition) / 2
    this.reach = 2 * Math.ceil((this.#halfWidth + 1) / 2)
    this.taps = 2 * this.reach
    this.#isKept = up * this.taps <= keptWeights
    this.#phases = []
  }

  weights(phase: number): Float64Array {
    const known = this.#phases[phase]
    if (known) return known
    const made = this.#design(phase)
    if (this.#isKept) this.#phases[phase] = made
    return made
  }

  /** Samples the continuous kernel; scaled to a sum of 1, so that a constant stays exactly what it was. */
  #design(phase: number): Float64Array {
    const weights = new Float64Array(this.taps)
    let sum = 0
    for (let i = 0; i < weights.length; i++) {
      const distance = i - this.reach + 1 - phase / this.up
      const inside = Math.abs(distance) < this.#halfWidth
      const sinc = 2 * this.#cutoff * normalisedSinc(2 * this.#cutoff * distance)
      weights[i] = inside ? sinc * kaiser(distance / this.#halfWidth) : 0
      sum += weights[i]!
    }
    for (let i = 0; i < weights.length; i++) weights[i]! /= sum
    return weights
  }
}

const filters = new Map<string, PhaseFilter>()
const keptFilters = 4

function filterFor(up: number, down: number): PhaseFilter {
  const key = `${up}/${down}`
  const known = filters.get(key)
  if (known) return known
  const made = new PhaseFilter(up, down)
  filters.set(key, made)
  if (filters.size > keptFilters) filters.delete(filters.keys().next().value!)
  return made
}

const kaiserBeta = 0.1102 * (stopBandDb - 8.7)
const kaiserScale = besselI0(kaiserBeta)

function kaiser(x: number): number {
  return besselI0(kaiserBeta * Math.sqrt(1 - x * x)) / kaiserScale
}

function normalisedSinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x)
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
