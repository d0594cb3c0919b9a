import { besselI0 } from './bessel'

/**
 * Plays a signal that comes in blocks at another speed: `ratio` samples are used up for each that goes out. Values
 * between samples come from a windowed sinc (Kaiser, β 9, 32 samples wide at ratio 1), whose cutoff falls with the ratio
 * so that nothing folds back (Smith, "Digital Audio Resampling", 2002).
 */
export class Varispeed {
  readonly #ratio: number
  readonly #half: number
  readonly #table: Float64Array
  /** What may still be needed; the first of it is sample `#first` of the signal. */
  #kept = new Float32Array(0)
  #first = 0
  #received = 0
  /** Where the next value lies in the signal. */
  #next = 0

  /** @param ratio above 0: 2 plays twice as fast, and from 96 to 48 kHz */
  constructor(ratio: number) {
    if (!(ratio > 0 && Number.isFinite(ratio))) throw new RangeError(`a speed of ${ratio} cannot be played`)
    this.#ratio = ratio
    this.#half = Math.ceil(16 * Math.max(1, ratio))
    this.#table = makeTable(Math.min(1, 1 / ratio) * 0.97, this.#half)
  }

  /** @param isLast what comes after is silence, so that the end can go out too */
  process(block: Float32Array, isLast = false): Float32Array<ArrayBuffer> {
    const kept = new Float32Array(this.#kept.length + block.length)
    kept.set(this.#kept)
    kept.set(block, this.#kept.length)
    this.#received += block.length
    const end = isLast ? this.#received : this.#received - this.#half
    const count = Math.max(0, Math.ceil((end - this.#next) / this.#ratio))
    const played = new Float32Array(count)
    for (let n = 0; n < count; n++) played[n] = this.#valueAt(kept, this.#next + n * this.#ratio)
    this.#next += count * this.#ratio
    const drop = Math.min(kept.length, Math.max(0, Math.floor(this.#next) - this.#half - this.#first))
    this.#kept = kept.slice(drop)
    this.#first += drop
    return played
  }

  #valueAt(kept: Float32Array, place: number): number {
    const centre = Math.floor(place)
    const between = place - centre
    let sum = 0
    for (let k = 1 - this.#half; k <= this.#half; k++) {
      const sample = kept[centre + k - this.#first]
      if (sample === undefined || sample === 0) continue
      const at = Math.abs(k - between) * stepsPerSample
      const index = Math.floor(at)
      const low = this.#table[index] ?? 0
      sum += sample * (low + (at - index) * ((this.#table[index + 1] ?? 0) - low))
    }
    return sum
  }
}

const stepsPerSample = 512

/** One side of the kernel, with as many values between samples as linear interpolation needs for 80 dB. */
function makeTable(cutoff: number, half: number): Float64Array {
  const beta = 9
  return Float64Array.from({ length: half * stepsPerSample + 1 }, (_, step) => {
    const x = step / stepsPerSample
    const sinc = x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x)
    return sinc * (besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / half) ** 2))) / besselI0(beta))
  })
}
