/** Linear-phase filters for listening to a band of a sound, fed block by block. */

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

/** As many coefficients as the narrower of a band and its lower edge wants, odd, and few enough to compute at once. */
export function bandPassLength(lowHz: number, highHz: number, sampleRateHz: number): number {
  const transitionHz = Math.max(40, Math.min(highHz - lowHz, lowHz > 0 ? lowHz : Infinity, 1000) / 2)
  // A Hamming window needs 3.3 divided by the transition, as a share of the rate.
  return Math.min(2047, 2 * Math.ceil((1.65 * sampleRateHz) / transitionHz) + 1)
}

/** Filters a signal that comes in blocks: the blocks that go out, put together, are one convolution. */
export class FirFilter {
  readonly #coefficients: Float64Array
  /** The last samples of before, as many as the filter reaches back. */
  #past: Float32Array

  constructor(coefficients: Float64Array) {
    this.#coefficients = coefficients
    this.#past = new Float32Array(coefficients.length - 1)
  }

  /** By how many samples what goes out is late. */
  get delaySamples(): number {
    return (this.#coefficients.length - 1) / 2
  }

  process(block: Float32Array): Float32Array<ArrayBuffer> {
    const reach = this.#coefficients.length - 1
    const signal = new Float32Array(reach + block.length)
    signal.set(this.#past)
    signal.set(block, reach)
    const filtered = new Float32Array(block.length)
    const coefficients = this.#coefficients
    // Symmetric: each pair of samples is weighed once.
    const middle = reach / 2
    for (let n = 0; n < block.length; n++) {
      let sum = coefficients[middle]! * signal[n + middle]!
      for (let k = 0; k < middle; k++) sum += coefficients[k]! * (signal[n + k]! + signal[n + reach - k]!)
      filtered[n] = sum
    }
    this.#past = signal.slice(signal.length - reach)
    return filtered
  }
}
