/** Linear-phase filters for listening to a band of a sound, fed block by block. */
import { PlainRealFft } from './plain-real-fft'

/**
 * Coefficients of a windowed-sinc filter that lets a band through, with a Hamming window and a gain of 1 at the band's
 * middle, as scipy.signal.firwin(count, [low, high], pass_zero=False). A lower edge of 0 or an upper one at half the
 * rate leaves that side open (low-pass, high-pass).
 * @param count odd
 * @throws RangeError for a band that is none or lies outside the rate
 */
export function designBandPass(lowHz: number, highHz: number, sampleRateHz: number, count: number): Float64Array {
  const half = sampleRateHz / 2
  if (!(lowHz >= 0 && highHz > lowHz && lowHz < half))
    throw new RangeError(`a band of ${lowHz} to ${highHz} Hz does not fit a sample rate of ${sampleRateHz} Hz`)
  if (count % 2 !== 1) throw new RangeError(`a linear-phase filter needs an odd number of coefficients, not ${count}`)
  const [low, high] = [lowHz / half, Math.min(1, highHz / half)]
  const middle = (count - 1) / 2
  const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))
  const coefficients = Float64Array.from({ length: count }, (_, n) => {
    const at = n - middle
    const window = 0.54 - 0.46 * Math.cos((2 * Math.PI * n) / (count - 1))
    return (high * sinc(high * at) - low * sinc(low * at)) * window
  })
  // Scaled where the band lets through: at 0, at half the rate, or in the middle.
  const at = low === 0 ? 0 : high === 1 ? 1 : (low + high) / 2
  const gain = coefficients.reduce((sum, value, n) => sum + value * Math.cos(Math.PI * (n - middle) * at), 0)
  return coefficients.map((value) => value / gain)
}

/**
 * As many coefficients as the narrowest of a band, its lower edge and a kilohertz wants for the transition to take half of
 * it (a Hamming window needs 3.3 divided by the transition, as a share of the rate); odd, at most 16,383.
 */
export function bandPassLength(lowHz: number, highHz: number, sampleRateHz: number): number {
  const transitionHz = Math.min(highHz - lowHz, lowHz > 0 ? lowHz : Infinity, 1000) / 2
  return Math.min(16_383, 2 * Math.ceil((1.65 * sampleRateHz) / transitionHz) + 1)
}

/** Filters a signal that comes in blocks: the blocks that go out, put together, are one convolution (overlap-save). */
export class FirFilter {
  readonly #fft: PlainRealFft
  readonly #real: Float64Array
  readonly #imaginary: Float64Array
  /** The last samples of before, as many as the filter reaches back. */
  readonly #past: Float32Array

  /** In plain JavaScript: it runs in the page, which may compile nothing. @param coefficients an odd number of them, symmetric */
  constructor(coefficients: Float64Array) {
    this.#past = new Float32Array(coefficients.length - 1)
    this.#fft = new PlainRealFft(2 ** Math.ceil(Math.log2(4 * coefficients.length)))
    this.#fft.input.set(coefficients)
    this.#fft.transform()
    this.#real = this.#fft.real.slice()
    this.#imaginary = this.#fft.imaginary.slice()
  }

  /** By how many samples what goes out is late. */
  get delaySamples(): number {
    return this.#past.length / 2
  }

  process(block: Float32Array): Float32Array<ArrayBuffer> {
    const filtered = new Float32Array(block.length)
    const step = this.#fft.size - this.#past.length
    for (let from = 0; from < block.length; from += step)
      this.#filterPart(block.subarray(from, from + step), filtered.subarray(from, from + step))
    return filtered
  }

  #filterPart(part: Float32Array, filtered: Float32Array): void {
    const { input, real, imaginary } = this.#fft
    const past = this.#past
    const reach = past.length
    input.set(past)
    input.set(part, reach)
    input.fill(0, reach + part.length)
    past.copyWithin(0, part.length)
    past.set(part.subarray(Math.max(0, part.length - reach)), Math.max(0, reach - part.length))
    this.#fft.transform()
    for (let k = 0; k < real.length; k++) {
      const [re, im] = [real[k]!, imaginary[k]!]
      real[k] = re * this.#real[k]! - im * this.#imaginary[k]!
      imaginary[k] = re * this.#imaginary[k]! + im * this.#real[k]!
    }
    this.#fft.invert()
    for (let n = 0; n < part.length; n++) filtered[n] = input[reach + n]!
  }
}
