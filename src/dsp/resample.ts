/**
 * Change of sample rate by any rational ratio, in one go or block by block: a polyphase windowed-sinc filter (see
 * phase-filter.ts). Linear phase with the delay removed, so that time stays where it was.
 */
import { phaseFilter, type PhaseFilter } from './phase-filter'

/** Input samples that are transformed at a time. */
const blockSamples = 65_536

/**
 * Resamples one channel. Output sample j stands at time j/toHz; beyond its ends the signal counts as silence.
 * Pass band flat within 0.01 dB to 91 % of the lower Nyquist frequency, stop band below −100 dB from that frequency on.
 *
 * @returns ⌈n·toHz/fromHz⌉ samples (a copy when the rates are equal)
 * @throws RangeError for rates that are not positive whole numbers
 */
export function resample(samples: Float32Array, fromHz: number, toHz: number): Float32Array {
  const resampler = new Resampler(fromHz, toHz)
  const output = new Float32Array(resampler.countOutputs(samples.length))
  let written = 0
  const take = (part: Float32Array): void => {
    output.set(part, written)
    written += part.length
  }
  resampler.push(samples, take)
  resampler.finish(take)
  return output
}

/**
 * The same for a signal that comes in pieces, of which only a block is in memory: whatever the pieces, what `push` and
 * then `finish` hand out, joined, is bit for bit what `resample` makes of the whole.
 */
export class Resampler {
  readonly #up: number
  readonly #down: number
  /** Null: the rates are equal. */
  readonly #filter: PhaseFilter | null
  /** Input from sample #origin on, filled up to #filled. */
  readonly #window: Float64Array
  #origin: number
  #filled: number
  #received = 0
  #written = 0

  /** Throws RangeError for rates that are not positive whole numbers. */
  constructor(fromHz: number, toHz: number) {
    for (const rate of [fromHz, toHz])
      if (!Number.isInteger(rate) || rate < 1)
        throw new RangeError(`a sample rate must be a whole number of Hz, not ${rate}`)
    const divisor = greatestCommonDivisor(fromHz, toHz)
    this.#up = toHz / divisor
    this.#down = fromHz / divisor
    this.#filter = fromHz === toHz ? null : phaseFilter(this.#up, this.#down)
    const { reach = 0, taps = 0, isKept = true } = this.#filter ?? {}
    // Weights that are not kept serve at least eight outputs each time they are computed.
    const block = isKept ? blockSamples : Math.max(blockSamples, 8 * this.#down)
    // Silence before the first sample.
    this.#origin = -reach
    this.#filled = reach
    this.#window = new Float64Array(this.#filter ? block + taps : 0)
  }

  /** Output samples of a signal of so many input samples. */
  countOutputs(samples: number): number {
    return Math.ceil((samples * this.#up) / this.#down)
  }

  /**
   * Which input gives the outputs `first` to `end` as the whole gives them: from sample `from`, where a new resampler's first
   * output is output number `output` of the whole, to sample `to`, as far as there is one.
   */
  inputOf(first: number, end: number): { from: number; to: number; output: number } {
    const reach = this.#filter?.reach ?? 1
    const wholeOf = (output: number): number => Math.floor((output * this.#down) / this.#up)
    const cycles = Math.max(0, Math.floor((wholeOf(first) + 1 - reach) / this.#down))
    return { from: cycles * this.#down, to: wholeOf(end - 1) + 1 + reach, output: cycles * this.#up }
  }

  /** Takes the next samples, and hands out what of the output is ready, in order: often nothing, or some parts. */
  push(samples: Float32Array, take: (part: Float32Array) => void): void {
    this.#received += samples.length
    if (!this.#filter) return take(samples)
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#window.length - this.#filled)
      this.#window.set(samples.subarray(at, at + count), this.#filled)
      this.#filled += count
      at += count
      if (this.#filled === this.#window.length) take(this.#transform(this.#filter, Infinity))
    }
  }

  /** Hands out the rest, once all samples were pushed; beyond them the signal counts as silence. */
  finish(take: (part: Float32Array) => void): void {
    if (!this.#filter) return
    const total = this.countOutputs(this.#received)
    while (this.#written < total) {
      const count = Math.min(this.#filter.taps, this.#window.length - this.#filled)
      this.#window.fill(0, this.#filled, this.#filled + count)
      this.#filled += count
      take(this.#transform(this.#filter, total))
    }
  }

  /** The outputs, up to `most`, that the window's samples suffice for; makes room for more. */
  #transform(filter: PhaseFilter, most: number): Float32Array {
    const [up, down] = [this.#up, this.#down]
    const wholeOf = (output: number): number => Math.floor((output * down) / up)
    const first = this.#written
    // Output j hears the samples up to ⌊j·down/up⌋ + reach.
    const known = this.#origin + this.#filled - filter.reach
    const end = Math.min(most, Math.max(first, Math.ceil((known * up) / down)))
    const output = new Float32Array(end - first)
    for (let at = 0; at < Math.min(up, output.length); at++) {
      const whole = wholeOf(first + at)
      const weights = filter.weights((first + at) * down - whole * up)
      convolveEvery(output, at, up, weights, this.#window, whole + 1 - filter.reach - this.#origin, down)
    }
    this.#written = end
    const origin = Math.max(this.#origin, wholeOf(end) + 1 - filter.reach)
    this.#window.copyWithin(0, origin - this.#origin, this.#filled)
    this.#filled -= origin - this.#origin
    this.#origin = origin
    return output
  }
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

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}
