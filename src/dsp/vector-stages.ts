/** The stages of a complex transform of a power of two in WebAssembly, in a memory that has room for more. */
import { type FftCode, factorBytes, instantiateFft, packFactors } from './fft-code'
import { stageTwiddles } from './fft-tables'

const pageBytes = 65_536

/** Shorter transforms are not worth the calls; the tables of longer ones would take memory without end. */
export function isForVectors(size: number): boolean {
  return size >= 16 && size <= 2 ** 18
}

/** To be used where `isForVectors`: the same numbers as RadixFourFft's to the last bit. */
export class VectorStages {
  /** Real and imaginary parts in turn, in the order of `bitReversal` before `transform`. */
  readonly data: Float64Array
  readonly code: FftCode
  readonly buffer: ArrayBuffer
  /** Where the values end, and where the room begins, in bytes. */
  readonly end: number
  readonly room: number
  readonly #size: number

  /** @throws where the engine has no vectors, or a content security policy forbids WebAssembly */
  constructor(size: number, roomBytes: number) {
    const factors = packFactors(stageTwiddles(size))
    this.#size = size
    this.end = 16 * size
    this.room = this.end + factors.byteLength
    const memory = new WebAssembly.Memory({ initial: Math.ceil((this.room + roomBytes) / pageBytes) })
    this.code = instantiateFft(memory)
    this.buffer = memory.buffer
    this.data = new Float64Array(memory.buffer, 0, 2 * size)
    new Float64Array(memory.buffer, this.end, factors.length).set(factors)
  }

  transform(): void {
    const { code, end } = this
    let quarter = 1
    if (Math.log2(this.#size) % 2 === 1) {
      code.pairs(end)
      quarter = 2
    }
    let factors = end
    for (; quarter < this.#size; quarter *= 4) {
      code.fours(factors, 16 * quarter, end)
      factors += factorBytes * quarter
    }
  }
}
