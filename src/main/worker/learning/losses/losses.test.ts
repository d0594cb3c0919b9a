import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadWasm } from '../../backends/load-wasm'
import { binaryCrossEntropy, binaryFocalLoss } from './binary-cross-entropy'
import { categoricalCrossEntropy, categoricalFocalLoss, klDivergence } from './cross-entropy'
import { moveCenters, tripletLoss } from './embedding-losses'

beforeAll(async () => {
  await loadWasm()
})

// The numeric suite holds all of them against Keras and PyTorch; here is what it cannot say.
describe('losses', () => {
  it('give the divergence of Tokozume’s recipe', () => {
    const loss = klDivergence(tf.tensor2d([[2, 1, 0]]), tf.tensor2d([[0.7, 0.3, 0]]))
    expect(loss.dataSync()[0]).toBeCloseTo(0.0967417, 6)
  })

  const truths = [
    [1, 0, 0],
    [0, 1, 0],
  ]
  it.each<[string, (logits: tf.Tensor2D, targets: tf.Tensor2D) => tf.Scalar]>([
    ['softmax', (x, t) => categoricalCrossEntropy(x, t)],
    ['softmax, smoothed', (x, t) => categoricalCrossEntropy(x, t, 0.1)],
    ['KL', klDivergence],
    ['categorical focal', (x, t) => categoricalFocalLoss(x, t, { gamma: 2, alpha: 1 })],
    ['binary', (x, t) => binaryCrossEntropy(x, t)],
    ['binary focal', (x, t) => binaryFocalLoss(x, t, { gamma: 0.5, alpha: null })],
  ])('%s is finite, with finite gradients, at logits of ±1000', (_, loss) => {
    const targets = tf.tensor2d(truths)
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => loss(x as tf.Tensor2D, targets))(
      tf.tensor2d([
        [-1000, 1000, 0],
        [50, -50, 1000],
      ]),
    )
    expect(Number.isFinite(value.dataSync()[0])).toBe(true)
    expect(value.dataSync()[0]).toBeGreaterThan(0)
    expect([...grad.dataSync()].every(Number.isFinite)).toBe(true)
    // What is wrong by far is not taken for settled.
    expect(grad.dataSync()[0]).toBeLessThan(-1e-3)
  })

  it('count no unknown label, and are 0 where none is known', () => {
    const [logits, targets] = [tf.tensor2d([[3, -2]]), tf.tensor2d([[1, 1]])]
    const first = binaryCrossEntropy(logits, targets, { known: tf.tensor2d([[1, 0]]) })
    expect(first.dataSync()[0]).toBeCloseTo(Math.log(1 + Math.exp(-3)), 6)
    expect(binaryCrossEntropy(logits, targets, { known: tf.zeros([1, 2]) }).dataSync()[0]).toBe(0)
  })

  it('refuse a focus whose gradient has no bound', () => {
    const rows = tf.zeros([1, 2]) as tf.Tensor2D
    expect(() => categoricalFocalLoss(rows, rows, { gamma: 0.5, alpha: 1 })).toThrow('gamma must be 0, or 1 or more')
  })

  it('of triplets are 0 for a batch without a pair', () => {
    const rows = tf.tensor2d([
      [1, 0],
      [0, 1],
    ])
    expect(tripletLoss(rows, tf.tensor1d([0, 1], 'int32')).dataSync()[0]).toBe(0)
  })

  it('draw centers to their classes, and leave the others', () => {
    const centers = tf.tensor2d([
      [0, 0],
      [5, 5],
    ])
    const moved = moveCenters(tf.tensor2d([[2, 4]]), centers, tf.tensor1d([0], 'int32'), 0.5)
    // Half of (c − x)/(1 + 1).
    expect([...moved.dataSync()]).toEqual([0.5, 1, 5, 5])
  })
})
