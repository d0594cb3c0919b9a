import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { loadTensorflow } from '../backends/load-tensorflow'
import { loadWasm } from '../backends/load-wasm'
import { addBias } from './add-bias'

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

const names = missing === '' ? ['wasm', 'tensorflow'] : ['wasm']
if (missing !== '') it.skip(`a bias on TensorFlow's native library (${missing})`, () => undefined)

it.each(names)('adds a bias, with its gradients, on %s', async (name) => {
  await (name === 'wasm' ? loadWasm() : loadTensorflow())
  const run = (): number[][] =>
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2])
      const bias = tf.tensor1d([10, 20])
      const slopes = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 9], [1, 2, 2, 2])
      const gradients = tf.grads((a: tf.Tensor, b: tf.Tensor) => addBias(a, b))([x, bias], slopes)
      return [addBias(x, bias), ...gradients].map((tensor) => [...tensor.dataSync()])
    })
  const before = tf.memory().numTensors
  expect(run()).toEqual([
    [11, 22, 13, 24, 15, 26, 17, 28],
    [1, 2, 3, 4, 5, 6, 7, 9],
    [16, 21],
  ])
  expect(tf.memory().numTensors).toBe(before)
})
