/** Powers of bands, and their decibels, four frames at a time in single precision, in WebAssembly where it may be compiled. */
import { bitReversal, stageTwiddles } from './complex-fft'
import { instantiateDecibelCode, type DecibelCode } from './decibel-kernel-code'
import { unfoldTable } from './fft'
import type { FilterBank } from './filter-bank'

const pageBytes = 65_536
const leastSamples = 32
const mostSamples = 2 ** 18
/** Frames computed between two crossings into JavaScript, and the most samples that they may span. */
const mostFrames = 64
const mostSpan = 2 ** 19

/** Where a bank's bands lie, as the code reads it, and its weights, an even number each. */
function packBank({ firstBins, offsets, weights }: FilterBank): { table: Int32Array; weights: Float32Array } {
  const table = new Int32Array(2 * firstBins.length)
  const packed: number[] = []
  firstBins.forEach((bin, band) => {
    const own = weights.subarray(offsets[band], offsets[band + 1])
    table.set([16 * bin, Math.ceil(own.length / 2)], 2 * band)
    packed.push(...own)
    if (own.length % 2 === 1) packed.push(0)
  })
  return { table, weights: Float32Array.from(packed) }
}

type Part =
  | 'samples'
  | 'window'
  | 'order'
  | 'twiddles'
  | 'unfold'
  | 'z'
  | 'power'
  | 'energy'
  | 'table'
  | 'weights'
  | 'side'
  | 'rows'
  | 'limits'

/** A plan for one window, hop and filter bank. Not to be shared between calls in flight. */
export class DecibelKernel {
  /** So many frames at once, a multiple of four. */
  readonly frames: number
  /** The frames' samples, to be filled before `sumBands`: frame t begins at t·hop. */
  readonly samples: Float32Array
  /** The bands' powers, a row of `rowLength` for each frame; the last ones of a row belong to no band. */
  readonly rows: Float32Array
  readonly rowLength: number
  /** The sum of each frame's |X[k]|². */
  readonly energies: Float32Array
  readonly #code: DecibelCode
  readonly #half: number
  readonly #hopSamples: number
  readonly #bands: number
  readonly #limits: Float32Array
  readonly #at: Record<Part, number>

  private constructor(window: Float64Array, hopSamples: number, bank: FilterBank) {
    const { table, weights } = packBank(bank)
    const size = window.length
    const half = size / 2
    const order = bitReversal(half).map((place) => 8 * place)
    const twiddles = stageTwiddles(half)
    const unfold = unfoldTable(size)
    this.#bands = bank.firstBins.length
    this.rowLength = 4 * Math.ceil(this.#bands / 4)
    this.frames = Math.max(4, Math.min(mostFrames, 4 * Math.floor((mostSpan - size) / hopSamples / 4)))
    const span = (this.frames - 1) * hopSamples + size
    if (span > mostSpan) throw new RangeError('four frames lie too far from each other')
    let end = 0
    const take = (bytes: number): number => {
      const at = end
      end += Math.ceil(bytes / 16) * 16
      return at
    }
    this.#half = half
    this.#hopSamples = hopSamples
    const rowBytes = 4 * this.rowLength
    this.#at = {
      z: take(32 * half),
      window: take(4 * size),
      order: take(4 * half),
      twiddles: take(4 * twiddles.length),
      unfold: take(4 * unfold.length),
      // One more than the bins: a pair of weights may end beyond the last.
      power: take(16 * (half + 2)),
      table: take(table.byteLength),
      weights: take(weights.byteLength),
      side: take(4 * rowBytes),
      rows: take(this.frames * rowBytes),
      energy: take(4 * this.frames),
      limits: take(12),
      samples: take(4 * span),
    }
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
    this.#code = instantiateDecibelCode(memory)
    const floats = (at: number, length: number): Float32Array => new Float32Array(memory.buffer, at, length)
    // Of half the samples the sums of the unfolding are the halves that it needs.
    floats(this.#at.window, size).set(window.map((value) => value / 2))
    new Uint32Array(memory.buffer, this.#at.order, half).set(order)
    floats(this.#at.twiddles, twiddles.length).set(twiddles)
    floats(this.#at.unfold, unfold.length).set(unfold)
    new Int32Array(memory.buffer, this.#at.table, table.length).set(table)
    floats(this.#at.weights, weights.length).set(weights)
    this.samples = floats(this.#at.samples, span)
    this.rows = floats(this.#at.rows, this.frames * this.rowLength)
    this.energies = floats(this.#at.energy, this.frames)
    this.#limits = floats(this.#at.limits, 3)
  }

  /** The plan, or null where there is none: another length than a power of two, no vectors, or WebAssembly forbidden. */
  static tryMake(window: Float64Array, hopSamples: number, bank: FilterBank): DecibelKernel | null {
    const size = window.length
    if ((size & (size - 1)) !== 0 || size < leastSamples || size > mostSamples) return null
    try {
      return new DecibelKernel(window, hopSamples, bank)
    } catch {
      return null
    }
  }

  /** Computes `rows` and `energies` of the first so many frames, and of those that fill up four. */
  sumBands(frames: number): void {
    const at = this.#at
    const code = this.#code
    const half = this.#half
    const isEven = Math.log2(half) % 2 === 0
    for (let frame = 0; frame < frames; frame += 4) {
      const samples = at.samples + 4 * frame * this.#hopSamples
      // Powers of four begin with a stage of four, the others with one of two.
      if (isEven) code.loadByFour(at.order, samples, 4 * this.#hopSamples, at.window, at.z, half / 4)
      else code.loadByTwo(at.order, samples, 4 * this.#hopSamples, at.window, at.z, half / 2)
      let table = at.twiddles + (isEven ? 24 : 0)
      for (let quarter = isEven ? 4 : 2; quarter < half; quarter *= 4) {
        code.stage(at.z, table, 32 * quarter, half / (4 * quarter))
        table += 24 * quarter
      }
      code.finish(at.z, at.unfold, at.power, half, at.energy + 4 * frame)
      code.sumBands(at.table, at.weights, at.power, at.side, this.#bands)
      const rowBytes = 4 * this.rowLength
      code.turn(at.side, at.rows + frame * rowBytes, rowBytes, this.rowLength / 4)
    }
  }

  /** Turns every value of `rows` of the first so many frames into max(10·log10(max(v, least)) + add, floor). */
  takeDecibels(frames: number, least: number, add: number, floor: number): void {
    this.#limits.set([least, add, floor])
    this.#code.takeDecibels(this.#at.rows, this.#at.limits, (frames * this.rowLength) / 4)
  }
}
