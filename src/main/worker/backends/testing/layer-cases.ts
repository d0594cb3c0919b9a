/** What layers are made of: convolutions, poolings, products, normalisations, losses. */
import * as tf from '@tensorflow/tfjs-core'
import { operation, type OperationCase } from './operation-case'

type Pair = [number, number]
type Pad = 'same' | 'valid' | number

const as3 = (x: tf.Tensor | undefined): tf.Tensor3D => x as tf.Tensor3D
const as4 = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D

function convolution(input: number[], filter: number[], strides: number | Pair, pad: Pad): OperationCase {
  return operation(`conv2d ${input} * ${filter}, strides ${strides}, ${pad}`, [input, filter], (x, w) =>
    tf.conv2d(as4(x), as4(w), strides, pad),
  )
}

function depthwise(input: number[], filter: number[], strides: number, pad: Pad): OperationCase {
  return operation(`depthwiseConv2d ${input} * ${filter}, strides ${strides}, ${pad}`, [input, filter], (x, w) =>
    tf.depthwiseConv2d(as4(x), as4(w), strides, pad),
  )
}

export const convolutions: OperationCase[] = [
  convolution([2, 8, 9, 3], [3, 3, 3, 4], 1, 'same'),
  convolution([2, 8, 9, 3], [3, 3, 3, 4], 1, 'valid'),
  convolution([3, 9, 11, 1], [5, 3, 1, 6], 2, 'same'),
  convolution([1, 10, 7, 2], [3, 2, 2, 5], [2, 1], 'valid'),
  convolution([2, 10, 11, 2], [3, 3, 2, 2], 3, 'valid'),
  convolution([2, 13, 11, 4], [5, 3, 4, 4], 3, 'same'),
  convolution([2, 6, 6, 4], [1, 1, 4, 3], 1, 'same'),
  convolution([2, 6, 6, 4], [1, 1, 4, 3], 2, 'same'),
  convolution([2, 7, 8, 2], [4, 4, 2, 3], 1, 'same'),
  convolution([2, 7, 8, 2], [3, 3, 2, 3], 1, 2),
  convolution([2, 8, 8, 8], [3, 3, 8, 16], 2, 'same'),
  convolution([2, 6, 5, 3], [6, 5, 3, 4], 1, 'valid'),
  // So many weights that several rows of the pictures share a sum of the filter's gradient.
  convolution([3, 7, 3, 48], [3, 3, 48, 48], 1, 'same'),
  depthwise([2, 7, 8, 3], [3, 3, 3, 1], 1, 'same'),
  depthwise([2, 7, 8, 3], [3, 3, 3, 2], 1, 'valid'),
  depthwise([1, 9, 8, 4], [3, 2, 4, 1], 2, 'same'),
  depthwise([1, 9, 8, 4], [5, 3, 4, 2], 3, 'valid'),
  operation(
    'conv2d, dilation 2',
    [
      [2, 9, 10, 2],
      [3, 3, 2, 3],
    ],
    (x, w) => tf.conv2d(as4(x), as4(w), 1, 'same', 'NHWC', 2),
    { hasGradient: false },
  ),
  operation(
    'separableConv2d',
    [
      [2, 7, 7, 3],
      [3, 3, 3, 2],
      [1, 1, 6, 4],
    ],
    (x, depth, point) => tf.separableConv2d(as4(x), as4(depth), as4(point), 1, 'same'),
  ),
  operation(
    'conv1d, strides 2',
    [
      [2, 11, 3],
      [3, 3, 4],
    ],
    (x, w) => tf.conv1d(as3(x), as3(w), 2, 'same'),
  ),
  operation(
    'conv2dTranspose',
    [
      [2, 4, 5, 3],
      [3, 3, 2, 3],
    ],
    (x, w) => tf.conv2dTranspose(as4(x), as4(w), [2, 8, 10, 2], 2, 'same'),
  ),
]

const windows: [number | Pair, number | Pair][] = [
  [2, 2],
  [3, 2],
  [3, 1],
  [3, 3],
  [
    [4, 3],
    [3, 1],
  ],
  [1, 2],
]

export const pools: OperationCase[] = [
  ...windows.flatMap(([size, strides]) =>
    (['valid', 'same'] as const).flatMap((pad) => [
      operation(`maxPool ${size} / ${strides}, ${pad}`, [[2, 7, 8, 3]], (x) => tf.maxPool(as4(x), size, strides, pad)),
      operation(`avgPool ${size} / ${strides}, ${pad}`, [[2, 7, 8, 3]], (x) => tf.avgPool(as4(x), size, strides, pad), {
        isLinear: true,
      }),
    ]),
  ),
  operation('maxPool over everything', [[2, 6, 5, 3]], (x) => tf.maxPool(as4(x), [6, 5], 1, 'valid')),
  operation('avgPool over everything', [[2, 6, 5, 3]], (x) => tf.avgPool(as4(x), [6, 5], 1, 'valid')),
]

export const products: OperationCase[] = [
  ...[false, true].flatMap((a) =>
    [false, true].flatMap((b) => [
      operation(`matMul ${a} ${b}`, [a ? [7, 5] : [5, 7], b ? [6, 7] : [7, 6]], (x, y) => tf.matMul(x!, y!, a, b)),
      operation(`matMul of batches ${a} ${b}`, [a ? [3, 8, 4] : [3, 4, 8], b ? [3, 12, 8] : [3, 8, 12]], (x, y) =>
        tf.matMul(x!, y!, a, b),
      ),
    ]),
  ),
  // tfjs has a shader for each of: few outputs, a long inner axis, small outputs, large ones.
  operation('matMul, few outputs', [[3, 600], [600, 5]], (x, y) => tf.matMul(x!, y!)), // prettier-ignore
  operation('matMul, long inner axis', [[12, 2100], [2100, 13]], (x, y) => tf.matMul(x!, y!)), // prettier-ignore
  operation('matMul, large', [[100, 40], [40, 110]], (x, y) => tf.matMul(x!, y!)), // prettier-ignore
  operation('matMul, one row', [[1, 40], [40, 70]], (x, y) => tf.matMul(x!, y!)), // prettier-ignore
  operation('dot', [[5, 7], [7]], (x, y) => tf.dot(x!, y!)),
  ...(['linear', 'relu', 'elu', 'sigmoid'] as const).flatMap((activation) => {
    // tfjs has no gradient for the fused form of the others.
    const options = { hasGradient: activation === 'linear' || activation === 'relu' }
    return [
      operation(
        `fused matMul, ${activation}`,
        [[5, 7], [7, 6], [6]],
        (a, b, bias) => tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation }),
        options,
      ),
      operation(
        `fused conv2d, ${activation}`,
        [[2, 6, 7, 3], [3, 3, 3, 4], [4]],
        (x, filter, bias) =>
          tf.fused.conv2d({ x: as4(x), filter: as4(filter), strides: 1, pad: 'same', bias: bias!, activation }),
        options,
      ),
    ]
  }),
  operation('batchNorm', [[2, 3, 4, 5], [5], [5], [5]], (x, mean, offset, scale) =>
    tf.batchNorm(
      x!,
      mean as tf.Tensor1D,
      tf.tensor1d([0.5, 0.7, 0.9, 1.2, 2]),
      offset as tf.Tensor1D,
      scale as tf.Tensor1D,
    ),
  ),
  operation('localResponseNormalization', [[2, 3, 4, 7]], (x) => tf.localResponseNormalization(as4(x), 2, 1, 0.5, 0.6)),
]

const targets = (): tf.Tensor => tf.oneHot(tf.tensor1d([1, 0, 3], 'int32'), 4)
const floats = (): tf.Tensor => tf.cast(targets(), 'float32')

export const losses: OperationCase[] = [
  operation('softmaxCrossEntropy', [[3, 4]], (x) => tf.losses.softmaxCrossEntropy(floats(), x!)),
  operation('sigmoidCrossEntropy', [[3, 4]], (x) => tf.losses.sigmoidCrossEntropy(floats(), x!)),
  operation('meanSquaredError', [[3, 4]], (x) => tf.losses.meanSquaredError(floats(), x!)),
  operation('absoluteDifference', [[3, 4]], (x) => tf.losses.absoluteDifference(floats(), x!)),
  operation('huberLoss', [[3, 4]], (x) => tf.losses.huberLoss(floats(), x!, undefined, 0.5)),
  operation('cosineDistance', [[3, 4]], (x) => tf.losses.cosineDistance(floats(), x!, 1)),
  operation('logLoss', [[3, 4]], (x) => tf.losses.logLoss(floats(), tf.sigmoid(x!))),
]
