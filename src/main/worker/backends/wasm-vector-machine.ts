/** Runs the vector loops on the WASM backend's memory. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { WasmThreads } from './wasm-threads'
import { compileVectorCode, tileColumns, type VectorCode } from './wasm-vector-code'

/** One call of the vector code: the function and its arguments. */
export type VectorCall = { [Name in keyof VectorCode]: [Name, ...Parameters<VectorCode[Name]>] }[keyof VectorCode]

/** What tfjs's module holds beyond its declared type. */
interface WasmModule {
  /** Exports of the module; the memory is among them where it is not shared. */
  asm?: { memory?: WebAssembly.Memory }
  /** Where the memory was made outside. */
  wasmMemory?: WebAssembly.Memory
}

/** A piece of the heap for one kernel's own use. */
export interface Scratch {
  address: number
  floats: () => Float32Array
  integers: () => Int32Array
}

/** Multiply-adds of four lanes below which waking other threads costs more than it saves. */
const leastShared = 100_000

/** The vector code over one backend's heap, and the scratch memory that a kernel takes meanwhile. */
export class VectorMachine {
  readonly #module: WebAssembly.Module
  readonly #memory: WebAssembly.Memory
  readonly #names: string[]
  readonly #functions: ((...values: number[]) => void)[]
  readonly #index: Map<string, number>
  #threads: WasmThreads | null = null
  #held: tf.TensorInfo[] = []

  constructor(readonly backend: BackendWasm) {
    this.#memory = heapMemory(backend)
    this.#module = compileVectorCode(!(this.#memory.buffer instanceof ArrayBuffer))
    const code = new WebAssembly.Instance(this.#module, { host: { memory: this.#memory } }).exports
    this.#names = Object.keys(code)
    this.#functions = Object.values(code) as ((...values: number[]) => void)[]
    this.#index = new Map(this.#names.map((name, index) => [name, index]))
  }

  /**
   * Starts more threads on the heap, which has to be shared.
   *
   * @param count threads in all
   * @throws Error when they do not start; everything then goes on in this thread
   */
  async startThreads(count: number): Promise<void> {
    this.#threads = await WasmThreads.start(this.#module, this.#memory, this.#names, this.#functions, count)
  }

  /** Threads that the calls run on, this one among them. */
  get threadCount(): number {
    return this.#threads?.count ?? 1
  }

  /** Address of a tensor's values on the heap, in bytes. */
  address(tensor: tf.TensorInfo): number {
    return this.backend.getMemoryOffset(tensor.dataId)
  }

  /** A tensor's float32 values. Allocations may replace the heap's buffer: take views after them. */
  floats(tensor: tf.TensorInfo): Float32Array {
    return this.backend.typedArrayFromHeap(tensor) as Float32Array
  }

  /** Heap memory of that many 4-byte numbers, not cleared, until `release`. */
  scratch(count: number): Scratch {
    const tensor = this.backend.makeOutput([count], 'float32')
    this.#held.push(tensor)
    return {
      address: this.address(tensor),
      floats: () => this.floats(tensor),
      integers: () => this.backend.typedArrayFromHeap({ ...tensor, dtype: 'int32' }) as Int32Array,
    }
  }

  /** Gives back all scratch memory. */
  release(): void {
    for (const { dataId } of this.#held) this.backend.disposeData(dataId)
    this.#held = []
  }

  /**
   * Performs the calls, in any order and several at a time; no call may write what another one reads or writes.
   *
   * @param work about how many vector operations they are, in all
   */
  run(calls: VectorCall[], work: number): void {
    const numbered = calls.map(([name, ...values]) => [this.#index.get(name)!, ...values])
    if (this.#threads !== null && calls.length > 1 && work >= leastShared) this.#threads.run(numbered)
    else for (const [index, ...values] of numbered) this.#functions[index!]!(...values)
  }

  /**
   * Packs a matrix [rows, columns] into panels [⌈columns / 8⌉, rows, 8]; columns past the last are zero.
   *
   * @returns address of the first panel
   */
  pack(matrix: number, rows: number, columns: number): number {
    const panels = Math.ceil(columns / tileColumns)
    const packed = this.scratch(panels * rows * tileColumns)
    const full = Math.floor(columns / tileColumns)
    const calls: VectorCall[] = []
    for (let panel = 0; panel < full; panel++) {
      calls.push(['pack', matrix + 32 * panel, 4 * columns, rows, packed.address + 32 * panel * rows])
    }
    this.run(calls, 4 * full * rows)
    if (full < panels) {
      const source = new Float32Array(packed.floats().buffer, matrix, rows * columns)
      const target = packed.floats().subarray(full * rows * tileColumns)
      const count = columns - full * tileColumns
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < tileColumns; column++) {
          target[row * tileColumns + column] = column < count ? source[row * columns + full * tileColumns + column]! : 0
        }
      }
    }
    return packed.address
  }
}

function heapMemory(backend: BackendWasm): WebAssembly.Memory {
  const { asm, wasmMemory } = backend.wasm as unknown as WasmModule
  const memory = asm?.memory ?? wasmMemory
  if (memory === undefined) throw new Error('tfjs-backend-wasm hides its memory; Earmark was made for its version 4.22')
  return memory
}

const machines = new WeakMap<BackendWasm, VectorMachine>()

/** The machine of a backend, made at its first use. */
export function vectorMachine(backend: BackendWasm): VectorMachine {
  const known = machines.get(backend)
  if (known !== undefined) return known
  const made = new VectorMachine(backend)
  machines.set(backend, made)
  return made
}
