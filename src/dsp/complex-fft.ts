/** Complex discrete Fourier transforms of any length, in double precision: Z[k] = Σ z[n]·e^(−2πikn/size), not scaled. */
import { bitReversal, stageTwiddles } from './fft-tables'
import { isForVectors, VectorStages } from './vector-stages'

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && (value & (value - 1)) === 0
}

/** A plan for one size: tables are made once, `transform` allocates nothing. */
export interface ComplexFft {
  readonly size: number
  /** Real and imaginary parts in turn; input before and, in ascending order, output after `transform`. */
  readonly data: Float64Array
  /** Which input value belongs at each place of `data`. */
  readonly order: Uint32Array
  transform(): void
}

/** The plan of a size. Throws RangeError where it is not a whole number of at least 1. */
export function makeComplexFft(size: number): ComplexFft {
  if (!Number.isInteger(size) || size < 1) throw new RangeError(`an FFT needs a length of 1 or more, not ${size}`)
  return isPowerOfTwo(size) ? new RadixFourFft(size) : new ChirpFft(size)
}

/** Of a power of two, with WebAssembly where it may be compiled: the same to the last bit. */
function makeInner(size: number): ComplexFft {
  if (!isForVectors(size)) return new RadixFourFft(size)
  try {
    return new VectorRadixFourFft(size)
  } catch {
    return new RadixFourFft(size)
  }
}

/** Powers of two: pairs of radix-2 stages merged into radix-4 butterflies (Cooley & Tukey 1965, decimation in time). */
class RadixFourFft implements ComplexFft {
  readonly size: number
  readonly data: Float64Array
  readonly order: Uint32Array
  readonly #twiddles: Float64Array

  constructor(size: number) {
    this.size = size
    this.data = new Float64Array(2 * size)
    this.order = bitReversal(size)
    this.#twiddles = stageTwiddles(size)
  }

  transform(): void {
    const length = this.size
    const z = this.data
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
}

/** The same stages, in vectors. */
class VectorRadixFourFft implements ComplexFft {
  readonly size: number
  readonly data: Float64Array
  readonly order: Uint32Array
  readonly #stages: VectorStages

  constructor(size: number) {
    this.#stages = new VectorStages(size, 0)
    this.size = size
    this.data = this.#stages.data
    this.order = bitReversal(size)
  }

  transform(): void {
    this.#stages.transform()
  }
}

/** Any other length, as a convolution with a chirp, which powers of two can do (Bluestein 1970). */
class ChirpFft implements ComplexFft {
  readonly size: number
  readonly data: Float64Array
  readonly order: Uint32Array
  readonly #chirp: Float64Array
  readonly #filter: Float64Array
  readonly #inner: ComplexFft

  constructor(size: number) {
    this.size = size
    this.data = new Float64Array(2 * size)
    this.order = Uint32Array.from({ length: size }, (_, n) => n)
    this.#chirp = new Float64Array(2 * size)
    for (let n = 0; n < size; n++) {
      // The square modulo 2·size keeps the angle small and so exact.
      const angle = (-Math.PI * ((n * n) % (2 * size))) / size
      this.#chirp[2 * n] = Math.cos(angle)
      this.#chirp[2 * n + 1] = Math.sin(angle)
    }
    this.#inner = makeInner(2 ** Math.ceil(Math.log2(2 * size - 1)))
    this.#filter = this.#transformedFilter()
  }

  transform(): void {
    const { size, data } = this
    const chirp = this.#chirp
    const filter = this.#filter
    const { size: length, data: z, order } = this.#inner
    for (let i = 0; i < length; i++) {
      const n = order[i]!
      const inside = n < size
      z[2 * i] = inside ? data[2 * n]! * chirp[2 * n]! - data[2 * n + 1]! * chirp[2 * n + 1]! : 0
      z[2 * i + 1] = inside ? data[2 * n]! * chirp[2 * n + 1]! + data[2 * n + 1]! * chirp[2 * n]! : 0
    }
    this.#inner.transform()
    // Backwards is forwards between two conjugations; the first of them is done with the product.
    for (let k = 0; k < length; k++) {
      const re = z[2 * k]! * filter[2 * k]! - z[2 * k + 1]! * filter[2 * k + 1]!
      z[2 * k + 1] = -(z[2 * k]! * filter[2 * k + 1]! + z[2 * k + 1]! * filter[2 * k]!)
      z[2 * k] = re
    }
    permute(z, order)
    this.#inner.transform()
    for (let k = 0; k < size; k++) {
      const re = z[2 * k]! / length
      const im = -z[2 * k + 1]! / length
      data[2 * k] = re * chirp[2 * k]! - im * chirp[2 * k + 1]!
      data[2 * k + 1] = re * chirp[2 * k + 1]! + im * chirp[2 * k]!
    }
  }

  /** Spectrum of the conjugate chirp, which goes on to the left of 0 (that is, at the end) as it does to the right. */
  #transformedFilter(): Float64Array {
    const { size: length, data: z, order } = this.#inner
    z.fill(0)
    for (let i = 0; i < length; i++) {
      const n = Math.min(order[i]!, length - order[i]!)
      if (n >= this.size) continue
      z[2 * i] = this.#chirp[2 * n]!
      z[2 * i + 1] = -this.#chirp[2 * n + 1]!
    }
    this.#inner.transform()
    return z.slice()
  }
}

/** Puts complex values into bit-reversed order, in place: the order is its own inverse. */
function permute(z: Float64Array, order: Uint32Array): void {
  for (let i = 0; i < order.length; i++) {
    const j = order[i]!
    if (j <= i) continue
    const re = z[2 * i]!
    const im = z[2 * i + 1]!
    z[2 * i] = z[2 * j]!
    z[2 * i + 1] = z[2 * j + 1]!
    z[2 * j] = re
    z[2 * j + 1] = im
  }
}
