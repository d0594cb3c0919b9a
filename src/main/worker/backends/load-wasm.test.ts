import { afterEach, describe, expect, it, vi } from 'vitest'
import * as tf from '@tensorflow/tfjs-core'
import { loadWasm } from './load-wasm'

afterEach(() => vi.unstubAllEnvs())

describe('loadWasm', () => {
  it('refuses a number of threads that is none', async () => {
    vi.stubEnv('EARMARK_WASM_THREADS', 'many')
    await expect(loadWasm()).rejects.toThrow('EARMARK_WASM_THREADS is many')
    vi.stubEnv('EARMARK_WASM_THREADS', '0')
    await expect(loadWasm()).rejects.toThrow('not a number of threads')
  })

  it('runs on the threads that were asked for, and says so', async () => {
    vi.stubEnv('EARMARK_WASM_THREADS', '3')
    const workerClass: unknown = Reflect.get(globalThis, 'Worker')
    expect(await loadWasm()).toBe('CPU (WebAssembly SIMD, 3 threads)')
    expect(Reflect.get(globalThis, 'Worker')).toBe(workerClass)
    const a = tf.ones([300, 400])
    const product = tf.matMul(a, a, false, true)
    expect([...new Set(product.dataSync())]).toEqual([400])
    // The heap grows while the threads are there, and they reach its new end.
    const large = tf.ones([48, 1024, 1024])
    const rows = tf.reshape(tf.slice(large, [47, 0, 0], [1, 1024, 1024]), [1024, 1024])
    expect([...new Set(tf.matMul(rows, rows).dataSync())]).toEqual([1024])
    tf.dispose([a, product, large, rows])
  })

  it('is selected again at once', async () => {
    expect(await loadWasm()).toBe('CPU (WebAssembly SIMD, 3 threads)')
  })
})
