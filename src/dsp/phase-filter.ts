/** The filter of a change of sample rate: a Kaiser-windowed sinc, in phases (Crochiere & Rabiner 1983; Kaiser 1974). */
import { besselI0 } from './bessel'

/** Stop band in dB, reached at the lower Nyquist frequency, so that nothing audible folds back. */
const stopBandDb = 108
/** End of the flat pass band as a share of the lower Nyquist frequency. */
const passBandShare = 0.91
/** Above this many weights the table of phases is not kept. */
const keptWeights = 4_000_000

/**
 * Weights of the input samples around each output position: phase p lies p/up of an input sample after the sample
 * before it, and its weights cover the samples from −reach + 1 to +reach around that one.
 */
export class PhaseFilter {
  readonly reach: number
  readonly taps: number
  readonly #phases: (Float64Array | undefined)[]
  /** Where not, each call of `weights` computes them anew. */
  readonly isKept: boolean
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
    this.isKept = up * this.taps <= keptWeights
    this.#phases = []
  }

  weights(phase: number): Float64Array {
    const known = this.#phases[phase]
    if (known) return known
    const made = this.#design(phase)
    if (this.isKept) this.#phases[phase] = made
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

/** The filter of a ratio in lowest terms; the last few are kept. */
export function phaseFilter(up: number, down: number): PhaseFilter {
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
