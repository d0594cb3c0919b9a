/** Starts tfjs's WASM backend in Node, with the gradient kernels that training needs. */
import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { registerWasmKernels } from './wasm-kernels'

/**
 * Selects the WASM backend. The .wasm files are found beside the installed package, so that this works
 * from the sources and from the bundle in `out/`, where node_modules stays outside.
 *
 * @returns where it runs, for people: "CPU (WebAssembly SIMD, 1 thread)"
 * @throws Error when the files are missing or WebAssembly cannot start
 */
export async function loadWasm(): Promise<string> {
  const require = createRequire(import.meta.url)
  setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep)
  const isReady = await tf.setBackend('wasm')
  if (!isReady) throw new Error('the WebAssembly module did not start')
  await tf.ready()
  registerWasmKernels()
  const hasSimd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')
  const hasThreads = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')
  return `CPU (WebAssembly${hasSimd ? ' SIMD' : ''}${hasThreads ? ', threads' : ', one thread'})`
}
