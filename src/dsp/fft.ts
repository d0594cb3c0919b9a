/** Real discrete Fourier transform of any length, in double precision. */
import { PlainRealFft } from './plain-real-fft'
import { VectorRealFft } from './vector-real-fft'

/**
 * A plan for the real FFT of one size: X[k] = Σ x[n]·e^(−2πikn/size), k = 0 … ⌊size/2⌋, not scaled.
 *
 * A signal of even length is folded into a complex one of half the length (even samples real, odd samples imaginary),
 * transformed, and unfolded; of odd length it is transformed as it is. Powers of two are quickest, and by vectors in WebAssembly
 * where it may be compiled, to the same last bit. Tables are made once; `transform` and `invert` allocate nothing.
 */
export class RealFft {
  readonly size: number
  /** ⌊size/2⌋ + 1 bins. */
  readonly bins: number
  /** Input of `transform` and output of `invert`: `size` numbers. */
  readonly input: Float64Array
  /** Output of `transform` and input of `invert`, `bins` numbers each. */
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly #plan: VectorRealFft | PlainRealFft

  /** Throws RangeError where size is not a whole number of at least 1. */
  constructor(size: number) {
    const plan = VectorRealFft.tryMake(size) ?? new PlainRealFft(size)
    this.#plan = plan
    this.size = size
    this.bins = plan.real.length
    this.input = plan.input
    this.real = plan.real
    this.imaginary = plan.imaginary
  }

  /** Transforms `input` into `real` and `imaginary`. */
  transform(): void {
    this.#plan.transform()
  }

  /**
   * Backwards: `real` and `imaginary` (where the imaginary parts of bin 0 and, for an even size, of the last one count
   * as 0) into `input`, scaled by 1/size, so that it undoes `transform`.
   */
  invert(): void {
    this.#plan.invert()
  }
}
