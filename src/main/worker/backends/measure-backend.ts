/**
 * The full proof of the backend that is current: fixed inputs, results held against float64 values, and times. It is
 * what `auto` orders the backends by; a run itself starts with the quick proof of select-backend.ts.
 */
import * as tf from '@tensorflow/tfjs-core'
import { Random } from '../../../dsp/random'
import type { BackendProof } from '../../../shared/job/diagnosis'
import expected from './reference/proof.json'

/**
 * How far a result may be from its float64 value, as a share of its own size. Float32 stays below 1e-5, the 10-bit
 * mantissa that NVIDIA's tensor cores take by default below 5e-3, an operation that is wrong is off by about 1.
 */
export const proofTolerance = 0.01
const learningRate = 0.1
const classCount = 10
const cropCount = 16
/** Of these the results are compared; the others only take part in the time of the step. */
const comparedCrops = 2
/** A convolution that takes longer, once it is compiled, is a processor's that plays a GPU: nothing is repeated. */
const slowConvolutionMs = 300
/** Each part is repeated until this much time is spent on it, or so often. */
const budgetMs = 150
const maxRepetitions = 7

export interface ExpectedResult {
  name: string
  count: number
  sum: number
  sumOfSquares: number
  probes: { index: number; value: number }[]
}

/** Weights of the proof's network: two filters of 3 × 3 and a dense layer. */
type Weights = [tf.Tensor4D, tf.Tensor4D, tf.Tensor2D]

interface Inputs {
  left: tf.Tensor2D
  right: tf.Tensor2D
  picture: tf.Tensor4D
  filter: tf.Tensor4D
  gradient: tf.Tensor4D
  crops: tf.Tensor4D
  labels: tf.Tensor2D
  weights: Weights
}

/**
 * Proves and times the current backend. Values are read with `await data()`, since WebGPU cannot be waited for.
 *
 * @throws Error that names the first result that is wrong, or what an operation threw
 */
export async function measureBackend(): Promise<BackendProof> {
  const inputs = drawInputs()
  try {
    const { deviation, norms, firstMs } = await check(inputs)
    const checksum = norms.map(formatValue).join(' ')
    const convolutionMs = await time(() => tf.conv2d(inputs.picture, inputs.filter, 1, 'same'))
    if (convolutionMs > slowConvolutionMs) {
      const [productMs, , gradientsMs, stepMs] = firstMs.map(Math.round) as [number, number, number, number]
      const scaledMs = (stepMs * cropCount) / comparedCrops
      return { productMs, convolutionMs, gradientsMs, stepMs: scaledMs, isEstimate: true, checksum, deviation }
    }
    return {
      productMs: await time(() => tf.matMul(inputs.left, inputs.right)),
      convolutionMs,
      gradientsMs: await time(() => differentiate(inputs)[1]!),
      stepMs: await time(() => {
        const { loss, weights } = takeStep(inputs)
        // Of the last thing computed, so that everything before it is done when it has been read.
        return tf.add(loss, tf.sum(weights[0]))
      }),
      isEstimate: false,
      checksum,
      deviation,
    }
  } finally {
    tf.dispose({ ...inputs })
  }
}

/** Uniform values in ±scale from the stream of that name, as scripts/make-proof-reference.py draws them. */
function draw<S extends number[]>(name: string, shape: S, scale: number): tf.Tensor {
  const random = new Random(1, `proof/${name}`)
  const size = shape.reduce((product, length) => product * length, 1)
  return tf.tensor(
    Float32Array.from({ length: size }, () => random.uniform(-scale, scale)),
    shape,
  )
}

function drawInputs(): Inputs {
  const labels = new Float32Array(cropCount * classCount)
  for (let crop = 0; crop < cropCount; crop++) labels[crop * classCount + (crop % classCount)] = 1
  return {
    left: draw('left', [512, 512], 1) as tf.Tensor2D,
    right: draw('right', [512, 512], 1) as tf.Tensor2D,
    picture: draw('picture', [2, 64, 64, 16], 1) as tf.Tensor4D,
    filter: draw('filter', [3, 3, 16, 32], 1) as tf.Tensor4D,
    gradient: draw('gradient', [2, 64, 64, 32], 1) as tf.Tensor4D,
    crops: draw('crops', [cropCount, 64, 64, 1], 1) as tf.Tensor4D,
    labels: tf.tensor2d(labels, [cropCount, classCount]),
    weights: [
      draw('weights1', [3, 3, 1, 16], 0.5) as tf.Tensor4D,
      draw('weights2', [3, 3, 16, 32], 0.25) as tf.Tensor4D,
      draw('weights3', [32, classCount], 1) as tf.Tensor2D,
    ],
  }
}

/** The gradients of the convolution by its input and its filter. */
function differentiate({ picture, filter, gradient }: Inputs): tf.Tensor[] {
  const convolve = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
  return tf.grads(convolve)([picture, filter], gradient)
}

/** Mean cross-entropy of the network conv, ReLU, pool, conv, ReLU, mean over the picture, dense. */
function computeLoss({ crops, labels }: Inputs, weights: readonly tf.Tensor[]): tf.Scalar {
  const first = tf.relu(tf.conv2d(crops, weights[0] as tf.Tensor4D, 1, 'same'))
  const second = tf.relu(tf.conv2d(tf.maxPool(first, 2, 2, 'valid'), weights[1] as tf.Tensor4D, 1, 'same'))
  const logits = tf.matMul(tf.mean(second, [1, 2]) as tf.Tensor2D, weights[2] as tf.Tensor2D)
  return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits)), 1)))
}

/** One step of gradient descent: the loss before it, the gradients and the weights after it. */
function takeStep(inputs: Inputs): { loss: tf.Tensor; gradients: tf.Tensor[]; weights: Weights } {
  const { weights } = inputs
  const { value, grads } = tf.valueAndGrads((...given: tf.Tensor[]) => computeLoss(inputs, given))(weights)
  const after = weights.map((weight, index) => tf.sub(weight, tf.mul(grads[index]!, learningRate)))
  return { loss: value, gradients: grads, weights: after as Weights }
}

/** Computes everything once, which also compiles what has to be compiled, compares it, and times each part with that. */
async function check(inputs: Inputs): Promise<{ deviation: number; norms: number[]; firstMs: number[] }> {
  const parts: (() => tf.Tensor[])[] = [
    () => [tf.matMul(inputs.left, inputs.right)],
    () => [tf.conv2d(inputs.picture, inputs.filter, 1, 'same')],
    () => differentiate(inputs),
    () => {
      const few: Inputs = {
        ...inputs,
        crops: tf.slice(inputs.crops, 0, comparedCrops),
        labels: tf.slice(inputs.labels, 0, comparedCrops),
      }
      const { loss, gradients, weights } = takeStep(few)
      return [loss, ...gradients, computeLoss(few, weights)]
    },
  ]
  const remaining = [...expected]
  const norms: number[] = []
  const firstMs: number[] = []
  let deviation = 0
  for (const part of parts) {
    const began = performance.now()
    const results = tf.tidy(part)
    try {
      for (const result of results) {
        const values = await result.data<'float32'>()
        deviation = Math.max(deviation, compareResult(values, remaining.shift()!))
        norms.push(Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)))
      }
    } finally {
      tf.dispose(results)
    }
    firstMs.push(performance.now() - began)
  }
  return { deviation, norms, firstMs }
}

/**
 * How far values are from what they should be, as a share of their size: the largest of the differences of chosen
 * values, of the sum and of the sum of squares.
 *
 * @throws Error when that is more than the tolerance, or not a number
 */
export function compareResult(values: ArrayLike<number>, want: ExpectedResult): number {
  if (values.length !== want.count)
    throw new Error(`${want.name} came out with ${values.length} values, not ${want.count}`)
  let sum = 0
  let squares = 0
  for (let index = 0; index < values.length; index++) {
    sum += values[index]!
    squares += values[index]! ** 2
  }
  const size = Math.sqrt(want.sumOfSquares / want.count)
  const differences = [
    ...want.probes.map(({ index, value }) => ({ what: `value ${index}`, found: values[index]!, value, size })),
    { what: 'sum', found: sum, value: want.sum, size: size * Math.sqrt(want.count) },
    { what: 'sum of squares', found: squares, value: want.sumOfSquares, size: want.sumOfSquares },
  ]
  let largest = 0
  for (const { what, found, value, size: scale } of differences) {
    const share = Math.abs(found - value) / scale
    // Written so that NaN is refused.
    if (!(share <= proofTolerance))
      throw new Error(`${want.name} came out wrong: its ${what} is ${formatValue(found)}, not ${formatValue(value)}`)
    largest = Math.max(largest, share)
  }
  return largest
}

/** Four significant digits: on every backend the same, but for the last where its arithmetic is coarser. */
function formatValue(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value)
}

/** The median time of `compute` in milliseconds, from its call to its value in hand. It has run once before. */
async function time(compute: () => tf.Tensor): Promise<number> {
  const times: number[] = []
  const began = performance.now()
  do {
    const from = performance.now()
    const reading = tf.tidy(() => tf.sum(compute()))
    await reading.data()
    reading.dispose()
    times.push(performance.now() - from)
  } while (times.length < maxRepetitions && performance.now() - began < budgetMs)
  times.sort((a, b) => a - b)
  const middle = times.length >> 1
  const median = times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2
  return Math.round(median * 100) / 100
}
