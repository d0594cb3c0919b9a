/** Powers of windowed frames, of bins and of bands, in WebAssembly where it may be compiled. */
import { stageTwiddles, unfoldTable } from './fft-tables'
import { decibelConstants, decibelFactors } from './decibel-code'
import type { FilterBank } from './filter-bank'
import { instantiateSpectrumCode, type SpectrumCode } from './spectrum-kernel-code'
import { layOut } from './transform-code'
import { type Precision, VectorLanes } from './vector-lanes'

const pageBytes = 65_536
/** Shorter transforms are not worth the call. */
const leastSamples = 32
const mostSamples = 2 ** 18
/** Frames whose samples lie in the memory at once, and the most samples that they span, but for one frame. */
const mostFrames = 64
const mostSpan = 2 ** 17

interface Values {
  single: Float32Array
  double: Float64Array
}

/**
 * A plan for one window, hop and filter bank, one frame after the other. In double precision, RealFft's and
 * applyFilterBank's numbers to the last bit. Not to be shared between calls in flight.
 */
export class SpectrumKernel<P extends Precision> {
  /** So many frames at once. */
  readonly frames: number
  /** The frames' samples, to be filled before anything is computed: frame t begins at t·hop. */
  readonly samples: Float32Array
  /** The power |X[k]|² of the bins of the frame that was computed last. */
  readonly power: Values[P]
  /** The bands' powers, a row of `rowLength` for each frame; the last ones of a row may belong to no band. */
  readonly rows: Values[P]
  readonly rowLength: number
  /** The sum of each frame's powers or a little more; in single precision only. */
  readonly energies: Float32Array
  readonly #code: SpectrumCode
  readonly #frameBytes: number
  readonly #rowBytes: number
  /** Of bands: so many as a vector has lanes. */
  readonly #groups: number
  readonly #factors: Float32Array
  readonly #at: Record<'samples' | 'table' | 'weights' | 'rows' | 'energies' | 'factors', number>

  private constructor(window: Float64Array, hopSamples: number, bank: FilterBank | null, precision: P) {
    const size = window.length
    const half = size / 2
    const vectors = new VectorLanes(precision)
    const { count: lanes, bytes } = vectors
    const layout = layOut(half, vectors)
    const { table, weights, reach } = packBank(bank, lanes)
    const groups = table.length / (1 + lanes)
    this.#groups = groups
    this.rowLength = groups * lanes
    this.frames = Math.max(1, Math.min(mostFrames, 1 + Math.floor((mostSpan - size) / hopSamples)))
    const span = (this.frames - 1) * hopSamples + size
    let end = layout.power
    const take = (count: number, valueBytes: number): number => {
      const at = end
      end += Math.ceil((count * valueBytes) / 16) * 16
      return at
    }
    take(Math.max(half + lanes, reach), bytes)
    this.#at = {
      table: take(table.length, 4),
      weights: take(weights.length, bytes),
      rows: take(this.frames * this.rowLength, bytes),
      energies: take(this.frames, 4),
      factors: take(decibelFactors, 4),
      samples: take(span, 4),
    }
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
    this.#code = instantiateSpectrumCode(memory, half, vectors)
    const values = (at: number, length: number): Values[P] =>
      new (precision === 'single' ? Float32Array : Float64Array)(memory.buffer, at, length) as Values[P]
    // Of half the samples the sums of the unfolding are the halves that it needs.
    const halved = window.map((weight) => weight / 2)
    values(layout.window, size).set(inGroups(everySecond(halved, 0), everySecond(halved, 1), lanes))
    const twiddles = packTwiddles(half, lanes)
    values(layout.twiddles, twiddles.length).set(twiddles)
    const factors = unfoldTable(size).subarray(0, half + 2 * lanes)
    values(layout.unfold, factors.length).set(inGroups(everySecond(factors, 0), everySecond(factors, 1), lanes))
    new Int32Array(memory.buffer, this.#at.table, table.length).set(table)
    values(this.#at.weights, weights.length).set(weights)
    this.samples = new Float32Array(memory.buffer, this.#at.samples, span)
    this.power = values(layout.power, half + 1)
    this.rows = values(this.#at.rows, this.frames * this.rowLength)
    this.energies = new Float32Array(memory.buffer, this.#at.energies, this.frames)
    this.#factors = new Float32Array(memory.buffer, this.#at.factors, decibelFactors)
    this.#factors.set(decibelConstants)
    this.#frameBytes = 4 * hopSamples
    this.#rowBytes = this.rowLength * bytes
  }

  /** The plan, or null where there is none: another length than a power of two, no vectors, or WebAssembly forbidden. */
  static tryMake<P extends Precision>(
    window: Float64Array,
    hopSamples: number,
    bank: FilterBank | null,
    precision: P,
  ): SpectrumKernel<P> | null {
    const size = window.length
    if ((size & (size - 1)) !== 0 || size < leastSamples || size > mostSamples) return null
    try {
      return new SpectrumKernel(window, hopSamples, bank, precision)
    } catch {
      return null
    }
  }

  /** Computes `power` of a frame. */
  transform(frame: number): void {
    this.#code.transform(this.#at.samples + frame * this.#frameBytes, this.#at.energies + 4 * frame)
  }

  /** Computes `rows` of the first so many frames, and `energies`. */
  sumBands(frames: number): void {
    const { table, weights, rows } = this.#at
    for (let frame = 0; frame < frames; frame++) {
      this.transform(frame)
      this.#code.sumBands(table, weights, rows + frame * this.#rowBytes, this.#groups)
    }
  }

  /**
   * Turns the first so many values of `rows` into max(10·log10(max(v, least)) + add, floor); in single precision only.
   */
  takeDecibels(count: number, least: number, add: number, floor: number): void {
    this.#factors.set([least, add, floor], decibelConstants.length)
    this.#code.takeDecibels(this.#at.rows, this.#at.factors, Math.ceil(count / 4))
  }
}

const everySecond = (values: Float64Array, from: 0 | 1): Float64Array =>
  Float64Array.from({ length: values.length / 2 }, (_, index) => values[2 * index + from]!)

/** So many real parts, their imaginary ones, the next real ones… */
function inGroups(real: Float64Array, imaginary: Float64Array, lanes: number): Float64Array {
  const groups = new Float64Array(2 * real.length)
  for (let from = 0; from < real.length; from += lanes) {
    groups.set(real.subarray(from, from + lanes), 2 * from)
    groups.set(imaginary.subarray(from, from + lanes), 2 * from + lanes)
  }
  return groups
}

/** As the code reads them: without those of a first stage of four, which are 1; vectors for the last stage. */
function packTwiddles(half: number, lanes: number): Float64Array {
  const all = stageTwiddles(half)
  const middle = all.subarray(Math.log2(half) % 2 === 0 ? 6 : 0, all.length - 6 * (half / 4))
  const last = all.subarray(all.length - 6 * (half / 4))
  const packed = new Float64Array(middle.length + last.length)
  packed.set(middle)
  for (let k = 0; k < half / 4; k++)
    for (let part = 0; part < 6; part++) {
      const group = middle.length + 6 * (k - (k % lanes))
      packed[group + part * lanes + (k % lanes)] = last[6 * k + part]!
    }
  return packed
}

/** Where a bank's bands lie and their weights, as the code reads them, and how many powers it reads at most. */
function packBank(bank: FilterBank | null, lanes: number): { table: Int32Array; weights: Float64Array; reach: number } {
  const { firstBins, offsets, weights } = bank ?? { firstBins: [], offsets: [0], weights: new Float64Array(0) }
  const table: number[] = []
  const packed: number[] = []
  let reach = 0
  for (let first = 0; first < firstBins.length; first += lanes) {
    const bands = Array.from({ length: lanes }, (_, lane) => {
      const band = Math.min(first + lane, firstBins.length)
      return { bin: firstBins[band] ?? 0, own: weights.subarray(offsets[band], offsets[band + 1] ?? offsets[band]) }
    })
    const vectors = Math.ceil(Math.max(...bands.map(({ own }) => own.length)) / lanes)
    table.push(vectors, ...bands.map(({ bin }) => (16 / lanes) * bin))
    for (const { bin } of bands) reach = Math.max(reach, bin + vectors * lanes)
    for (let from = 0; from < vectors * lanes; from += lanes)
      for (const { own } of bands) for (let lane = 0; lane < lanes; lane++) packed.push(own[from + lane] ?? 0)
  }
  return { table: Int32Array.from(table), weights: Float64Array.from(packed), reach }
}
