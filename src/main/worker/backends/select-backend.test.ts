import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import { probeBackends, proveBackend, selectBackend, tryBackend } from './select-backend'
import { describeDevice, describeLoadFailure, restoreRemovedFunctions } from './load-tensorflow'
import { loadWasm } from './load-wasm'

describe('backends', () => {
  it('reports all three, each with a reason', async () => {
    const reports = await probeBackends()
    expect(reports.map((report) => report.name)).toEqual(['tensorflow', 'webgpu', 'wasm'])
    for (const report of reports) {
      expect(report.reason).not.toBe('')
      expect(report.device === '').toBe(!report.available)
    }
    expect(reports[1]!.available).toBe(false)
    expect(reports[2]).toMatchObject({ available: true, device: expect.stringContaining('CPU (WebAssembly') })
  })

  it('says in auto what it passed over', async () => {
    const [tensorflow] = await probeBackends()
    const selected = await selectBackend('auto')
    expect(tf.getBackend()).toBe(selected.name)
    if (tensorflow!.available) expect(selected).toMatchObject({ name: 'tensorflow', reason: 'using tensorflow' })
    else expect(selected).toMatchObject({ name: 'wasm', reason: `tensorflow: ${tensorflow!.reason}; using wasm` })
  })

  it('never replaces a backend that was asked for', async () => {
    const asked = selectBackend('webgpu')
    await expect(asked).rejects.toBeInstanceOf(AppError)
    await expect(asked).rejects.toMatchObject({
      code: 'backend-unavailable',
      message: expect.stringContaining('webgpu'),
    })
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
