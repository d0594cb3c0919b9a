import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { loadWebgpu } from './load-webgpu'
import { useSoftwareVulkan } from './testing/software-vulkan'
import type { GuardedWebgpuBackend } from './webgpu-backend'

describe.skipIf(useSoftwareVulkan() === null)('a GPU that is lost', () => {
  it('fails the step that waits for it, and the next ones', async () => {
    await loadWebgpu()
    const weight = tf.variable(tf.ones([64, 64]))
    const step = async () => (await tf.tidy(() => tf.sum(tf.matMul(weight, weight))).data())[0]
    expect(await step()).toBe(64 ** 3)
    const waiting = step()
    ;(tf.backend() as GuardedWebgpuBackend).device.destroy()
    const lost = { code: 'training-failed', message: expect.stringContaining('was lost while it computed') }
    await expect(waiting).rejects.toMatchObject(lost)
    await expect(step()).rejects.toMatchObject(lost)
    await expect(loadWebgpu()).rejects.toMatchObject(lost)
  })
})
