/** RealFft for powers of two, in WebAssembly: the same numbers to the last bit. */
import { bitReversal, unfoldTable } from './fft-tables'
import { packFactors } from './fft-code'
import { isForVectors, VectorStages } from './vector-stages'

/** As RealFft. */
export class VectorRealFft {
  readonly input: Float64Array
  readonly real: Float64Array
  readonly imaginary: Float64Array
  readonly #machine: Machine

  private constructor(size: number) {
    this.#machine = machineFor(size)
    this.input = new Float64Array(size)
    this.real = new Float64Array(size / 2 + 1)
    this.imaginary = new Float64Array(size / 2 + 1)
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
    this.#machine.transform(this)
  }

  invert(): void {
    this.#machine.invert(this)
  }
}

type Values = Pick<VectorRealFft, 'input' | 'real' | 'imaginary'>

const machines = new Map<number, WeakRef<Machine>>()

/** All plans of a size compute in one memory: an engine has room for few, whatever their size. */
function machineFor(size: number): Machine {
  const known = machines.get(size)?.deref()
  if (known) return known
  const machine = new Machine(size)
  machines.set(size, new WeakRef(machine))
  return machine
}

class Machine {
  readonly #stages: VectorStages
  /** In the memory, as those of a plan. */
  readonly #values: Values
  /** Where each lies, in bytes. */
  readonly #at: Record<'scale' | 'order' | 'table' | 'input' | 'real' | 'imaginary', number>

  constructor(size: number) {
    const half = size / 2
    const binBytes = 8 * (half + 2)
    const tableBytes = 32 * (half + 1)
    const stages = new VectorStages(half, 16 + 4 * half + tableBytes + 8 * size + 2 * binBytes)
    const { room: scale, buffer } = stages
    const order = scale + 16
    const table = order + 4 * half
    const input = table + tableBytes
    const real = input + 8 * size
    const imaginary = real + binBytes
    new Float64Array(buffer, scale, 2).set([1 / size, -1 / size])
    new Int32Array(buffer, order, half).set(bitReversal(half).map((from) => 16 * from))
    const factors = packFactors(unfoldTable(size))
    new Float64Array(buffer, table, factors.length).set(factors)
    this.#stages = stages
    this.#at = { scale, order, table, input, real, imaginary }
    this.#values = {
      input: new Float64Array(buffer, input, size),
      real: new Float64Array(buffer, real, half + 1),
      imaginary: new Float64Array(buffer, imaginary, half + 1),
    }
  }

  transform({ input, real, imaginary }: Values): void {
    const { code, end, data } = this.#stages
    const at = this.#at
    this.#values.input.set(input)
    code.gather(at.order, at.input, end)
    this.#stages.transform()
    code.unfold(at.table, at.real, at.imaginary, end)
    real.set(this.#values.real)
    imaginary.set(this.#values.imaginary)
    const last = real.length - 1
    real[0] = data[0]! + data[1]!
    imaginary[0] = 0
    real[last] = data[0]! - data[1]!
    imaginary[last] = 0
  }

  invert({ input, real, imaginary }: Values): void {
    const { code, end, data } = this.#stages
    const at = this.#at
    this.#values.real.set(real)
    this.#values.imaginary.set(imaginary)
    code.fold(at.order, at.table, at.real, at.imaginary, end)
    const [first, last] = [real[0]!, real[real.length - 1]!]
    data[0] = first + last
    data[1] = -(0 + (first - last))
    this.#stages.transform()
    code.scale(at.scale, at.input, end)
    input.set(this.#values.input)
  }
}
