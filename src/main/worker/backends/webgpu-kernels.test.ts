/** Every operation that training uses, forward and backward, on WebGPU against tfjs's plain-JavaScript backend. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadWebgpu } from './load-webgpu'
import { useSoftwareVulkan } from './testing/software-vulkan'

const driver = useSoftwareVulkan()

interface Case {
  name: string
  inputs: number[][]
  run: (...inputs: tf.Tensor[]) => tf.Tensor
  /** Off where the operation has none, or has whole numbers. */
  hasGradient?: boolean
  /** Makes inputs positive, where the operation needs that. */
  isPositive?: boolean
}

/** Deterministic values without ties, in −1…1; or in 0.2…2.2. */
function wave(length: number, phase: number, isPositive = false): Float32Array {
  return Float32Array.from({ length }, (_, index) => {
    const value = Math.sin(index * 12.9898 + phase) * Math.cos(index * 0.017)
    return isPositive ? value + 1.2 : value
  })
}

/** The output and, where asked for, the gradient of every input for a varied gradient of the output. */
async function compute({ inputs, run, hasGradient = true, isPositive }: Case): Promise<Float32Array[]> {
  const before = tf.memory().numTensors
  const tensors = inputs.map((shape, index) =>
    tf.tensor(wave(tf.util.sizeFromShape(shape), index + 1, isPositive), shape),
  )

  const results = tf.tidy(() => {
    const moved = tensors
    const output = run(...moved)
    if (!hasGradient) return [output]
    const slope = tf.tensor(wave(output.size, 7), output.shape)
    const gradients = tf.grads((...given: tf.Tensor[]) => run(...given))(moved, slope)
    return [output, ...gradients]
  })
  const values = await Promise.all(results.map(async (tensor) => Float32Array.from(await tensor.data())))
  tf.dispose([results, tensors])
  expect(tf.memory().numTensors, 'tensors left behind').toBe(before)
  return values
}

function worst(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const off = actual.reduce((largest, value, index) => {
    const distance = Math.abs(value - expected[index]!)
    return Math.max(largest, Number.isNaN(distance) ? Infinity : distance)
  }, 0)
  return off / (scale || 1)
}

const as4 = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D
const int = (values: number[], shape?: number[]): tf.Tensor => tf.tensor(values, shape, 'int32')

const convolutions: Case[] = [
  { input: [2, 8, 9, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'same' as const },
  { input: [2, 8, 9, 3], filter: [3, 3, 3, 4], strides: 1, pad: 'valid' as const },
  { input: [3, 9, 11, 1], filter: [5, 3, 1, 6], strides: 2, pad: 'same' as const },
  { input: [1, 10, 7, 2], filter: [3, 2, 2, 5], strides: [2, 1] as [number, number], pad: 'valid' as const },
  { input: [2, 10, 10, 2], filter: [3, 3, 2, 2], strides: 3, pad: 'valid' as const },
  { input: [2, 6, 6, 4], filter: [1, 1, 4, 3], strides: 1, pad: 'same' as const },
  { input: [2, 6, 6, 4], filter: [1, 1, 4, 3], strides: 2, pad: 'same' as const },
  { input: [2, 7, 8, 2], filter: [4, 4, 2, 3], strides: 1, pad: 'same' as const },
  { input: [2, 7, 8, 2], filter: [3, 3, 2, 3], strides: 1, pad: 2 },
  { input: [2, 8, 8, 4], filter: [3, 3, 4, 8], strides: 1, pad: 'same' as const },
  { input: [2, 8, 8, 8], filter: [3, 3, 8, 16], strides: 2, pad: 'same' as const },
  { input: [2, 6, 5, 3], filter: [6, 5, 3, 4], strides: 1, pad: 'valid' as const },
].map(({ input, filter, strides, pad }) => ({
  name: `conv2d ${input} * ${filter}, strides ${strides}, ${pad}`,
  inputs: [input, filter],
  run: (x, w) => tf.conv2d(as4(x), as4(w), strides, pad),
}))

const depthwise: Case[] = [
  { input: [2, 7, 8, 3], filter: [3, 3, 3, 1], strides: 1, pad: 'same' as const },
  { input: [2, 7, 8, 3], filter: [3, 3, 3, 2], strides: 1, pad: 'valid' as const },
  { input: [1, 9, 8, 4], filter: [3, 2, 4, 1], strides: 2, pad: 'same' as const },
  { input: [1, 9, 8, 4], filter: [3, 3, 4, 1], strides: 1, pad: 'same' as const },
  { input: [1, 9, 8, 4], filter: [5, 3, 4, 2], strides: 2, pad: 'valid' as const },
].map(({ input, filter, strides, pad }) => ({
  name: `depthwiseConv2d ${input} * ${filter}, strides ${strides}, ${pad}`,
  inputs: [input, filter],
  run: (x, w) => tf.depthwiseConv2d(as4(x), as4(w), strides, pad),
}))

const dilated: Case[] = [
  {
    name: 'conv2d, dilation 2',
    inputs: [
      [2, 9, 10, 2],
      [3, 3, 2, 3],
    ],
    run: (x, w) => tf.conv2d(as4(x), as4(w), 1, 'same', 'NHWC', 2),
    hasGradient: false,
  },
  {
    name: 'depthwiseConv2d, dilation 2',
    inputs: [
      [2, 9, 10, 2],
      [3, 3, 2, 1],
    ],
    run: (x, w) => tf.depthwiseConv2d(as4(x), as4(w), 1, 'valid', 'NHWC', 2),
  },
  {
    name: 'separableConv2d',
    inputs: [
      [2, 7, 7, 3],
      [3, 3, 3, 2],
      [1, 1, 6, 4],
    ],
    run: (x, d, p) => tf.separableConv2d(as4(x), as4(d), as4(p), 1, 'same'),
  },
  {
    name: 'conv1d, strides 2',
    inputs: [
      [2, 11, 3],
      [3, 3, 4],
    ],
    run: (x, w) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
  },
  {
    name: 'conv2dTranspose',
    inputs: [
      [2, 4, 5, 3],
      [3, 3, 2, 3],
    ],
    run: (x, w) => tf.conv2dTranspose(as4(x), as4(w), [2, 8, 10, 2], 2, 'same'),
  },
]

const pools: Case[] = (['valid', 'same'] as const).flatMap((pad) =>
  (
    [
      [2, 2],
      [3, 2],
      [3, 1],
      [
        [2, 3],
        [2, 1],
      ],
      [1, 2],
      [1, 1],
    ] as [number | [number, number], number | [number, number]][]
  ).flatMap(([size, strides]) => [
    {
      name: `maxPool ${size} / ${strides}, ${pad}`,
      inputs: [[2, 7, 8, 3]],
      run: (x: tf.Tensor) => tf.maxPool(as4(x), size, strides, pad),
    },
    {
      name: `avgPool ${size} / ${strides}, ${pad}`,
      inputs: [[2, 7, 8, 3]],
      run: (x: tf.Tensor) => tf.avgPool(as4(x), size, strides, pad),
    },
  ]),
)
pools.push(
  { name: 'maxPool over everything', inputs: [[2, 6, 5, 3]], run: (x) => tf.maxPool(as4(x), [6, 5], 1, 'valid') },
  { name: 'avgPool over everything', inputs: [[2, 6, 5, 3]], run: (x) => tf.avgPool(as4(x), [6, 5], 1, 'valid') },
)

const reductions: Case[] = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]].flatMap((axis) => [
  { name: `sum over ${axis}`, inputs: [[4, 5, 6]], run: (x: tf.Tensor) => tf.sum(x, axis) },
  { name: `mean over ${axis}, kept`, inputs: [[4, 5, 6]], run: (x: tf.Tensor) => tf.mean(x, axis, true) },
  { name: `max over ${axis}`, inputs: [[4, 5, 6]], run: (x: tf.Tensor) => tf.max(x, axis) },
  { name: `min over ${axis}`, inputs: [[4, 5, 6]], run: (x: tf.Tensor) => tf.min(x, axis) },
  {
    name: `prod over ${axis}`,
    inputs: [[4, 5, 6]],
    run: (x: tf.Tensor) => tf.prod(x, axis),
    hasGradient: axis.length === 1,
  },
  { name: `logSumExp over ${axis}`, inputs: [[4, 5, 6]], run: (x: tf.Tensor) => tf.logSumExp(x, axis) },
])
reductions.push(
  { name: 'sum of 3000', inputs: [[3000]], run: (x) => tf.sum(x) },
  { name: 'sum of 4 × 300 × 7 over 1', inputs: [[4, 300, 7]], run: (x) => tf.sum(x, 1) },
  { name: 'mean of 2 × 900 over 1', inputs: [[2, 900]], run: (x) => tf.mean(x, 1) },
  { name: 'moments', inputs: [[3, 4, 5, 2]], run: (x) => tf.moments(x, [0, 1, 2]).variance },
  { name: 'norm', inputs: [[6, 5]], run: (x) => tf.norm(x) },
  { name: 'argMax', inputs: [[5, 7]], run: (x) => tf.argMax(x, 1), hasGradient: false },
  { name: 'argMin over 0', inputs: [[5, 7]], run: (x) => tf.argMin(x, 0), hasGradient: false },
  { name: 'argMax of 500', inputs: [[3, 500]], run: (x) => tf.argMax(x, 1), hasGradient: false },
  { name: 'all', inputs: [[5, 7]], run: (x) => tf.all(tf.greater(x, -0.9), 1), hasGradient: false },
  { name: 'any', inputs: [[5, 7]], run: (x) => tf.any(tf.greater(x, 0.9), 1), hasGradient: false },
)

type Unary = (x: tf.Tensor) => tf.Tensor
const unary: Record<string, Unary> = {
  abs: tf.abs,
  acos: (x) => tf.acos(tf.mul(x, 0.9)),
  asin: (x) => tf.asin(tf.mul(x, 0.9)),
  atan: tf.atan,
  asinh: tf.asinh,
  atanh: (x) => tf.atanh(tf.mul(x, 0.9)),
  ceil: tf.ceil,
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  logSigmoid: tf.logSigmoid,
  neg: tf.neg,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  round: (x) => tf.round(tf.mul(x, 3)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  softplusWide: (x) => tf.softplus(tf.mul(x, 40)),
  square: tf.square,
  step: tf.step,
  tan: tf.tan,
  tanh: tf.tanh,
  tanhWide: (x) => tf.tanh(tf.mul(x, 100)),
  sigmoidWide: (x) => tf.sigmoid(tf.mul(x, 100)),
  logSoftmax: (x) => tf.logSoftmax(x),
  softmax: (x) => tf.softmax(x),
  clipByValue: (x) => tf.clipByValue(x, -0.4, 0.5),
  gelu: (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  mish: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  hardSigmoid: (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
  softsign: (x) => tf.div(x, tf.add(1, tf.abs(x))),
  einsum: (x) => tf.einsum('ij,kj->ik', x, x),
}
const positive: Record<string, Unary> = {
  acosh: (x) => tf.acosh(tf.add(x, 1)),
  log: tf.log,
  log1p: tf.log1p,
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  sqrt: tf.sqrt,
  powHalf: (x) => tf.pow(x, 0.5),
}
const elementwise: Case[] = [
  ...Object.entries(unary).map(([name, run]) => ({ name, inputs: [[4, 9]], run })),
  ...Object.entries(positive).map(([name, run]) => ({ name, inputs: [[4, 9]], run, isPositive: true })),
]

const pairs: Record<string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  div: (a, b) => tf.div(a, tf.add(b, 3)),
  divNoNan: (a, b) => tf.divNoNan(a, tf.add(b, 3)),
  atan2: (a, b) => tf.atan2(a, tf.add(b, 3)),
  mod: (a, b) => tf.mod(a, tf.add(b, 3)),
  pow: (a, b) => tf.pow(tf.add(a, 2), b),
  prelu: (a, b) => tf.prelu(a, b),
  where: (a, b) => tf.where(tf.greater(a, 0.1), a, b),
}
const shapes = [
  [
    [3, 5],
    [3, 5],
  ],
  [[2, 3, 4], [4]],
  [
    [2, 3, 4],
    [3, 1],
  ],
  [[2, 3, 4], []],
]
const binary: Case[] = Object.entries(pairs).flatMap(([name, run]) =>
  shapes
    .filter(([, second]) => name !== 'where' || (second!.length === 2 && second![1] === 5))
    .map((inputs) => ({ name: `${name} of ${inputs.map((shape) => `[${shape}]`).join(' and ')}`, inputs, run })),
)
for (const [name, run] of Object.entries({
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  notEqual: tf.notEqual,
}))
  binary.push({
    name,
    inputs: [
      [3, 5],
      [3, 5],
    ],
    run: (a, b) => run(a!, b!),
    hasGradient: false,
  })
binary.push(
  {
    name: 'logicalAnd, Or, Xor, Not',
    inputs: [
      [3, 5],
      [3, 5],
    ],
    run: (a, b) =>
      tf.logicalXor(
        tf.logicalAnd(tf.greater(a!, 0), tf.greater(b!, 0)),
        tf.logicalNot(tf.logicalOr(tf.greater(a!, 0.5), tf.less(b!, 0))),
      ),
    hasGradient: false,
  },
  {
    name: 'isNaN, isInf, isFinite',
    inputs: [
      [3, 5],
      [3, 5],
    ],
    run: (a, b) => {
      const odd = tf.div(tf.relu(a!), tf.relu(b!))
      return tf.stack([tf.isNaN(odd), tf.isInf(odd), tf.isFinite(odd)].map((one) => tf.cast(one, 'int32')))
    },
    hasGradient: false,
  },
  {
    name: 'floorDiv',
    inputs: [
      [3, 5],
      [3, 5],
    ],
    run: (a, b) => tf.floorDiv(tf.mul(a!, 9), tf.add(b!, 2)),
    hasGradient: false,
  },
  {
    name: 'addN',
    inputs: [
      [3, 5],
      [3, 5],
      [3, 5],
    ],
    run: (...all) => tf.addN(all),
  },
  {
    name: 'addN of 11',
    inputs: [
      [3, 5],
      [3, 5],
    ],
    run: (a, b) => tf.addN([a!, b!, a!, a!, b!, a!, b!, b!, a!, a!, b!]),
  },
)

const products: Case[] = []
for (const [a, b] of [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as [boolean, boolean][])
  products.push(
    {
      name: `matMul ${a} ${b}`,
      inputs: [a ? [7, 5] : [5, 7], b ? [6, 7] : [7, 6]],
      run: (x, y) => tf.matMul(x!, y!, a, b),
    },
    {
      name: `matMul of batches ${a} ${b}`,
      inputs: [a ? [3, 8, 4] : [3, 4, 8], b ? [3, 12, 8] : [3, 8, 12]],
      run: (x, y) => tf.matMul(x!, y!, a, b),
    },
  )
products.push(
  {
    name: 'matMul, long inner',
    inputs: [
      [3, 600],
      [600, 5],
    ],
    run: (x, y) => tf.matMul(x!, y!),
  },
  {
    name: 'matMul, 64s',
    inputs: [
      [64, 64],
      [64, 64],
    ],
    run: (x, y) => tf.matMul(x!, y!),
  },
  {
    name: 'matMul, broadcast',
    inputs: [
      [3, 4, 5],
      [5, 6],
    ],
    run: (x, y) => tf.matMul(x!, tf.expandDims(y!, 0)),
    hasGradient: false,
  },
  {
    name: 'matMul, one row',
    inputs: [
      [1, 40],
      [40, 70],
    ],
    run: (x, y) => tf.matMul(x!, y!),
  },
  { name: 'dot', inputs: [[5, 7], [7]], run: (x, y) => tf.dot(x!, y!) },
)
for (const activation of ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const)
  products.push(
    {
      name: `fused matMul, ${activation}`,
      inputs: [[5, 7], [7, 6], [6]],
      run: (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation }),
      hasGradient: !['sigmoid', 'leakyrelu', 'elu'].includes(activation),
    },
    {
      name: `fused conv2d, ${activation}`,
      inputs: [[2, 6, 7, 3], [3, 3, 3, 4], [4]],
      run: (x, filter, bias) =>
        tf.fused.conv2d({ x: as4(x), filter: as4(filter), strides: 1, pad: 'same', bias: bias!, activation }),
      hasGradient: !['sigmoid', 'leakyrelu', 'elu'].includes(activation),
    },
  )

const moves: Case[] = [
  { name: 'transpose [1, 0]', inputs: [[17, 5]], run: (x) => tf.transpose(x) },
  { name: 'transpose [2, 0, 1]', inputs: [[3, 4, 5]], run: (x) => tf.transpose(x, [2, 0, 1]) },
  { name: 'transpose [0, 2, 1]', inputs: [[3, 4, 5]], run: (x) => tf.transpose(x, [0, 2, 1]) },
  { name: 'transpose [3, 1, 2, 0]', inputs: [[3, 4, 5, 2]], run: (x) => tf.transpose(x, [3, 1, 2, 0]) },
  { name: 'transpose of 5 axes', inputs: [[2, 3, 2, 4, 3]], run: (x) => tf.transpose(x, [4, 0, 2, 3, 1]) },
  { name: 'reverse', inputs: [[3, 4, 5]], run: (x) => tf.reverse(x, [0, 2]) },
  { name: 'reverse 1 of 3', inputs: [[3, 4, 5]], run: (x) => tf.reverse(x, 1) },
  {
    name: 'pad',
    inputs: [[3, 4]],
    run: (x) =>
      tf.pad(
        x,
        [
          [1, 2],
          [0, 3],
        ],
        0.5,
      ),
  },
  {
    name: 'pad of 4 axes',
    inputs: [[2, 3, 4, 2]],
    run: (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 1],
        [2, 0],
        [0, 0],
      ]),
  },
  {
    name: 'mirrorPad',
    inputs: [[3, 4]],
    run: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 1],
          [2, 2],
        ],
        'reflect',
      ),
    hasGradient: false,
  },
  { name: 'slice', inputs: [[5, 6, 4]], run: (x) => tf.slice(x, [1, 2, 0], [3, 2, 4]) },
  {
    name: 'stridedSlice',
    inputs: [[5, 6, 4]],
    run: (x) => tf.stridedSlice(x, [0, 1, 0], [5, 6, 4], [2, 2, 1]),
    hasGradient: false,
  },
  {
    name: 'split',
    inputs: [[4, 9]],
    run: (x) => {
      const [a, b, c] = tf.split(x, 3, 1)
      return tf.add(tf.mul(a!, b!), c!)
    },
  },
  {
    name: 'split in uneven parts',
    inputs: [[4, 9]],
    run: (x) => {
      const [a, b] = tf.split(x, [2, 7], 1)
      return tf.concat([tf.square(b!), a!], 1)
    },
  },
  {
    name: 'concat',
    inputs: [
      [2, 3],
      [2, 4],
      [2, 1],
    ],
    run: (...all) => tf.concat(all, 1),
  },
  {
    name: 'concat over 0',
    inputs: [
      [2, 3],
      [4, 3],
    ],
    run: (...all) => tf.concat(all, 0),
  },
  {
    name: 'concat of 15',
    inputs: [
      [2, 3],
      [2, 2],
    ],
    run: (a, b) =>
      tf.concat(
        Array.from({ length: 15 }, (_, i) => (i % 2 ? a! : b!)),
        1,
      ),
  },
  { name: 'stack and unstack', inputs: [[4, 3]], run: (x) => tf.stack(tf.unstack(x, 0).toReversed(), 1) },
  { name: 'tile', inputs: [[2, 3]], run: (x) => tf.tile(x, [2, 3]) },
  { name: 'tile of 4 axes', inputs: [[2, 1, 3, 1]], run: (x) => tf.tile(x, [1, 2, 1, 3]) },
  { name: 'broadcastTo', inputs: [[3, 1]], run: (x) => tf.broadcastTo(x, [2, 3, 4]) },
  {
    name: 'reshape, expandDims, squeeze',
    inputs: [[4, 6]],
    run: (x) => tf.squeeze(tf.expandDims(tf.reshape(x, [2, 12]), 1)),
  },
  { name: 'gather', inputs: [[5, 3]], run: (x) => tf.gather(x, tf.tensor1d([4, 0, 0, 2], 'int32')) },
  { name: 'gather over 1', inputs: [[3, 5, 2]], run: (x) => tf.gather(x, tf.tensor1d([4, 0, 0, 2], 'int32'), 1) },
  {
    name: 'gather with 2 axes',
    inputs: [[5, 3]],
    run: (x) => tf.gather(x, tf.tensor2d([4, 0, 0, 2, 1, 1], [2, 3], 'int32')),
  },
  {
    name: 'gatherND',
    inputs: [[5, 3]],
    run: (x) => tf.gatherND(x, tf.tensor2d([4, 0, 1, 2], [2, 2], 'int32')),
    hasGradient: false,
  },
  {
    name: 'unsortedSegmentSum',
    inputs: [[6, 3]],
    run: (x) => tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 0, 3, 1, 2], 'int32'), 4),
  },
  {
    name: 'scatterND',
    inputs: [[3, 4]],
    run: (x) => tf.scatterND(int([4, 1, 4], [3, 1]), x, [6, 4]),
    hasGradient: false,
  },
  { name: 'cumsum', inputs: [[3, 7]], run: (x) => tf.cumsum(x, 1) },
  { name: 'cumsum, exclusive, reverse', inputs: [[3, 7]], run: (x) => tf.cumsum(x, 0, true, true) },
  { name: 'cumprod', inputs: [[3, 7]], run: (x) => tf.cumprod(x, 1), hasGradient: false },
  { name: 'oneHot', inputs: [[3]], run: (x) => tf.add(tf.oneHot(tf.tensor1d([2, 0, 5], 'int32'), 6), tf.sum(x)) },
  { name: 'topk', inputs: [[3, 9]], run: (x) => tf.topk(x, 4).values, hasGradient: false },
  { name: 'resizeBilinear', inputs: [[2, 4, 5, 2]], run: (x) => tf.image.resizeBilinear(as4(x), [7, 9]) },
  {
    name: 'resizeBilinear, corners',
    inputs: [[2, 4, 5, 2]],
    run: (x) => tf.image.resizeBilinear(as4(x), [7, 9], true),
  },
  {
    name: 'resizeBilinear, half pixels',
    inputs: [[2, 4, 5, 2]],
    run: (x) => tf.image.resizeBilinear(as4(x), [7, 9], false, true),
    hasGradient: false,
  },
  { name: 'resizeBilinear, smaller', inputs: [[2, 8, 9, 2]], run: (x) => tf.image.resizeBilinear(as4(x), [3, 5]) },
  {
    name: 'resizeNearestNeighbor',
    inputs: [[2, 4, 5, 2]],
    run: (x) => tf.image.resizeNearestNeighbor(as4(x), [8, 10]),
  },
  {
    name: 'spaceToBatchND',
    inputs: [[2, 4, 6, 3]],
    run: (x) =>
      tf.spaceToBatchND(
        x,
        [2, 2],
        [
          [0, 0],
          [1, 1],
        ],
      ),
  },
  {
    name: 'batchToSpaceND',
    inputs: [[8, 2, 3, 3]],
    run: (x) =>
      tf.batchToSpaceND(
        x,
        [2, 2],
        [
          [0, 0],
          [1, 1],
        ],
      ),
  },
  { name: 'depthToSpace', inputs: [[2, 2, 3, 8]], run: (x) => tf.depthToSpace(as4(x), 2, 'NHWC'), hasGradient: false },
  {
    name: 'localResponseNormalization',
    inputs: [[2, 3, 4, 7]],
    run: (x) => tf.localResponseNormalization(as4(x), 2, 1, 0.5, 0.6),
  },
  {
    name: 'batchNorm',
    inputs: [[2, 3, 4, 5], [5], [5], [5]],
    run: (x, mean, offset, scale) =>
      tf.batchNorm(
        x!,
        mean as tf.Tensor1D,
        tf.tensor1d([0.5, 0.7, 0.9, 1.2, 2]),
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      ),
  },
  { name: 'fft', inputs: [[3, 8]], run: (x) => tf.real(tf.fft(tf.complex(x, tf.zerosLike(x)))) },
  {
    name: 'rfft',
    inputs: [[3, 8]],
    run: (x) => {
      const z = tf.rfft(x)
      return tf.add(tf.square(tf.real(z)), tf.square(tf.imag(z)))
    },
  },
  { name: 'irfft', inputs: [[3, 5]], run: (x) => tf.irfft(tf.complex(x, tf.mul(x, 0.5))), hasGradient: false },
  {
    name: 'cast',
    inputs: [[3, 5]],
    run: (x) => tf.cast(tf.cast(tf.mul(x, 5), 'int32'), 'float32'),
    hasGradient: false,
  },
  {
    name: 'fill, linspace, range',
    inputs: [[4]],
    run: (x) => tf.add(tf.add(tf.mul(x, tf.linspace(0, 1, 4)), tf.range(0, 4)), tf.fill([4], 2)),
  },
  { name: 'diag', inputs: [[4]], run: (x) => tf.diag(x), hasGradient: false },
  {
    name: 'bincount',
    inputs: [[4]],
    run: (x) => tf.bincount(tf.tensor1d([1, 2, 2, 0], 'int32'), tf.tensor1d([]), 4),
    hasGradient: false,
  },
]

const labels = (): tf.Tensor => tf.oneHot(tf.tensor1d([1, 0, 3], 'int32'), 4).toFloat()
const losses: Case[] = [
  { name: 'softmaxCrossEntropy', inputs: [[3, 4]], run: (x) => tf.losses.softmaxCrossEntropy(labels(), x) },
  { name: 'sigmoidCrossEntropy', inputs: [[3, 4]], run: (x) => tf.losses.sigmoidCrossEntropy(labels(), x) },
  { name: 'meanSquaredError', inputs: [[3, 4]], run: (x) => tf.losses.meanSquaredError(labels(), x) },
  { name: 'absoluteDifference', inputs: [[3, 4]], run: (x) => tf.losses.absoluteDifference(labels(), x) },
  { name: 'huberLoss', inputs: [[3, 4]], run: (x) => tf.losses.huberLoss(labels(), x, undefined, 0.5) },
  { name: 'cosineDistance', inputs: [[3, 4]], run: (x) => tf.losses.cosineDistance(labels(), x, 1) },
  { name: 'logLoss', inputs: [[3, 4]], run: (x) => tf.losses.logLoss(labels(), tf.sigmoid(x)) },
]

describe.skipIf(driver === null)('on WebGPU as on the cpu backend', () => {
  beforeAll(async () => {
    console.log(await loadWebgpu())
    // tfjs computes small tensors in JavaScript as long as they have not been on the GPU: not what is tested here.
    tf.env().set('WEBGPU_CPU_FORWARD', false)
  })

  for (const one of [
    ...convolutions,
    ...depthwise,
    ...dilated,
    ...pools,
    ...reductions,
    ...elementwise,
    ...binary,
    ...products,
    ...moves,
    ...losses,
  ])
    it(one.name, async () => {
      await tf.setBackend('cpu')
      const expected = await compute(one)
      await tf.setBackend('webgpu')
      const actual = await compute(one)
      const errors = actual.map((values, index) => worst(values, expected[index]!))
      for (const [index, error] of errors.entries())
        expect(error, index === 0 ? 'forward' : `gradient of input ${index}`).toBeLessThan(index === 0 ? 1e-5 : 1e-4)
    })
})
