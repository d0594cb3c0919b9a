/**
 * Starts tfjs's WASM module for threads in Node, on a memory that other threads can work on.
 *
 * tfjs turns its threads off in Node (its flag WASM_HAS_MULTITHREAD_SUPPORT) and would use half of the cores elsewhere.
 * Its own threads stay off here too: only XNNPACK would use them, eight workers would be started whatever the machine,
 * and they are started from a Blob URL, which Node's workers do not take. What is used is the shared memory; the threads
 * are those of `wasm-threads.ts`, which run Earmark's own loops.
 */
import { createRequire } from 'node:module'
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'

type WasmModule = ConstructorParameters<typeof BackendWasm>[0]
type Wrap = (name: string, result: null | 'number', parameters: 'number'[]) => unknown
type Factory = (settings: object) => Promise<WasmModule & { cwrap: Wrap }>

/** First size of the memory in pages of 64 KiB, as the module was built with, and the most that 32 bits address. */
const pages = { initial: 256, maximum: 65536 }

/** Stands for the workers that the module wants to have at hand and never uses: its own thread count is one. */
class IdleWorker {
  onmessage: ((event: { data: object }) => void) | null = null
  postMessage(message: { cmd?: string }): void {
    if (message.cmd === 'load') setImmediate(() => this.onmessage?.({ data: { cmd: 'loaded' } }))
    else throw new Error('tfjs-backend-wasm tried to start a thread of its own')
  }
  on(): void {}
  ref(): void {}
  unref(): void {}
  terminate(): void {}
}

/**
 * Registers the wasm backend on shared memory in place of tfjs's own; `tf.setBackend('wasm')` starts it.
 *
 * @param folder where the package's .wasm files lie, with a separator at the end
 */
export function registerSharedBackend(folder: string): void {
  tf.removeBackend('wasm')
  tf.registerBackend('wasm', async () => new BackendWasm(await startModule(folder)), 2)
}

async function startModule(folder: string): Promise<WasmModule> {
  const require = createRequire(import.meta.url)
  const factory = require('@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js') as Factory
  const usual = Object.getOwnPropertyDescriptor(globalThis, 'Worker')
  // The module takes its workers from the global name, after assigning Node's class to it.
  Object.defineProperty(globalThis, 'Worker', { configurable: true, get: () => IdleWorker, set: () => undefined })
  try {
    const wasmModule = await factory({
      wasmMemory: new WebAssembly.Memory({ ...pages, shared: true }),
      locateFile: (file: string) => folder + file,
    })
    setThreadsCount(1)
    wasmModule.tfjs = {
      init: wasmModule.cwrap('init', null, []),
      initWithThreadsCount: wasmModule.cwrap('init_with_threads_count', null, ['number']),
      getThreadsCount: wasmModule.cwrap('get_threads_count', 'number', []),
      registerTensor: wasmModule.cwrap('register_tensor', null, ['number', 'number', 'number']),
      disposeData: wasmModule.cwrap('dispose_data', null, ['number']),
      dispose: wasmModule.cwrap('dispose', null, []),
    } as unknown as WasmModule['tfjs']
    return wasmModule
  } finally {
    if (usual) Object.defineProperty(globalThis, 'Worker', usual)
    else Reflect.deleteProperty(globalThis, 'Worker')
  }
}
