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

  /** Of the kernel's values between samples those are taken that lie beside the place, on a straight line. */
  #valueAt(kept: Float32Array, place: number): number {
    const [half, table] = [this.#half, this.#table]
    const centre = Math.floor(place)
    const steps = (place - centre) * stepsPerSample
    const left = Math.floor(steps)
    const right = Math.floor(stepsPerSample - steps)
    const at = centre - this.#first
    let [leftLow, leftHigh, rightLow, rightHigh] = [0, 0, 0, 0]
    const leftMost = Math.min(half, at + 1)
    for (let k = Math.max(0, at - kept.length + 1), row = left * half; k < leftMost; k++) {
      const sample = kept[at - k]!
      leftLow += sample * table[row + k]!
      leftHigh += sample * table[row + half + k]!
    }
    const rightMost = Math.min(half, kept.length - at - 1)
    for (let k = Math.max(0, -1 - at), row = right * half; k < rightMost; k++) {
      const sample = kept[at + 1 + k]!
      rightLow += sample * table[row + k]!
      rightHigh += sample * table[row + half + k]!
    }
    return (
      leftLow +
      (steps - left) * (leftHigh - leftLow) +
      (rightLow + (stepsPerSample - steps - right) * (rightHigh - rightLow))
    )
  }
}

const stepsPerSample = 512

/**
 * One side of the kernel, with as many values between samples as linear interpolation needs for 80 dB: the row of each such
 * step has the values a step and a whole number of samples from the middle.
 */
function makeTable(cutoff: number, half: number): Float64Array {
  const table = kernelWindow(half).slice()
  for (let step = 0, at = 0; step < kernelRows; step++)
    for (let k = 0; k < half; k++, at++) {
      const x = k + step / stepsPerSample
      table[at]! *= x === 0 ? cutoff : Math.sin(Math.PI * cutoff * x) / (Math.PI * x)
    }
  return table
}

const kernelRows = stepsPerSample + 2
const windows = new Map<number, Float64Array>()

/** Kaiser's window alone, which is the same at all speeds of one width. */
function kernelWindow(half: number): Float64Array {
  const known = windows.get(half)
  if (known) return known
  const beta = 9
  const window = Float64Array.from({ length: kernelRows * half }, (_, at) => {
    const x = (at % half) + Math.floor(at / half) / stepsPerSample
    return x > half ? 0 : besselI0(beta * Math.sqrt(Math.max(0, 1 - (x / half) ** 2))) / besselI0(beta)
  })
  windows.set(half, window)
  return window
}
