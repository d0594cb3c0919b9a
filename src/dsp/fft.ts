/** Real discrete Fourier transform of power-of-two length, in double precision. */

export function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && (value & (value - 1)) === 0
}

/**
 * A plan for the real FFT of one size: X[k] = Σ x[n]·e^(−2πikn/size), k = 0 … size/2, not scaled.
 *
 * The real signal is folded into a complex one of half the length (even samples real, odd samples
 * imaginary), transformed in place by pairs of radix-2 stages merged into radix-4 butterflies
 * (Cooley & Tukey 1965, decimation in time), and unfolded. Tables are made once; `transform`
 * allocates nothing.
 */
export class RealFft {
  readonly size: number
  /** size/2 + 1 bins. */
  readonly bins: number
  /** Input of the next transform: fill these `size` numbers. Overwritten by `transform`. */
  readonly input: Float64Array
  /** Result of the last transform, `bins` numbers each. */
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly #order: Uint32Array
  readonly #work: Float64Array
  readonly #twiddles: Float64Array
  readonly #unfold: Float64Array

  /** Throws RangeError where size is not a power of two of at least 4. */
  constructor(size: number) {
    if (!isPowerOfTwo(size) || size < 4)
      throw new RangeError(`FFT size must be a power of two of at least 4, not ${size}`)
    const half = size / 2
    this.size = size
    this.bins = half + 1
    this.input = new Float64Array(size)
    this.real = new Float64Array(half + 1)
    this.imaginary = new Float64Array(half + 1)
    this.#work = new Float64Array(size)
    this.#order = bitReversal(half)
    this.#twiddles = stageTwiddles(half)
    this.#unfold = new Float64Array(2 * half)
    for (let k = 0; k < half; k++) {
      this.#unfold[2 * k] = Math.cos((2 * Math.PI * k) / size)
      this.#unfold[2 * k + 1] = -Math.sin((2 * Math.PI * k) / size)
    }
  }

  /** Transforms `input` into `real` and `imaginary`. */
  transform(): void {
    const half = this.size / 2
    const z = this.#work
    const order = this.#order
    const input = this.input
    for (let i = 0; i < half; i++) {
      const from = 2 * order[i]!
      z[2 * i] = input[from]!
      z[2 * i + 1] = input[from + 1]!
    }
    this.#butterflies(half)
    this.#unfoldSpectrum(half)
  }

  #butterflies(length: number): void {
    const z = this.#work
    const twiddles = this.#twiddles
    let quarter = 1
    if (Math.log2(length) % 2 === 1) {
      for (let i = 0; i < 2 * length; i += 4) {
        const re = z[i + 2]!
        const im = z[i + 3]!
        z[i + 2] = z[i]! - re
        z[i + 3] = z[i + 1]! - im
        z[i] = z[i]! + re
        z[i + 1] = z[i + 1]! + im
      }
      quarter = 2
    }
    let table = 0
    for (; quarter < length; quarter *= 4) {
      const q = 2 * quarter
      for (let block = 0; block < 2 * length; block += 4 * q) {
        let t = table
        for (let a = block; a < block + q; a += 2, t += 6) {
          const b = a + q
          const c = b + q
          const d = c + q
          const cr = z[c]! * twiddles[t]! - z[c + 1]! * twiddles[t + 1]!
          const ci = z[c]! * twiddles[t + 1]! + z[c + 1]! * twiddles[t]!
          const br = z[b]! * twiddles[t + 2]! - z[b + 1]! * twiddles[t + 3]!
          const bi = z[b]! * twiddles[t + 3]! + z[b + 1]! * twiddles[t + 2]!
          const dr = z[d]! * twiddles[t + 4]! - z[d + 1]! * twiddles[t + 5]!
          const di = z[d]! * twiddles[t + 5]! + z[d + 1]! * twiddles[t + 4]!
          const sumR = z[a]! + br
          const sumI = z[a + 1]! + bi
          const differenceR = z[a]! - br
          const differenceI = z[a + 1]! - bi
          const oddR = cr + dr
          const oddI = ci + di
          // (c − d) turned by −i
          const turnedR = ci - di
          const turnedI = dr - cr
          z[a] = sumR + oddR
          z[a + 1] = sumI + oddI
          z[b] = differenceR + turnedR
          z[b + 1] = differenceI + turnedI
          z[c] = sumR - oddR
          z[c + 1] = sumI - oddI
          z[d] = differenceR - turnedR
          z[d + 1] = differenceI - turnedI
        }
      }
      table += 6 * quarter
    }
  }

  #unfoldSpectrum(half: number): void {
    const z = this.#work
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

function bitReversal(length: number): Uint32Array {
  const bits = Math.log2(length)
  const order = new Uint32Array(length)
  for (let i = 1; i < length; i++) order[i] = (order[i >> 1]! >> 1) | ((i & 1) << (bits - 1))
  return order
}

/** W, W², W³ of every radix-4 butterfly, in the order in which the stages read them. */
function stageTwiddles(length: number): Float64Array {
  const table: number[] = []
  for (let quarter = Math.log2(length) % 2 === 1 ? 2 : 1; quarter < length; quarter *= 4) {
    for (let k = 0; k < quarter; k++) {
      for (const power of [1, 2, 3]) {
        const angle = (-2 * Math.PI * power * k) / (4 * quarter)
        table.push(Math.cos(angle), Math.sin(angle))
      }
    }
  }
  return Float64Array.from(table)
}
