/** Loads TensorFlow's native library (tfjs-node), where it is installed. */
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'

const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']

/**
 * Loads the native library and selects it.
 *
 * @returns where it runs, for people: "GPU (TensorFlow 2.9.1)"
 * @throws Error whose message says, for each package tried, why it cannot be used
 */
export async function loadTensorflow(): Promise<string> {
  const require = createRequire(import.meta.url)
  restoreRemovedFunctions(require('node:util') as Record<string, unknown>)
  const failures: string[] = []
  for (const name of packages) {
    let library: unknown
    try {
      library = require(name)
    } catch (error) {
      failures.push(`${name} ${describeLoadFailure(name, error)}`)
      continue
    }
    if (tf.findBackendFactory('tensorflow') === null) {
      failures.push(`${name} was loaded, but brought its own copy of tfjs-core`)
      continue
    }
    if (await tf.setBackend('tensorflow')) return describeDevice(library)
    failures.push(`${name} was loaded, but its backend did not start`)
  }
  throw new Error(failures.join('; '))
}

/** tfjs-node 4.22 calls two functions that Node 23 removed from node:util. */
export function restoreRemovedFunctions(util: Record<string, unknown>): void {
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
  util.isArray ??= Array.isArray
}

/** Why `require` failed, in one line: not installed, or installed without its library, or what the loader said. */
export function describeLoadFailure(name: string, error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  const firstLine = (message ?? String(error)).split('\n', 1)[0]!
  if (code === 'MODULE_NOT_FOUND' && firstLine.includes(`'${name}'`)) return 'is not installed'
  if (firstLine.includes('tfjs_binding.node')) return `is installed without its native library (${firstLine})`
  return `does not load (${firstLine})`
}

/** The backend itself says whether TensorFlow found a GPU: tfjs-node-gpu falls back to the CPU without a word. */
function describeDevice(library: unknown): string {
  const isGpu = (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true
  const versions = (library as { version?: Record<string, string> }).version
  const version = versions?.['tensorflow-lib'] ?? versions?.['tfjs-node'] ?? null
  return `${isGpu ? 'GPU' : 'CPU'} (TensorFlow${version === null ? '' : ` ${version}`})`
}
