/**
 * The kernels that training needs and tfjs's WASM backend lacks, or has only as slow scalar loops:
 *
 * - Conv2DBackpropFilter (missing), Conv2DBackpropInput (a scalar loop) and Conv2D (XNNPACK without fused
 *   multiply-add) run on Earmark's own vector code; so do matrix products, whose transposed forms are scalar loops.
 * - MaxPoolGrad (slow) and Sum over leading axes (slow): passes over the WASM heap.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import {
  biasAndRectify,
  maxPoolGradient,
  sumLeading,
  sumSegments,
  type Attributes,
  type NamedInputs,
} from './heap-kernels'
import { convolve, convolveFilterGradient, type ConvolutionInfo } from './wasm-convolution'
import { depthwiseFilterGradient, depthwiseInputGradient } from './wasm-depthwise'
import { convolveInputGradient } from './wasm-convolution-input'
import { multiplyMatrices } from './wasm-matrix-product'
import { normalizeGradientKernel, normalizeKernel } from './wasm-normalization'
import { areRowsWhole, eluGradient, normalizeRows, normalizeRowsGradient, sumOverRows } from './wasm-rows'
import { vectorMachine } from './wasm-vector-machine'

/** What tfjs hands to a kernel; inputs are tensors when the kernel is reached through an op. */
interface KernelCall {
  inputs: NamedInputs
  backend: object
  attrs?: Attributes
}

type Kernel = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[]
type Shape4 = [number, number, number, number]

interface ConvolutionAttributes {
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dataFormat?: 'NHWC' | 'NCHW'
  dilations?: [number, number] | number
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** The shape of a convolution that the vector code can do; null for NCHW, dilation and empty batches. */
function describeConvolution(
  inShape: number[],
  filterShape: number[],
  attributes: ConvolutionAttributes,
): ConvolutionInfo | null {
  const { strides, pad, dataFormat, dilations = 1, dimRoundingMode } = attributes
  if (dataFormat === 'NCHW') return null
  const info = tf.backend_util.computeConv2DInfo(
    inShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
  const isEmpty = tf.util.sizeFromShape(info.outShape) === 0 || tf.util.sizeFromShape(info.inShape) === 0
  return info.dilationHeight > 1 || info.dilationWidth > 1 || isEmpty ? null : info
}

/** Replaces one kernel of the wasm backend, keeping its set-up; null from `compute` means the original one. */
function replaceKernel(kernelName: string, compute: (call: KernelCall) => tf.TensorInfo | null): void {
  const original = tf.getKernel(kernelName, 'wasm')
  tf.unregisterKernel(kernelName, 'wasm')
  const kernel: Kernel = (call) => compute(call) ?? original.kernelFunc({ ...call, attrs: call.attrs ?? {} })
  tf.registerKernel({ ...original, kernelFunc: kernel as tf.KernelFunc })
}

function addKernel(kernelName: string, compute: Kernel): void {
  if (tf.getKernel(kernelName, 'wasm') !== undefined) return
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: compute as tf.KernelFunc })
}

function sum({ inputs, attrs, backend }: KernelCall): tf.TensorInfo | null {
  const x = inputs.x!
  const { axis, keepDims } = attrs as unknown as { axis: number | number[] | null; keepDims: boolean }
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape).sort((a, b) => a - b)
  const isLeading = axes.length > 0 && axes.length < x.shape.length && axes.every((value, index) => value === index)
  if (!isLeading || x.dtype !== 'float32' || keepDims) return null
  const kept = x.shape.slice(axes.length)
  const columns = tf.util.sizeFromShape(kept)
  if (!areRowsWhole(columns)) return sumLeading(x, axes.length, backend as BackendWasm)
  const machine = vectorMachine(backend as BackendWasm)
  const out = machine.backend.makeOutput(kept, 'float32')
  const totals = sumOverRows(machine, machine.address(x), tf.util.sizeFromShape(x.shape) / columns, columns)
  machine.floats(out).set(totals)
  machine.release()
  return out
}

/** Shares the values, as the cpu backend does; tfjs's kernel copies them, several times in each training step. */
function identity({ inputs, backend }: KernelCall): tf.TensorInfo {
  const { dataId, shape, dtype } = inputs.x!
  ;(backend as BackendWasm).incRef(dataId)
  return { dataId, shape, dtype }
}

/** Batch normalisation with the batch's own mean and variance: [out, mean, biased variance]. */
function normalize({ inputs, attrs, backend }: KernelCall): tf.TensorInfo[] {
  const { x, scale, offset } = inputs as Record<'x' | 'scale' | 'offset', tf.TensorInfo>
  return normalizeRows(x, scale, offset, (attrs as unknown as { epsilon: number }).epsilon, backend as BackendWasm)
}

function normalizeGradient({ inputs, attrs, backend }: KernelCall): tf.TensorInfo[] {
  const { dy, x, scale, mean, variance } = inputs as Record<'dy' | 'x' | 'scale' | 'mean' | 'variance', tf.TensorInfo>
  const { epsilon } = attrs as unknown as { epsilon: number }
  return normalizeRowsGradient(dy, x, scale, mean, variance, epsilon, backend as BackendWasm)
}

/** A convolution with bias and activation in one operation, for the activations that are one comparison. */
function fusedConv2D({ inputs, attrs, backend }: KernelCall): tf.TensorInfo | null {
  const { activation } = attrs as unknown as { activation?: string }
  const bias = inputs.bias as tf.TensorInfo | undefined
  const isPlain = activation === 'linear' || activation === 'relu'
  const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo }
  if (!isPlain || (bias && (bias.shape.length !== 1 || bias.shape[0] !== filter.shape[3]))) return null
  const info = describeConvolution(x.shape, filter.shape, attrs as unknown as ConvolutionAttributes)
  if (info === null) return null
  const out = convolve(x, filter, info, backend as BackendWasm)
  if (bias || activation === 'relu') biasAndRectify(out, bias ?? null, activation === 'relu', backend as BackendWasm)
  return out
}

function conv2DBackpropFilter({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const attributes = attrs as unknown as ConvolutionAttributes & { filterShape: Shape4 }
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo }
  if (tf.util.sizeFromShape(x.shape) === 0 || tf.util.sizeFromShape(dy.shape) === 0) {
    const { filterShape } = attributes
    const zeros = new Float32Array(tf.util.sizeFromShape(filterShape))
    return (backend as BackendWasm).makeOutput(filterShape, 'float32', undefined, zeros)
  }
  const info = describeConvolution(x.shape, attributes.filterShape, attributes)
  if (info === null) throw new Error('The gradient of a convolution to its filter needs NHWC and dilation 1 on wasm.')
  return convolveFilterGradient(x, dy, info, backend as BackendWasm)
}

function conv2DBackpropInput({ inputs, attrs, backend }: KernelCall): tf.TensorInfo | null {
  const attributes = attrs as unknown as ConvolutionAttributes & { inputShape: Shape4 }
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo }
  const info = describeConvolution(attributes.inputShape, filter.shape, attributes)
  return info === null ? null : convolveInputGradient(dy, filter, info, backend as BackendWasm)
}

function conv2D({ inputs, attrs, backend }: KernelCall): tf.TensorInfo | null {
  const { x, filter } = inputs as { x: tf.TensorInfo; filter: tf.TensorInfo }
  const info = describeConvolution(x.shape, filter.shape, attrs as unknown as ConvolutionAttributes)
  return info === null ? null : convolve(x, filter, info, backend as BackendWasm)
}

function batchMatMul({ inputs, attrs, backend }: KernelCall): tf.TensorInfo | null {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo }
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean }
  return multiplyMatrices(a, b, transposeA, transposeB, backend as BackendWasm)
}

function depthwiseFilter({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { filterShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { filterShape: Shape4 }
  const { x, dy } = inputs as { x: tf.TensorInfo; dy: tf.TensorInfo }
  return depthwiseFilterGradient(x, dy, describeDepthwise(x.shape, filterShape, attributes), backend as BackendWasm)
}

function depthwiseInput({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { inputShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { inputShape: Shape4 }
  const { dy, filter } = inputs as { dy: tf.TensorInfo; filter: tf.TensorInfo }
  return depthwiseInputGradient(
    dy,
    filter,
    describeDepthwise(inputShape, filter.shape, attributes),
    backend as BackendWasm,
  )
}

function describeDepthwise(
  inShape: number[],
  filterShape: number[],
  attributes: ConvolutionAttributes,
): ConvolutionInfo {
  const { strides, pad, dilations = 1, dimRoundingMode } = attributes
  return tf.backend_util.computeConv2DInfo(
    inShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  )
}

function unsortedSegmentSum({ inputs, attrs, backend }: KernelCall): tf.TensorInfo {
  const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo }
  return sumSegments(x, segmentIds, (attrs as unknown as { numSegments: number }).numSegments, backend as BackendWasm)
}

/** tfjs's kernel takes one slope for each value of the last axes only, and is silently wrong for other shapes. */
function prelu({ inputs }: KernelCall): tf.TensorInfo | null {
  const { x, alpha } = inputs as { x: tf.TensorInfo; alpha: tf.TensorInfo }
  const first = alpha.shape.findIndex((size) => size !== 1)
  const slopes = first === -1 ? [1] : alpha.shape.slice(first)
  const isTrailing = slopes.every((size, index) => size === x.shape[x.shape.length - slopes.length + index])
  if (isTrailing && (slopes.length > 1 || slopes[0] === x.shape.at(-1))) return null
  const values = x as tf.Tensor
  return tf.tidy(() => tf.where(tf.greaterEqual(values, 0), values, tf.mul(values, alpha as tf.Tensor)))
}

let isRegistered = false

/** Registers the kernels above on the wasm backend, once per process. */
export function registerWasmKernels(): void {
  if (isRegistered) return
  isRegistered = true
  addKernel('Conv2DBackpropFilter', conv2DBackpropFilter)
  replaceKernel('Conv2DBackpropInput', conv2DBackpropInput)
  replaceKernel('Conv2D', conv2D)
  replaceKernel('BatchMatMul', batchMatMul)
  replaceKernel('FusedConv2D', fusedConv2D)
  replaceKernel('Sum', sum)
  replaceKernel('Identity', identity)
  replaceKernel('Prelu', prelu)
  replaceKernel('EluGrad', ({ inputs, backend }) => eluGradient(inputs.dy!, inputs.y!, backend as BackendWasm))
  addKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseFilter)
  addKernel('DepthwiseConv2dNativeBackpropInput', depthwiseInput)
  addKernel('UnsortedSegmentSum', unsortedSegmentSum)
  addKernel(normalizeKernel, normalize)
  addKernel(normalizeGradientKernel, normalizeGradient)
  replaceKernel('MaxPoolGrad', ({ inputs, attrs, backend }) =>
    maxPoolGradient(inputs, attrs ?? {}, backend as BackendWasm),
  )
}
