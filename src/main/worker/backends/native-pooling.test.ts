import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { loadTensorflow } from './load-tensorflow'
import { nativeBackend, type NativeBackend } from './native-backend'

const missing = await loadTensorflow().then(
  () => '',
  (error: Error) => error.message,
)

const cases = [
  { shape: [2, 7, 6, 5], size: [2, 2], strides: [2, 2], pad: 'valid' },
  { shape: [3, 8, 8, 16], size: [2, 2], strides: [2, 2], pad: 'same' },
  { shape: [2, 7, 9, 3], size: [3, 3], strides: [2, 2], pad: 'same' },
  { shape: [2, 9, 5, 4], size: [3, 2], strides: [1, 1], pad: 'valid' },
  { shape: [2, 12, 4, 8], size: [12, 1], strides: [12, 1], pad: 'valid' },
] as const

type Case = (typeof cases)[number]

/** A quarter of the values are zeros, as after a ReLU, so that many are equal. */
function makeInput({ shape }: Case): tf.Tensor4D {
  const random = new Random(3)
  const size = shape.reduce<number>((product, length) => product * length, 1)
  const values = Float32Array.from({ length: size }, () => (random.uniform() < 0.25 ? 0 : random.normal()))
  return tf.tensor4d(values, [...shape])
}

function makeSlopes(shape: number[]): tf.Tensor {
  const random = new Random(4)
  return tf.tidy(() =>
    tf.tensor(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.normal()),
      shape,
    ),
  )
}

/** Output and gradient through tfjs. */
function pool(item: Case): Float32Array[] {
  return tf.tidy(() => {
    const run = (input: tf.Tensor): tf.Tensor4D =>
      tf.maxPool(input as tf.Tensor4D, [...item.size], [...item.strides], item.pad)
    const x = makeInput(item)
    const y = run(x)
    return [y, tf.grad(run)(x, makeSlopes(y.shape))].map((tensor) => tensor.dataSync() as Float32Array)
  })
}

/** The same by TensorFlow's plain kernels. */
function poolPlainly(backend: NativeBackend, item: Case): Float32Array[] {
  const { TF_ATTR_TYPE, TF_ATTR_INT, TF_ATTR_STRING, TF_FLOAT } = backend.binding
  const attributes = [
    { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT },
    { name: 'ksize', type: TF_ATTR_INT, value: [1, ...item.size, 1] },
    { name: 'strides', type: TF_ATTR_INT, value: [1, ...item.strides, 1] },
    { name: 'padding', type: TF_ATTR_STRING, value: item.pad.toUpperCase() },
  ]
  return tf.tidy(() => {
    const x = makeInput(item)
    const [y] = backend.executeMultipleOutputs('MaxPool', attributes, [x], 1)
    const [dx] = backend.executeMultipleOutputs('MaxPoolGrad', attributes, [x, y!, makeSlopes(y!.shape)], 1)
    return [y!, dx!].map((tensor) => tensor.dataSync() as Float32Array)
  })
}

describe.skipIf(missing !== '')(`max pooling on TensorFlow${missing === '' ? '' : ` (${missing})`}`, () => {
  const called: string[] = []
  /** Tensors that operations made inside the addon and nobody deleted. */
  const live = new Set<number>()
  let plain: Float32Array[][]
  let restore = (): void => undefined
  beforeAll(() => {
    const backend = nativeBackend()!
    plain = cases.map((item) => poolPlainly(backend, item))
    const { binding } = backend
    // The addon's members cannot be replaced, its place in the backend can.
    const watched = new Proxy({} as typeof binding, {
      get: (_, name) => {
        const member = binding[name as keyof typeof binding] as unknown
        if (typeof member !== 'function') return member
        return (...args: unknown[]): unknown => {
          const result = (member as (...all: unknown[]) => unknown).apply(binding, args)
          if (name === 'deleteTensor') live.delete(args[0] as number)
          if (name !== 'executeOp') return result
          called.push(args[0] as string)
          for (const { id } of result as { id: number }[]) live.add(id)
          return result
        }
      },
    })
    backend.binding = watched
    restore = () => void (backend.binding = binding)
  })
  afterAll(() => restore())

  it.each(cases.map((item, index) => ({ ...item, index })))(
    'over $size of $shape, $pad, gives what the plain kernels give',
    ({ index }) => {
      const before = tf.memory().numTensors
      const [output, gradient] = pool(cases[index]!)
      const [wanted, wantedGradient] = plain[index]!
      expect(output).toEqual(wanted)
      const apart = gradient!.reduce((most, value, at) => Math.max(most, Math.abs(value - wantedGradient![at]!)), 0)
      expect(apart).toBeLessThan(1e-6)
      expect(tf.memory().numTensors).toBe(before)
      expect(live.size).toBe(0)
    },
  )

  it('pools once for an output and its gradient', () => {
    called.length = 0
    tf.tidy(() => {
      const x = makeInput(cases[0])
      const run = (input: tf.Tensor): tf.Tensor => tf.maxPool(input as tf.Tensor4D, 2, 2, 'valid')
      tf.grad(run)(x, makeSlopes([2, 3, 3, 5])).dataSync()
    })
    expect(called.filter((name) => name.endsWith('MaxPool'))).toHaveLength(1)
    expect(live.size).toBe(0)
  })

  it('goes through oneDNN where the library has it, on a processor of this kind', () => {
    const names = new Set(called.filter((name) => name.includes('MaxPool')))
    const isFast = names.has('_MklNativeMaxPool')
    expect([...names].sort()).toEqual(
      isFast ? ['_MklNativeMaxPool', '_MklNativeMaxPoolGrad'] : ['MaxPool', 'MaxPoolGrad'],
    )
    if (process.arch === 'x64' && process.env.TF_ENABLE_ONEDNN_OPTS !== '0') expect(isFast).toBe(true)
  })
})
