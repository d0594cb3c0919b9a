/** RealFft for powers of two, in WebAssembly: the same numbers to the last bit. */
import { bitReversal, unfoldTable } from './fft-tables'
import { isForVectors, VectorStages } from './vector-stages'

/** As RealFft. */
export class VectorRealFft {
  readonly input: Float64Array
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly #stages: VectorStages
  /** Where each lies, in bytes. */
  readonly #at: Record<'scale' | 'order' | 'table' | 'input' | 'real' | 'imaginary', number>

  private constructor(size: number) {
    const half = size / 2
    const order = bitReversal(half)
    const lengths = {
      scale: 16,
      order: 4 * half,
      table: 32 * (half + 1),
      input: 8 * size,
      real: 8 * (half + 2),
      imaginary: 8 * (half + 2),
    }
    const stages = new VectorStages(
      half,
      Object.values(lengths).reduce((sum, bytes) => sum + bytes),
    )
    this.#stages = stages
    let end = stages.room
    const take = (bytes: number): number => {
      const at = end
      end += bytes
      return at
    }
    this.#at = {
      scale: take(lengths.scale),
      order: take(lengths.order),
      table: take(lengths.table),
      input: take(lengths.input),
      real: take(lengths.real),
      imaginary: take(lengths.imaginary),
    }
    const { buffer } = stages
    new Float64Array(buffer, this.#at.scale, 2).set([1 / size, -1 / size])
    new Int32Array(buffer, this.#at.order, half).set(order.map((from) => 16 * from))
    const table = new Float64Array(buffer, this.#at.table, 4 * (half + 1))
    const factors = unfoldTable(size)
    for (let k = 0; k <= half; k++) {
      const [real, imaginary] = [factors[2 * k]!, factors[2 * k + 1]!]
      table.set([real, real, -imaginary, imaginary], 4 * k)
    }
    this.input = new Float64Array(buffer, this.#at.input, size)
    this.real = new Float64Array(buffer, this.#at.real, half + 1)
    this.imaginary = new Float64Array(buffer, this.#at.imaginary, half + 1)
  }

  /** The plan, or null where there is none: another length than a power of two, no vectors, or WebAssembly forbidden. */
  static tryMake(size: number): VectorRealFft | null {
    if (!Number.isInteger(Math.log2(size)) || !isForVectors(size / 2)) return null
    try {
      return new VectorRealFft(size)
    } catch {
      return null
    }
  }

  transform(): void {
    const { code, end, data } = this.#stages
    const { real, imaginary } = this
    const at = this.#at
    code.gather(at.order, at.input, end)
    this.#stages.transform()
    code.unfold(at.table, at.real, at.imaginary, end)
    const last = real.length - 1
    real[0] = data[0]! + data[1]!
    imaginary[0] = 0
    real[last] = data[0]! - data[1]!
    imaginary[last] = 0
  }

  invert(): void {
    const { code, end, data } = this.#stages
    const { real } = this
    const at = this.#at
    code.fold(at.order, at.table, at.real, at.imaginary, end)
    const [first, last] = [real[0]!, real[real.length - 1]!]
    data[0] = first + last
    data[1] = -(0 + (first - last))
    this.#stages.transform()
    code.scale(at.scale, at.input, end)
  }
}
