import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { loadTensorflow } from './load-tensorflow'
import { loadWasm } from './load-wasm'
import { compareResult, measureBackend, type ExpectedResult } from './measure-backend'
import expected from './reference/proof.json'

/** The lengths of the reference, in the digits that the checksum shows. */
const lengths = expected.map(({ sumOfSquares }) => Number(Math.sqrt(sumOfSquares).toPrecision(4)))

async function expectProof(): Promise<void> {
  const before = tf.memory().numTensors
  const proof = await measureBackend()
  expect(tf.memory().numTensors).toBe(before)
  expect(proof.deviation).toBeGreaterThan(0)
  // Float32; only a GPU's tensor cores may be further off.
  expect(proof.deviation).toBeLessThan(1e-4)
  for (const value of [proof.productMs, proof.convolutionMs, proof.gradientsMs, proof.stepMs])
    expect(value).toBeGreaterThan(0)
  expect(proof.checksum.split(' ').map(Number)).toEqual(lengths)
}

describe('the full proof', () => {
  it('agrees with float64 on WebAssembly, is timed, and leaves no tensor behind', async () => {
    await loadWasm()
    await expectProof()
  })

  it('agrees with float64 on TensorFlow', async (context) => {
    const fault = await loadTensorflow().then(
      () => null,
      (error: Error) => error.message,
    )
    if (fault !== null) return context.skip(`no native TensorFlow here: ${fault}`)
    await expectProof()
  })

  it('refuses a kernel that is a little wrong, and names the result', async () => {
    await loadWasm()
    const original = tf.getKernel('Conv2DBackpropFilter', 'wasm')
    const replaceBy = (kernelFunc: tf.KernelFunc): void => {
      tf.unregisterKernel('Conv2DBackpropFilter', 'wasm')
      tf.registerKernel({ ...original, kernelFunc })
    }
    replaceBy((given) => {
      const right = tf.engine().makeTensorFromTensorInfo(original.kernelFunc(given) as tf.TensorInfo)
      return tf.mul(right, 0.98)
    })
    try {
      await expect(measureBackend()).rejects.toThrow(
        /^its gradient by the filter came out wrong: its (value \d+|sum|sum of squares) is .*, not /,
      )
    } finally {
      replaceBy(original.kernelFunc)
    }
  })
})

describe('the comparison of a result', () => {
  const want: ExpectedResult = {
    name: 'a result',
    count: 4,
    sum: 2,
    sumOfSquares: 30,
    probes: [{ index: 3, value: 4 }],
  }

  it('gives the largest difference as a share', () => {
    expect(compareResult([-1, 2, -3, 4], want)).toBe(0)
    expect(compareResult([-1, 2, -3, 4.0001], want)).toBeCloseTo(0.0001 / Math.sqrt(30 / 4), 5)
  })

  it.each([
    [[-1, 2, -3], 'a result came out with 3 values, not 4'],
    [[-1, 2, -3, 5], 'its value 3 is 5, not 4'],
    [[1, 2, -3, 4], 'its sum is 4, not 2'],
    [[-1, 2, -3.5, 4.5], 'its value 3 is 4.5'],
    [[2, 1, -5, 4], 'its sum of squares is 46, not 30'],
    [[-1, NaN, -3, 4], 'its sum is NaN, not 2'],
  ])('refuses %j', (values, reason) => {
    expect(() => compareResult(values, want)).toThrow(reason)
  })
})
