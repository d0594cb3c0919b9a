import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import type { BackendRank } from '../../../shared/job/manifest'
import { probeBackend, proveBackend, selectBackend, tryBackend } from './select-backend'
import { describeDevice, describeLoadFailure, loadTensorflow, restoreRemovedFunctions } from './load-tensorflow'
import { loadWasm } from './load-wasm'

describe('backends', () => {
  it('proves each, with a reason and times', async () => {
    for (const name of ['tensorflow', 'webgpu', 'wasm'] as const) {
      const report = await probeBackend(name)
      expect(report.name).toBe(name)
      expect(report.reason).not.toBe('')
      expect(report.device === '').toBe(!report.available)
      expect(report.proof === null).toBe(!report.available)
      if (name === 'wasm')
        expect(report).toMatchObject({ available: true, device: expect.stringContaining('CPU (WebAssembly') })
    }
  })

  it('takes in auto the fastest that was measured, and says so with numbers', async () => {
    const order: BackendRank[] = [
      { name: 'wasm', stepMs: 21, reason: '' },
      { name: 'tensorflow', stepMs: 48.1, reason: '' },
      { name: 'webgpu', stepMs: null, reason: 'no adapter found' },
    ]
    const selected = await selectBackend('auto', order)
    expect(selected).toMatchObject({
      name: 'wasm',
      reason: 'using wasm: 21 ms a proof step; tensorflow 48.1 ms; webgpu: no adapter found',
    })
    expect(tf.getBackend()).toBe('wasm')
  })

  it('goes on in auto when the fastest does not pass this time, and says that too', async () => {
    await loadWasm()
    const original = tf.getKernel('Conv2DBackpropFilter', 'wasm')
    const order: BackendRank[] = [
      { name: 'wasm', stepMs: 2, reason: '' },
      { name: 'tensorflow', stepMs: 8, reason: '' },
    ]
    tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
    tf.registerKernel({ ...original, kernelFunc: () => tf.zeros([2, 2, 1, 1]) })
    try {
      const native = await tryBackend('tensorflow', loadTensorflow)
      const selecting = selectBackend('auto', order)
      if (native.available)
        await expect(selecting).resolves.toMatchObject({
          name: 'tensorflow',
          reason: expect.stringMatching(
            /^wasm: the gradient .* came out as .*; using tensorflow: 8 ms a proof step; wasm 2 ms$/,
          ),
        })
      else await expect(selecting).rejects.toMatchObject({ code: 'backend-unavailable' })
    } finally {
      tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
      tf.registerKernel(original)
    }
  })

  it('keeps the usual order where nothing was measured, and says what it passed over', async () => {
    const native = await tryBackend('tensorflow', loadTensorflow)
    const selected = await selectBackend('auto')
    expect(tf.getBackend()).toBe(selected.name)
    expect(selected.reason).toMatch(/using (tensorflow|wasm), the first of the usual order \(none was measured\)$/)
    if (native.available) expect(selected.name).toBe('tensorflow')
    else expect(selected.reason).toContain(`tensorflow: ${native.reason}; `)
  })

  it('never replaces a backend that was asked for', async () => {
    const { available } = await tryBackend('webgpu', async () => {
      throw new Error('there is no adapter')
    })
    expect(available).toBe(false)
    const asked = await selectBackend('webgpu', [{ name: 'wasm', stepMs: 1, reason: '' }]).catch(
      (error: unknown) => error,
    )
    if (asked instanceof AppError) {
      expect(asked).toMatchObject({ code: 'backend-unavailable', message: expect.stringContaining('webgpu') })
    } else expect(asked).toMatchObject({ name: 'webgpu', reason: 'webgpu was asked for' })
  })

  it('does not call a backend available that computes wrongly', async () => {
    await loadWasm()
    const original = tf.getKernel('Conv2DBackpropFilter', 'wasm')
    const replaceBy = (kernelFunc: tf.KernelFunc): void => {
      tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
      tf.registerKernel({ ...original, kernelFunc })
    }
    try {
      replaceBy(() => tf.zeros([2, 2, 1, 1]))
      const report = await tryBackend('wasm', loadWasm)
      expect(report).toMatchObject({
        available: false,
        reason: expect.stringContaining('the gradient of a convolution came out as 0'),
      })
    } finally {
      replaceBy(original.kernelFunc)
    }
    expect(await tryBackend('wasm', loadWasm)).toMatchObject({ available: true })
  })

  it('leaves no tensor behind', async () => {
    await tf.setBackend('wasm')
    const before = tf.memory().numTensors
    await proveBackend().catch(() => undefined)
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('the native library', () => {
  it('is told apart: without its addon, not loading, crashing', () => {
    const bare = new Error('The addon (tfjs_binding.node) can not be found at path: lib/napi-v8/tfjs_binding.node.')
    expect(describeLoadFailure(bare)).toContain('is installed without its native library')
    expect(describeLoadFailure(new Error('libcudart.so: no such file\nstack'))).toBe(
      'does not load (libcudart.so: no such file)',
    )
    const crashed = new Error('crashed the process that tried it (SIGSEGV)')
    expect(describeLoadFailure(crashed)).toBe('crashed the process that tried it (SIGSEGV)')
  })

  it('says truthfully where it computes', () => {
    const proof = { version: '2.21.0', isUsingGpu: false, loadMs: 1, productMs: 1, convolutionMs: 1 }
    expect(describeDevice(proof, false, 8)).toBe('CPU (TensorFlow 2.21.0, 8 threads)')
    expect(describeDevice(proof, true, 1)).toBe(
      'CPU (TensorFlow 2.21.0, one thread; its form for CUDA found no GPU it can use)',
    )
    expect(describeDevice({ ...proof, isUsingGpu: true }, true, 8)).toBe('GPU (TensorFlow 2.21.0)')
  })

  it('finds the functions that newer Node removed', () => {
    const util: Record<string, unknown> = {}
    restoreRemovedFunctions(util)
    expect((util.isNullOrUndefined as (value: unknown) => boolean)(undefined)).toBe(true)
    expect((util.isNullOrUndefined as (value: unknown) => boolean)(0)).toBe(false)
    expect(util.isArray).toBe(Array.isArray)
  })
})
