/** Longer or shorter at the same pitch: a phase vocoder whose partials keep their bins together. */
import { RealFft } from '../fft'

/** A frame lasts about so long: 2048 samples at 22,050 Hz, as librosa's. */
const frameSeconds = 0.093
/** Frames lie a quarter of a frame apart in what comes out. */
const overlap = 4

/**
 * The sound `rate` times as fast, round(n / rate) samples long, at the same pitch.
 *
 * Frame m is heard at sample m·hop·rate of the sound and laid at m·hop. How far each peak of its spectrum turns in a hop
 * is taken from a second frame a hop earlier (Puckette 1995), which needs no guess of frequencies; the bins around a peak
 * turn with it (identity phase locking: Laroche & Dolson 1999). Beyond the sound's ends there is silence, and what is
 * laid is divided by the windows that heard something. No angles are computed: the same to the last bit everywhere.
 *
 * Attacks are spread over a part of a frame, as by every such method.
 *
 * @param rate above 0: 2 is twice as fast; 1 gives a copy
 * @throws RangeError for a rate that is no such number
 */
export function stretchTime(samples: Float32Array, rate: number, sampleRateHz: number): Float32Array {
  if (!(rate > 0 && Number.isFinite(rate))) throw new RangeError(`a sound cannot be made ${rate} times as fast`)
  const length = Math.round(samples.length / rate)
  if (rate === 1 || length === 0) return samples.slice(0, length)
  const size = frameSamples(sampleRateHz)
  const hop = size / overlap
  const window = hannWindow(size)
  const frame = new Frame(size)
  const turn = new PeakTurner(frame.fft.bins)
  const sum = new Float64Array(length)
  const weight = new Float64Array(length)
  for (let index = 1 - overlap / 2; index * hop < length + size / 2; index++) {
    const from = Math.round(index * hop * rate) - size / 2
    turn.setEarlier(frame.hear(samples, from - hop, window))
    turn.advance(frame.hear(samples, from, window))
    frame.fft.invert()
    const to = index * hop - size / 2
    const heard = { from: Math.max(0, -to, -from), to: Math.min(size, length - to, samples.length - from) }
    addFrame(sum, weight, to, frame.fft.input, window, heard)
  }
  const stretched = new Float32Array(length)
  for (let n = 0; n < length; n++) stretched[n] = weight[n]! > leastWeight ? sum[n]! / weight[n]! : 0
  return stretched
}

function addFrame(
  sum: Float64Array,
  weight: Float64Array,
  at: number,
  frame: Float64Array,
  window: Float64Array,
  { from, to }: { from: number; to: number },
): void {
  for (let n = from; n < to; n++) {
    const share = window[n]!
    sum[at + n]! += share * frame[n]!
    weight[at + n]! += share * share
  }
}

/** Windows in a row weigh 1.5; less than this is the foot of one, where nothing is known of the sound. */
const leastWeight = 0.05

function frameSamples(sampleRateHz: number): number {
  return 2 ** Math.max(4, Math.round(Math.log2(frameSeconds * sampleRateHz)))
}

function hannWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size))
}

interface Spectrum {
  real: Float64Array
  imaginary: Float64Array
}

/** Hears a part of a sound through a window. */
class Frame {
  readonly fft: RealFft

  constructor(size: number) {
    this.fft = new RealFft(size)
  }

  /** @returns the spectrum, which is the plan's own */
  hear(samples: Float32Array, from: number, window: Float64Array): Spectrum {
    const { fft } = this
    const { input } = fft
    const first = Math.min(input.length, Math.max(0, -from))
    const end = Math.max(first, Math.min(input.length, samples.length - from))
    input.fill(0, 0, first)
    for (let n = first; n < end; n++) input[n] = window[n]! * samples[from + n]!
    input.fill(0, end)
    fft.transform()
    return fft
  }
}

/** Turns each peak of a spectrum, and the bins around it, on from where what was laid last left it. */
class PeakTurner {
  readonly #earlier: Spectrum
  /** What was laid last; null before the first. */
  #laid: Spectrum | null = null
  readonly #powers: Float64Array
  readonly #peaks: Int32Array

  constructor(bins: number) {
    this.#earlier = { real: new Float64Array(bins), imaginary: new Float64Array(bins) }
    this.#powers = new Float64Array(bins)
    this.#peaks = new Int32Array(bins)
  }

  setEarlier({ real, imaginary }: Spectrum): void {
    this.#earlier.real.set(real)
    this.#earlier.imaginary.set(imaginary)
  }

  /** Changes the spectrum in place. */
  advance({ real, imaginary }: Spectrum): void {
    if (this.#laid === null) {
      this.#laid = { real: real.slice(), imaginary: imaginary.slice() }
      return
    }
    const peaks = this.#findPeaks(real, imaginary)
    let from = 0
    for (let index = 0; index < peaks.length; index++) {
      const peak = peaks[index]!
      const to = index + 1 < peaks.length ? (peak + peaks[index + 1]! + 1) >> 1 : real.length
      this.#turn(real, imaginary, peak, from, to)
      from = to
    }
    this.#laid.real.set(real)
    this.#laid.imaginary.set(imaginary)
  }

  /** By the angle from the earlier frame's peak to what was laid there last. */
  #turn(real: Float64Array, imaginary: Float64Array, peak: number, from: number, to: number): void {
    const laidR = this.#laid!.real[peak]!
    const laidI = this.#laid!.imaginary[peak]!
    const earlierR = this.#earlier.real[peak]!
    const earlierI = this.#earlier.imaginary[peak]!
    const cosine = laidR * earlierR + laidI * earlierI
    const sine = laidI * earlierR - laidR * earlierI
    const norm = Math.sqrt(cosine * cosine + sine * sine)
    // Nothing was there: it begins as it is.
    if (norm === 0) return
    const c = cosine / norm
    const s = sine / norm
    for (let k = from; k < to; k++) {
      const re = real[k]!
      const im = imaginary[k]!
      real[k] = c * re - s * im
      imaginary[k] = c * im + s * re
    }
  }

  /** Bins above the two on either side of them. */
  #findPeaks(real: Float64Array, imaginary: Float64Array): Int32Array {
    const powers = this.#powers
    for (let k = 0; k < powers.length; k++) powers[k] = real[k]! * real[k]! + imaginary[k]! * imaginary[k]!
    let count = 0
    for (let k = 0; k < powers.length; k++) {
      const power = powers[k]!
      if (power <= (powers[k - 1] ?? 0) || power <= (powers[k - 2] ?? 0)) continue
      if (power < (powers[k + 1] ?? 0) || power < (powers[k + 2] ?? 0)) continue
      this.#peaks[count++] = k
    }
    return this.#peaks.subarray(0, count)
  }
}
