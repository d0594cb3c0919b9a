/** Elementwise operations, reductions, and operations that move values. */
import * as tf from '@tensorflow/tfjs-core'
import { operation, type OperationCase } from './operation-case'

type Unary = (x: tf.Tensor) => tf.Tensor
type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const axes = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]

export const reductions: OperationCase[] = [
  ...axes.flatMap((axis) => [
    operation(`sum over ${axis}`, [[4, 5, 6]], (x) => tf.sum(x!, axis)),
    operation(`mean over ${axis}, kept`, [[4, 5, 6]], (x) => tf.mean(x!, axis, true)),
    operation(`max over ${axis}`, [[4, 5, 6]], (x) => tf.max(x!, axis)),
    operation(`min over ${axis}`, [[4, 5, 6]], (x) => tf.min(x!, axis)),
    operation(`prod over ${axis}`, [[4, 5, 6]], (x) => tf.prod(x!, axis), { hasGradient: false }),
    operation(`logSumExp over ${axis}`, [[4, 5, 6]], (x) => tf.logSumExp(x!, axis)),
  ]),
  // tfjs reduces long axes in other workgroups.
  ...[100, 3000, 5000, 40_000].map((length) => operation(`sum of ${length}`, [[length]], (x) => tf.sum(x!))),
  operation('mean of 2 × 900 over 1', [[2, 900]], (x) => tf.mean(x!, 1)),
  operation('moments', [[3, 4, 5, 2]], (x) => tf.moments(x!, [0, 1, 2]).variance),
  operation('norm', [[6, 5]], (x) => tf.norm(x!)),
  operation('argMax', [[5, 7]], (x) => tf.argMax(x!, 1), { hasGradient: false }),
  operation('argMin over 0', [[5, 7]], (x) => tf.argMin(x!, 0), { hasGradient: false }),
  operation('argMax of 500', [[3, 500]], (x) => tf.argMax(x!, 1), { hasGradient: false }),
  operation('all', [[5, 7]], (x) => tf.all(tf.greater(x!, -0.9), 1), { hasGradient: false }),
  operation('any', [[5, 7]], (x) => tf.any(tf.greater(x!, 0.9), 1), { hasGradient: false }),
]

const unary: Record<string, Unary> = {
  abs: tf.abs,
  asinh: tf.asinh,
  atan: tf.atan,
  ceil: tf.ceil,
  clipByValue: (x) => tf.clipByValue(x, -0.4, 0.5),
  cos: tf.cos,
  cosWide: (x) => tf.cos(tf.mul(x, 40)),
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  gelu: (x) => tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))),
  hardSigmoid: (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
  leakyRelu: (x) => tf.leakyRelu(x, 0.1),
  logSigmoid: tf.logSigmoid,
  logSoftmax: (x) => tf.logSoftmax(x),
  mish: (x) => tf.mul(x, tf.tanh(tf.softplus(x))),
  neg: tf.neg,
  relu: tf.relu,
  relu6: (x) => tf.relu6(tf.mul(x, 8)),
  round: (x) => tf.round(tf.mul(x, 3)),
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sigmoidWide: (x) => tf.sigmoid(tf.mul(x, 100)),
  sign: tf.sign,
  sin: tf.sin,
  sinWide: (x) => tf.sin(tf.mul(x, 40)),
  sinh: tf.sinh,
  softmax: (x) => tf.softmax(x),
  softplus: tf.softplus,
  softplusWide: (x) => tf.softplus(tf.mul(x, 40)),
  softsign: (x) => tf.div(x, tf.add(1, tf.abs(x))),
  square: tf.square,
  step: tf.step,
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  tanh: tf.tanh,
  tanhWide: (x) => tf.tanh(tf.mul(x, 100)),
}
const positive: Record<string, Unary> = {
  log: tf.log,
  log1p: tf.log1p,
  powHalf: (x) => tf.pow(x, 0.5),
  reciprocal: tf.reciprocal,
  rsqrt: tf.rsqrt,
  sqrt: tf.sqrt,
}
const binary: Record<string, Binary> = {
  add: tf.add,
  atan2: (a, b) => tf.atan2(a, tf.add(b, 3)),
  div: (a, b) => tf.div(a, tf.add(b, 3)),
  mod: (a, b) => tf.mod(a, tf.add(b, 3)),
  mul: tf.mul,
  pow: (a, b) => tf.pow(tf.add(a, 2), b),
  prelu: (a, b) => tf.prelu(a, b),
  sub: tf.sub,
}
/** tfjs's gradients of these do not sum over the axes along which an input was repeated, on any backend. */
const sameShape: Record<string, Binary> = {
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
}
const comparisons: Record<string, Binary> = {
  divNoNan: (a, b) => tf.divNoNan(tf.relu(a), tf.relu(b)),
  equal: (a, b) => tf.equal(tf.sign(a), tf.sign(b)),
  floorDiv: (a, b) => tf.floorDiv(tf.mul(a, 9), tf.add(b, 2)),
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  logicalAnd: (a, b) => tf.logicalAnd(tf.greater(a, 0), tf.greater(b, 0)),
  logicalNot: (a) => tf.logicalNot(tf.greater(a, 0)),
  logicalOr: (a, b) => tf.logicalOr(tf.greater(a, 0), tf.greater(b, 0)),
  notEqual: (a, b) => tf.notEqual(tf.sign(a), tf.sign(b)),
}
const shapes = [
  [[3, 5], [3, 5]],
  [[2, 3, 4], [4]],
  [[2, 3, 4], [3, 1]],
  [[2, 3, 4], []],
] // prettier-ignore
const square = [[3, 5], [3, 5]] // prettier-ignore

/** 0 / 0, 1 / 0 and numbers: which of them are there changes with the values. */
const odd = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.div(tf.relu(a), tf.relu(b))

export const elementwise: OperationCase[] = [
  ...Object.entries(unary).map(([name, run]) => operation(name, [[4, 9]], (x) => run(x!))),
  ...Object.entries(positive).map(([name, run]) => operation(name, [[4, 9]], (x) => run(x!), { isPositive: true })),
  ...Object.entries(binary).flatMap(([name, run]) =>
    shapes.map((inputs) => operation(`${name} of ${JSON.stringify(inputs)}`, inputs, (a, b) => run(a!, b!))),
  ),
  ...Object.entries(sameShape).map(([name, run]) => operation(name, square, (a, b) => run(a!, b!))),
  ...Object.entries(comparisons).map(([name, run]) =>
    operation(name, square, (a, b) => run(a!, b!), { hasGradient: false }),
  ),
  operation('isNaN', square, (a, b) => tf.isNaN(odd(a!, b!)), { hasGradient: false }),
  operation('isInf', square, (a, b) => tf.isInf(odd(a!, b!)), { hasGradient: false }),
  operation('isFinite', square, (a, b) => tf.isFinite(odd(a!, b!)), { hasGradient: false }),
  operation('where', square, (a, b) => tf.where(tf.greater(tf.tensor([3, 0, 2, 0, 1]), 1), a!, b!)),
  operation('addN of 11', square, (a, b) => tf.addN([a!, b!, a!, a!, b!, a!, b!, b!, a!, a!, b!])),
]

const indexes = (values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32')
const as4 = (x: tf.Tensor | undefined): tf.Tensor4D => x as tf.Tensor4D
const forward = { hasGradient: false }
const linear = { isLinear: true }

export const moves: OperationCase[] = [
  operation('transpose [1, 0]', [[17, 5]], (x) => tf.transpose(x!)),
  operation('transpose [2, 0, 1]', [[3, 4, 5]], (x) => tf.transpose(x!, [2, 0, 1])),
  operation('transpose [0, 2, 1]', [[3, 4, 5]], (x) => tf.transpose(x!, [0, 2, 1])),
  operation('transpose [3, 1, 2, 0]', [[3, 4, 5, 2]], (x) => tf.transpose(x!, [3, 1, 2, 0])),
  operation('transpose of 5 axes', [[2, 3, 2, 4, 3]], (x) => tf.transpose(x!, [4, 0, 2, 3, 1])),
  operation('reverse', [[3, 4, 5]], (x) => tf.reverse(x!, [0, 2])),
  operation('reverse of one axis', [[3, 4, 5]], (x) => tf.reverse(x!, 1)),
  operation('pad', [[3, 4]], (x) => tf.pad(x!, [[1, 2], [0, 3]], 0.5)), // prettier-ignore
  operation('pad of 4 axes', [[2, 3, 4, 2]], (x) => tf.pad(x!, [[0, 0], [1, 1], [2, 0], [0, 0]])), // prettier-ignore
  operation('mirrorPad', [[3, 4]], (x) => tf.mirrorPad(x!, [[1, 1], [2, 2]], 'reflect'), forward), // prettier-ignore
  operation('slice', [[5, 6, 4]], (x) => tf.slice(x!, [1, 2, 0], [3, 2, 4])),
  operation('stridedSlice', [[5, 6, 4]], (x) => tf.stridedSlice(x!, [0, 1, 0], [5, 6, 4], [2, 2, 1]), forward),
  operation('split', [[4, 9]], (x) => tf.concat(tf.split(x!, [2, 7], 1).toReversed(), 1)),
  operation('concat', [[2, 3], [2, 4], [2, 1]], (...all) => tf.concat(all, 1)), // prettier-ignore
  operation('concat over 0', [[2, 3], [4, 3]], (...all) => tf.concat(all, 0)), // prettier-ignore
  operation('concat of 15', [[2, 3], [2, 2]], (a, b) =>
    tf.concat(
      Array.from({ length: 15 }, (_, i) => (i % 2 === 0 ? a! : b!)),
      1,
    ),
  ), // prettier-ignore
  operation('stack and unstack', [[4, 3]], (x) => tf.stack(tf.unstack(x!, 0).toReversed(), 1)),
  operation('tile', [[2, 3]], (x) => tf.tile(x!, [2, 3])),
  operation('tile of 4 axes', [[2, 1, 3, 1]], (x) => tf.tile(x!, [1, 2, 1, 3])),
  operation('broadcastTo', [[3, 1]], (x) => tf.broadcastTo(x!, [2, 3, 4])),
  operation('reshape, expandDims, squeeze', [[4, 6]], (x) => tf.squeeze(tf.expandDims(tf.reshape(x!, [2, 12]), 1))),
  operation('gather', [[5, 3]], (x) => tf.gather(x!, indexes([4, 0, 0, 2]))),
  operation('gather over 1', [[3, 5, 2]], (x) => tf.gather(x!, indexes([4, 0, 0, 2]), 1)),
  operation('gather of pairs', [[5, 3]], (x) => tf.gather(x!, tf.reshape(indexes([4, 0, 0, 2, 1, 1]), [2, 3]))),
  operation('gatherND', [[5, 3]], (x) => tf.gatherND(x!, tf.reshape(indexes([4, 0, 1, 2]), [2, 2])), forward),
  operation('unsortedSegmentSum', [[6, 3]], (x) => tf.unsortedSegmentSum(x!, indexes([2, 0, 0, 3, 1, 2]), 4)),
  operation('scatterND', [[3, 4]], (x) => tf.scatterND(tf.reshape(indexes([4, 1, 4]), [3, 1]), x!, [6, 4]), forward),
  operation('cumsum', [[3, 7]], (x) => tf.cumsum(x!, 1)),
  operation('cumsum, exclusive, reverse', [[3, 7]], (x) => tf.cumsum(x!, 1, true, true)),
  operation('cumsum over 0', [[3, 7]], (x) => tf.cumsum(x!, 0), forward),
  operation('cumprod', [[3, 7]], (x) => tf.cumprod(x!, 1), forward),
  operation('oneHot', [[3]], (x) => tf.add(tf.oneHot(indexes([2, 0, 5]), 6), tf.sum(x!))),
  operation('topk', [[3, 9]], (x) => tf.topk(x!, 4).values, forward),
  operation('resizeBilinear', [[2, 4, 5, 2]], (x) => tf.image.resizeBilinear(as4(x), [7, 9]), linear),
  operation('resizeBilinear, corners', [[2, 4, 5, 2]], (x) => tf.image.resizeBilinear(as4(x), [7, 9], true), linear),
  operation('resizeBilinear, smaller', [[2, 8, 9, 2]], (x) => tf.image.resizeBilinear(as4(x), [3, 5]), linear),
  operation('resizeNearestNeighbor', [[2, 4, 5, 2]], (x) => tf.image.resizeNearestNeighbor(as4(x), [8, 10]), linear),
  operation(
    'resizeNearestNeighbor, thirds',
    [[2, 4, 5, 2]],
    (x) => tf.image.resizeNearestNeighbor(as4(x), [12, 7]),
    linear,
  ),
  operation('spaceToBatchND', [[2, 4, 6, 3]], (x) => tf.spaceToBatchND(x!, [2, 2], [[0, 0], [1, 1]])), // prettier-ignore
  operation('batchToSpaceND', [[8, 2, 3, 3]], (x) => tf.batchToSpaceND(x!, [2, 2], [[0, 0], [1, 1]])), // prettier-ignore
  operation('depthToSpace', [[2, 2, 3, 8]], (x) => tf.depthToSpace(as4(x), 2, 'NHWC'), forward),
  operation('einsum', [[4, 9]], (x) => tf.einsum('ij,kj->ik', x!, x!), forward),
  operation('cast', [[3, 5]], (x) => tf.cast(tf.cast(tf.mul(x!, 5), 'int32'), 'float32'), forward),
  operation('linspace, range, fill', [[4]], (x) =>
    tf.addN([tf.mul(x!, tf.linspace(0, 1, 4)), tf.range(0, 4), tf.fill([4], 2)]),
  ),
]
