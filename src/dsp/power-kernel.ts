/** Power spectra of windowed frames, two at a time, in WebAssembly where it may be compiled. */
import { bitReversal, stageTwiddles } from './complex-fft'
import { unfoldTable } from './fft'
import type { FilterBank } from './filter-bank'
import { instantiatePowerCode, type PowerCode } from './power-kernel-code'

const pageBytes = 65_536
/** Shorter transforms are not worth the call. */
const leastSamples = 32
const mostSamples = 2 ** 18

/** Where a bank's bands lie, as the code reads it, and its weights. */
function packBank({ firstBins, offsets, weights }: FilterBank): { table: Int32Array; weights: Float64Array } {
  const table = new Int32Array(2 * firstBins.length)
  const packed: number[] = []
  firstBins.forEach((bin, band) => {
    const own = weights.subarray(offsets[band], offsets[band + 1])
    table.set([8 * bin, Math.ceil(own.length / 2)], 2 * band)
    packed.push(...own)
    if (own.length % 2 === 1) packed.push(0)
  })
  return { table, weights: Float64Array.from(packed) }
}

type Bank = 'table' | 'weights' | 'bandsA' | 'bandsB'

/** A plan for one window: RealFft's numbers, to the last bit, two frames at a time. Not to be shared between calls in flight. */
export class PowerKernel {
  /** The samples of two frames, to be filled before `transform`. */
  readonly samples: readonly [Float32Array, Float32Array]
  /** The power |X[k]|² of both frames' bins, valid until the next `transform`. */
  readonly power: readonly [Float64Array, Float64Array]
  /** What `sumBands` makes of it: applyFilterBank's numbers, to the last bit; empty without a filter bank. */
  readonly bands: readonly [Float64Array, Float64Array]
  readonly #code: PowerCode
  readonly #half: number
  readonly #at: Record<
    'samplesA' | 'samplesB' | 'window' | 'order' | 'twiddles' | 'unfold' | 'z' | 'a' | 'b' | Bank,
    number
  >

  private constructor(window: Float64Array, bank: FilterBank | null) {
    const { table, weights } = bank ? packBank(bank) : { table: new Int32Array(0), weights: new Float64Array(0) }
    const bands = table.length / 2
    const size = window.length
    const half = size / 2
    const order = bitReversal(half).map((place) => 8 * place)
    const twiddles = stageTwiddles(half)
    const unfold = unfoldTable(size)
    let end = 0
    const take = (bytes: number): number => {
      const at = end
      end += Math.ceil(bytes / 16) * 16
      return at
    }
    this.#half = half
    this.#at = {
      samplesA: take(4 * size),
      samplesB: take(4 * size),
      window: take(8 * size),
      order: take(4 * half),
      twiddles: take(twiddles.byteLength),
      unfold: take(unfold.byteLength),
      z: take(32 * half),
      // One more than the bins: a pair of weights may end beyond the last.
      a: take(8 * (half + 2)),
      b: take(8 * (half + 2)),
      table: take(table.byteLength),
      weights: take(weights.byteLength),
      bandsA: take(8 * bands),
      bandsB: take(8 * bands),
    }
    const memory = new WebAssembly.Memory({ initial: Math.ceil(end / pageBytes) })
    this.#code = instantiatePowerCode(memory)
    const { buffer } = memory
    new Float64Array(buffer, this.#at.window, size).set(window)
    new Uint32Array(buffer, this.#at.order, half).set(order)
    new Float64Array(buffer, this.#at.twiddles, twiddles.length).set(twiddles)
    new Float64Array(buffer, this.#at.unfold, unfold.length).set(unfold)
    new Int32Array(buffer, this.#at.table, table.length).set(table)
    new Float64Array(buffer, this.#at.weights, weights.length).set(weights)
    this.samples = [
      new Float32Array(buffer, this.#at.samplesA, size),
      new Float32Array(buffer, this.#at.samplesB, size),
    ]
    this.power = [new Float64Array(buffer, this.#at.a, half + 1), new Float64Array(buffer, this.#at.b, half + 1)]
    this.bands = [new Float64Array(buffer, this.#at.bandsA, bands), new Float64Array(buffer, this.#at.bandsB, bands)]
  }

  /** The plan, or null where there is none: another length than a power of two, no vectors, or WebAssembly forbidden. */
  static tryMake(window: Float64Array, bank: FilterBank | null = null): PowerKernel | null {
    const size = window.length
    if ((size & (size - 1)) !== 0 || size < leastSamples || size > mostSamples) return null
    try {
      return new PowerKernel(window, bank)
    } catch {
      return null
    }
  }

  /** Transforms `samples` into `power`. */
  transform(): void {
    const { samplesA, samplesB, window, order, twiddles, unfold, z, a, b } = this.#at
    const code = this.#code
    const half = this.#half
    // Powers of four begin with a stage of four, the others with one of two.
    let quarter = Math.log2(half) % 2 === 0 ? 4 : 2
    if (quarter === 4) code.loadByFour(order, samplesA, samplesB, window, z, half / 4)
    else code.loadByTwo(order, samplesA, samplesB, window, z, half / 2)
    let table = twiddles + (quarter === 4 ? 48 : 0)
    for (; quarter < half; quarter *= 4) {
      code.stage(z, table, 32 * quarter, half / (4 * quarter))
      table += 48 * quarter
    }
    code.finish(z, unfold, a, b, half)
  }
  /** Sums `power` into `bands`. */
  sumBands(): void {
    const { table, weights, a, b, bandsA, bandsB } = this.#at
    this.#code.sumBands(table, weights, a, b, bandsA, bandsB, this.bands[0].length)
  }
}
