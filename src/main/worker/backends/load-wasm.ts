/** Starts tfjs's WASM backend in Node, with the kernels that training needs. */
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, sep } from 'node:path'
import { setWasmPaths, type BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { registerWasmKernels } from './wasm-kernels'
import { registerSharedBackend } from './wasm-shared-module'
import { vectorMachine } from './wasm-vector-machine'

/** Set once it has started. */
let device: string | null = null

/**
 * Selects the WASM backend, on as many threads as this process may run at once, or as EARMARK_WASM_THREADS says. The
 * .wasm files are found beside the installed package, so that this works from the sources and from the bundle in
 * `out/`, where node_modules stays outside.
 *
 * @returns where it runs, for people: "CPU (WebAssembly SIMD, 4 threads)"
 * @throws Error when the files are missing or WebAssembly cannot start
 */
export async function loadWasm(): Promise<string> {
  device ??= await start(wantedThreads())
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly module did not start')
  return device
}

/** @throws Error when EARMARK_WASM_THREADS is not a whole number above zero */
function wantedThreads(): number {
  const asked = process.env.EARMARK_WASM_THREADS
  if (asked === undefined || asked === '') return availableParallelism()
  const count = Number(asked)
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`EARMARK_WASM_THREADS is ${asked}, not a number of threads`)
  return count
}

async function start(threads: number): Promise<string> {
  const folder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + sep
  setWasmPaths(folder)
  const hasSimd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
  const isShared = threads > 1 && hasSimd === true
  const own = tf.findBackendFactory('wasm')
  if (isShared) registerSharedBackend(folder)
  if (!(await tf.setBackend('wasm'))) {
    if (!isShared) throw new Error('the WebAssembly module did not start')
    // A host without shared memory: tfjs's own module, in one thread.
    tf.removeBackend('wasm')
    tf.registerBackend('wasm', own, 2)
    return start(1)
  }
  await tf.ready()
  if (!hasSimd) return 'CPU (WebAssembly, one thread)'
  registerWasmKernels()
  const machine = vectorMachine(tf.backend() as BackendWasm)
  let hindrance = ''
  if (isShared) {
    await machine.startThreads(threads).catch((error: unknown) => {
      hindrance = `; more did not start: ${error instanceof Error ? error.message : String(error)}`
    })
  }
  const count = machine.threadCount
  return `CPU (WebAssembly SIMD, ${count === 1 ? 'one thread' : `${count} threads`}${hindrance})`
}
