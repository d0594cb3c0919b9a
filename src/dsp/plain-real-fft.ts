/** RealFft of any length, one value after the other, in plain JavaScript for powers of two. */
import { makeComplexFft, type ComplexFft } from './complex-fft'
import { unfoldTable } from './fft-tables'

/** As RealFft. */
export class PlainRealFft {
  readonly size: number
  readonly bins: number
  readonly input: Float64Array
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly #complex: ComplexFft
  readonly #unfold: Float64Array
  readonly #isEven: boolean

  /** Throws RangeError where size is not a whole number of at least 1. */
  constructor(size: number) {
    this.#isEven = size % 2 === 0
    this.#complex = makeComplexFft(this.#isEven ? size / 2 : size)
    this.size = size
    this.bins = Math.floor(size / 2) + 1
    this.input = new Float64Array(size)
    this.real = new Float64Array(this.bins)
    this.imaginary = new Float64Array(this.bins)
    this.#unfold = unfoldTable(size)
  }

  transform(): void {
    const { data: z, order } = this.#complex
    const input = this.input
    if (!this.#isEven) {
      for (let n = 0; n < input.length; n++) {
        z[2 * n] = input[n]!
        z[2 * n + 1] = 0
      }
      this.#complex.transform()
      for (let k = 0; k < this.bins; k++) {
        this.real[k] = z[2 * k]!
        this.imaginary[k] = z[2 * k + 1]!
      }
      return
    }
    for (let i = 0; i < order.length; i++) {
      const from = 2 * order[i]!
      z[2 * i] = input[from]!
      z[2 * i + 1] = input[from + 1]!
    }
    this.#complex.transform()
    this.#unfoldSpectrum()
  }

  invert(): void {
    const { data: z, order } = this.#complex
    const { input, real, imaginary, size } = this
    const unfold = this.#unfold
    if (!this.#isEven) {
      // The spectrum of a real signal is its own mirrored conjugate; conjugated, it goes forwards.
      for (let k = 0; k < this.bins; k++) {
        z[2 * k] = real[k]!
        z[2 * k + 1] = k === 0 ? 0 : -imaginary[k]!
      }
      for (let k = 1; k < this.bins; k++) {
        z[2 * (size - k)] = real[k]!
        z[2 * (size - k) + 1] = imaginary[k]!
      }
      this.#complex.transform()
      for (let n = 0; n < size; n++) input[n] = z[2 * n]! / size
      return
    }
    const half = size / 2
    for (let i = 0; i < half; i++) {
      const k = order[i]!
      const m = half - k
      const re = real[k]!
      const im = k === 0 ? 0 : imaginary[k]!
      const mirroredR = real[m]!
      const mirroredI = m === half ? 0 : -imaginary[m]!
      const oddR = re - mirroredR
      const oddI = im - mirroredI
      // odd · e^(+2πik/size) · i; all of it conjugated, to go forwards
      const c = unfold[2 * k]!
      const s = -unfold[2 * k + 1]!
      z[2 * i] = re + mirroredR - (oddR * s + oddI * c)
      z[2 * i + 1] = -(im + mirroredI + (oddR * c - oddI * s))
    }
    this.#complex.transform()
    for (let n = 0; n < half; n++) {
      input[2 * n] = z[2 * n]! / size
      input[2 * n + 1] = -z[2 * n + 1]! / size
    }
  }

  #unfoldSpectrum(): void {
    const half = this.size / 2
    const z = this.#complex.data
    const unfold = this.#unfold
    const real = this.real
    const imaginary = this.imaginary
    real[0] = z[0]! + z[1]!
    imaginary[0] = 0
    real[half] = z[0]! - z[1]!
    imaginary[half] = 0
    for (let k = 1, m = half - 1; k <= m; k++, m--) {
      const evenR = 0.5 * (z[2 * k]! + z[2 * m]!)
      const evenI = 0.5 * (z[2 * k + 1]! - z[2 * m + 1]!)
      const oddR = 0.5 * (z[2 * k + 1]! + z[2 * m + 1]!)
      const oddI = 0.5 * (z[2 * m]! - z[2 * k]!)
      const c = unfold[2 * k]!
      const s = unfold[2 * k + 1]!
      const turnedR = oddR * c - oddI * s
      const turnedI = oddR * s + oddI * c
      real[k] = evenR + turnedR
      imaginary[k] = evenI + turnedI
      real[m] = evenR - turnedR
      imaginary[m] = turnedI - evenI
    }
  }
}
