/** From the spectrum of one frame to 1024 samples: inverse MDCT, windows and overlap (ISO/IEC 14496-3, 4.6.11). */

export const frameSamples = 1024
const shortSamples = 128

export const onlyLong = 0
export const longStart = 1
export const eightShort = 2
export const longStop = 3

/** Discrete cosine transform of type IV by a complex FFT of half the length. */
class Dct4 {
  readonly #half: number
  readonly #twist: Float64Array
  readonly #roots: Float64Array
  readonly #order: Uint32Array
  readonly #data: Float64Array

  constructor(private readonly size: number) {
    const half = (this.#half = size / 2)
    this.#twist = new Float64Array(size)
    this.#roots = new Float64Array(half)
    this.#order = new Uint32Array(half)
    this.#data = new Float64Array(size)
    const bits = Math.log2(half)
    for (let k = 0; k < half; k++) {
      const angle = (Math.PI * (8 * k + 1)) / (8 * size)
      this.#twist[2 * k] = Math.cos(angle)
      this.#twist[2 * k + 1] = -Math.sin(angle)
      for (let bit = 0; bit < bits; bit++) if (k & (1 << bit)) this.#order[k]! |= half >> (bit + 1)
    }
    for (let k = 0; k < half / 2; k++) {
      this.#roots[2 * k] = Math.cos((2 * Math.PI * k) / half)
      this.#roots[2 * k + 1] = -Math.sin((2 * Math.PI * k) / half)
    }
  }

  /** Y[n] = Σ X[k]·cos(π/size·(n + ½)(k + ½)), of `size` numbers from `from`. */
  transform(spectrum: Float64Array, from: number, into: Float64Array): void {
    const half = this.#half
    const { size } = this
    const z = this.#data
    const twist = this.#twist
    for (let k = 0; k < half; k++) {
      const at = 2 * this.#order[k]!
      const [a, b] = [spectrum[from + 2 * k]!, spectrum[from + size - 1 - 2 * k]!]
      const [re, im] = [twist[2 * k]!, twist[2 * k + 1]!]
      z[at] = a * re - b * im
      z[at + 1] = a * im + b * re
    }
    this.#fft()
    for (let n = 0; n < half; n++) {
      const [re, im] = [twist[2 * n]!, twist[2 * n + 1]!]
      into[2 * n] = z[2 * n]! * re - z[2 * n + 1]! * im
      into[size - 1 - 2 * n] = -(z[2 * n]! * im + z[2 * n + 1]! * re)
    }
  }

  #fft(): void {
    const half = this.#half
    const z = this.#data
    const roots = this.#roots
    for (let span = 1; span < half; span *= 2) {
      const step = half / (2 * span)
      for (let start = 0; start < half; start += 2 * span)
        for (let k = 0; k < span; k++) {
          const [re, im] = [roots[2 * k * step]!, roots[2 * k * step + 1]!]
          const a = 2 * (start + k)
          const b = a + 2 * span
          const turnedR = z[b]! * re - z[b + 1]! * im
          const turnedI = z[b]! * im + z[b + 1]! * re
          z[b] = z[a]! - turnedR
          z[b + 1] = z[a + 1]! - turnedI
          z[a]! += turnedR
          z[a + 1]! += turnedI
        }
    }
  }
}

const sineWindow = (length: number): Float64Array =>
  Float64Array.from({ length }, (_, n) => Math.sin((Math.PI * (n + 0.5)) / (2 * length)))

/** Rising half of a Kaiser–Bessel derived window. */
function kaiserBesselWindow(length: number, alpha: number): Float64Array {
  const besselI0 = (x: number): number => {
    let [sum, term] = [1, 1]
    for (let k = 1; term > 1e-17 * sum; k++) sum += term *= (x / (2 * k)) ** 2
    return sum
  }
  const kaiser = Array.from({ length: length + 1 }, (_, n) =>
    besselI0(Math.PI * alpha * Math.sqrt(1 - ((2 * n) / length - 1) ** 2)),
  )
  const all = kaiser.reduce((sum, value) => sum + value, 0)
  let sum = 0
  return Float64Array.from({ length }, (_, n) => Math.sqrt((sum += kaiser[n]!) / all))
}

const longWindows = [sineWindow(frameSamples), kaiserBesselWindow(frameSamples, 4)]
const shortWindows = [sineWindow(shortSamples), kaiserBesselWindow(shortSamples, 6)]
const longDct = new Dct4(frameSamples)
const shortDct = new Dct4(shortSamples)
/** Where eight short windows lie in the middle of a long one. */
const shortAt = (frameSamples - shortSamples) / 2

/** One channel's: it keeps what reaches into the next frame. */
export class FilterBank {
  #overlap = new Float64Array(frameSamples)
  #shape = 0
  readonly #folded = new Float64Array(frameSamples)
  readonly #signal = new Float64Array(2 * frameSamples)

  /** @param shape 0 for sine windows, 1 for Kaiser–Bessel ones. @returns 1024 samples, full scale at 1 */
  process(spectrum: Float64Array, sequence: number, shape: number): Float32Array {
    const signal = this.#signal.fill(0)
    const before = this.#shape
    if (sequence === eightShort)
      for (let w = 0; w < 8; w++) {
        shortDct.transform(spectrum, w * shortSamples, this.#folded)
        const rise = shortWindows[w === 0 ? before : shape]!
        this.#unfold(signal, shortAt + w * shortSamples, shortSamples, rise, shortWindows[shape]!)
      }
    else {
      longDct.transform(spectrum, 0, this.#folded)
      const rise = sequence === longStop ? edge(shortWindows[before]!) : longWindows[before]!
      const fall = sequence === longStart ? edge(shortWindows[shape]!) : longWindows[shape]!
      this.#unfold(signal, 0, frameSamples, rise, fall)
    }
    const samples = new Float32Array(frameSamples)
    for (let n = 0; n < frameSamples; n++) samples[n] = this.#overlap[n]! + signal[n]!
    this.#overlap.set(signal.subarray(frameSamples))
    this.#shape = shape
    return samples
  }

  /** Adds the 2·`count` samples of one transform, through their window. */
  #unfold(signal: Float64Array, at: number, count: number, rise: Float64Array, fall: Float64Array): void {
    const y = this.#folded
    const half = count / 2
    // 2/N of the standard, and its full scale of 2^15.
    const scale = 1 / count / 32_768
    for (let n = 0; n < half; n++) {
      signal[at + n]! += scale * y[half + n]! * rise[n]!
      signal[at + count - 1 - n]! -= scale * y[half + n]! * rise[count - 1 - n]!
      signal[at + count + n]! -= scale * y[half - 1 - n]! * fall[count - 1 - n]!
      signal[at + 2 * count - 1 - n]! -= scale * y[half - 1 - n]! * fall[n]!
    }
  }
}

/** A long window's half that rises as a short one does, in its middle. */
function edge(short: Float64Array): Float64Array {
  const known = edges.get(short)
  if (known) return known
  const window = new Float64Array(frameSamples)
  window.set(short, shortAt)
  window.fill(1, shortAt + shortSamples)
  edges.set(short, window)
  return window
}
const edges = new Map<Float64Array, Float64Array>()
