/** Every operation that training uses, forward and backward, on WebGPU against tfjs's plain-JavaScript backend. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadWebgpu } from './load-webgpu'
import { convolutions, losses, pools, products } from './testing/layer-cases'
import { compute, computeAdjoint, relativeError } from './testing/operation-case'
import { elementwise, moves, reductions } from './testing/operation-cases'
import { useSoftwareVulkan } from './testing/software-vulkan'
import { countChunks } from './webgpu-programs'

describe.skipIf(useSoftwareVulkan() === null)('on WebGPU as on the cpu backend', () => {
  beforeAll(async () => {
    await loadWebgpu()
    // tfjs computes small tensors in JavaScript as long as they have not been on the GPU: not what is tested here.
    tf.env().set('WEBGPU_CPU_FORWARD', false)
  })

  it.each([...convolutions, ...pools, ...products, ...losses, ...reductions, ...elementwise, ...moves])(
    '$name',
    async (one) => {
      await tf.setBackend('cpu')
      const expected = await compute({ ...one, ...(one.isLinear && { hasGradient: false }) })
      if (one.isLinear) expected.push(await computeAdjoint(one))
      await tf.setBackend('webgpu')
      const before = tf.memory().numTensors
      const actual = await compute(one)
      expect(tf.memory().numTensors, 'tensors left behind').toBe(before)
      expect(actual).toHaveLength(expected.length)
      for (const [index, values] of actual.entries()) {
        const what = index === 0 ? 'forward' : `gradient of input ${index}`
        expect(relativeError(values, expected[index]!), what).toBeLessThan(index === 0 ? 1e-5 : 1e-4)
      }
    },
  )
})

describe.skipIf(useSoftwareVulkan() === null)('the gradient of a filter', () => {
  it('is exact over a quarter of a million products', async () => {
    await loadWebgpu()
    const shape: [number, number, number, number] = [16, 256, 64, 1]
    const length = tf.util.sizeFromShape(shape)
    const [x, slope] = [1, 2].map((phase) =>
      Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898 + phase) ** 2),
    )
    const exact = x!.reduce((total, value, index) => total + value * slope![index]!, 0)
    const gradient = tf.tidy(() => {
      const convolve = (filter: tf.Tensor): tf.Tensor =>
        tf.conv2d(tf.tensor4d(x!, shape), filter as tf.Tensor4D, 1, 'same')
      return tf.grad(convolve)(tf.ones([1, 1, 1, 1]), tf.tensor4d(slope!, shape))
    })
    // tfjs's own shader is off by 6e-5 here.
    expect(Math.abs((await gradient.data())[0]! / exact - 1)).toBeLessThan(1e-6)
    gradient.dispose()
  })
})

describe('the chunks of a filter’s gradient', () => {
  it.each([
    { weights: 288, rows: 13_792 },
    { weights: 9, rows: 7 },
    { weights: 2 ** 20, rows: 512 },
    { weights: 5000, rows: 100 },
  ])('cover $rows rows for $weights weights, none of them empty', ({ weights, rows }) => {
    const { chunks, rowsPerChunk } = countChunks(weights, rows)
    expect(chunks * rowsPerChunk).toBeGreaterThanOrEqual(rows)
    expect((chunks - 1) * rowsPerChunk).toBeLessThan(rows)
    if (weights >= 2 ** 17) expect(chunks).toBe(1)
    // No more memory than the threads wanted ask for.
    else expect(chunks * weights).toBeLessThan(2 ** 17 + weights)
  })
})
