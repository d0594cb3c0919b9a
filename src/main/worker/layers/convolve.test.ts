import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadWasm } from '../backends/load-wasm'
import { convolve1d, convolve2d } from './convolve'

beforeAll(async () => {
  await loadWasm()
})

describe('convolutions', () => {
  it('see no later input when causal', () => {
    const kernel = tf.ones([2, 1, 1]) as tf.Tensor3D
    for (const dilation of [1, 2, 4]) {
      const run = (values: number[]): number[] => [
        ...convolve1d(tf.tensor3d(values, [1, 8, 1]), kernel, null, { padding: 'causal', dilation }).dataSync(),
      ]
      const before = run([1, 2, 3, 4, 5, 6, 7, 8])
      const after = run([1, 2, 3, 4, 5, 60, 70, 80])
      expect(after.slice(0, 5)).toEqual(before.slice(0, 5))
      expect(after[5]).not.toBe(before[5])
    }
  })

  it('refuse strides together with a dilation, and a kernel that does not fit', () => {
    const [x, kernel] = [tf.zeros([1, 4, 4, 1]) as tf.Tensor4D, tf.zeros([3, 3, 1, 1]) as tf.Tensor4D]
    const run = (strides: [number, number], dilation: [number, number]) => () =>
      convolve2d(x, kernel, null, { strides, dilation, padding: 'valid' })
    expect(run([2, 2], [2, 1])).toThrow('strides 2×2 with a dilation of 2×1')
    expect(run([1, 1], [2, 2])).toThrow('a kernel of 3×3 with dilation 2×2 does not fit')
  })
})
