import * as tf from '@tensorflow/tfjs-core'
import { afterEach, expect, it, vi } from 'vitest'
import { loadWasm } from './load-wasm'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
})

it('goes on in one thread, and says so, where memory cannot be shared', async () => {
  vi.stubEnv('EARMARK_WASM_THREADS', '2')
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const Usual = WebAssembly.Memory
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function (description: WebAssembly.MemoryDescriptor) {
    if (description.shared) throw new RangeError('no shared memory here')
    return new Usual(description)
  })
  expect(await loadWasm()).toBe('CPU (WebAssembly SIMD, one thread)')
  const gradient = tf.grad((w: tf.Tensor) =>
    tf.sum(tf.conv2d(tf.ones<tf.Rank.R4>([2, 5, 5, 3]), w as tf.Tensor4D, 1, 'valid')),
  )(tf.ones([3, 3, 3, 4]))
  expect([...new Set(gradient.dataSync())]).toEqual([18])
})
