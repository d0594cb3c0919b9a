/**
 * The gradient kernels that tfjs's WASM backend lacks or has only as slow scalar loops, built from the
 * kernels it does have (its convolution and matrix product run on XNNPACK with SIMD):
 *
 * - Conv2DBackpropFilter (missing): a convolution with batch and channel swapped.
 * - Conv2DBackpropInput (present, about ten times slower than a convolution): for stride 1, a
 *   convolution of dy with the filter turned by 180 degrees; other strides keep the original kernel.
 * - MaxPoolGrad (present, slow): for windows that do not overlap, one pass over the WASM heap.
 * - Sum over leading axes (present, slow): one pass over the WASM heap.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { maxPoolGradient, sumLeading, type Attributes, type NamedInputs } from './heap-kernels'

/** What tfjs hands to a kernel; inputs are tensors when the kernel is reached through an op. */
interface KernelCall {
  inputs: NamedInputs
  backend: object
  attrs?: Attributes
}

interface ConvolutionAttributes {
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dataFormat?: 'NHWC' | 'NCHW'
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>
type Shape4 = [number, number, number, number]

/**
 * dW of a convolution, [kernelHeight, kernelWidth, inChannels, outChannels]. With x as
 * [inChannels, height, width, batch] and dy as a filter [outHeight, outWidth, batch, outChannels], the
 * convolution with the forward strides as dilations, cropped to the kernel's size, is the gradient.
 */
export function composeConvFilterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: Shape4,
  attributes: ConvolutionAttributes,
): tf.Tensor4D {
  const { strides, pad, dimRoundingMode } = attributes
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode)
  const { top, bottom, left, right } = info.padInfo
  return tf.tidy(() => {
    const swappedInput = tf.transpose(x, [3, 1, 2, 0])
    const swappedGradient = tf.transpose(dy, [1, 2, 0, 3])
    const full = tf.conv2d(
      swappedInput,
      swappedGradient,
      1,
      [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ],
      'NHWC',
      [info.strideHeight, info.strideWidth],
    )
    const cropped = tf.slice(full, [0, 0, 0, 0], [filterShape[2], filterShape[0], filterShape[1], filterShape[3]])
    return tf.transpose(cropped, [1, 2, 0, 3]) as tf.Tensor4D
  })
}

/** dx of a convolution of stride 1: dy convolved with the filter turned by 180 degrees, channels swapped. */
export function composeConvInputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, info: ConvolutionInfo): tf.Tensor4D {
  const { top, left } = info.padInfo
  const padTop = info.filterHeight - 1 - top
  const padLeft = info.filterWidth - 1 - left
  return tf.tidy(() =>
    tf.conv2d(dy, tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D, 1, [
      [0, 0],
      [padTop, info.inHeight - info.outHeight + info.filterHeight - 1 - padTop],
      [padLeft, info.inWidth - info.outWidth + info.filterWidth - 1 - padLeft],
      [0, 0],
    ]),
  )
}

function conv2DBackpropFilter({ inputs, attrs }: KernelCall): tf.TensorInfo {
  const attributes = attrs as unknown as ConvolutionAttributes & { filterShape: Shape4 }
  if (attributes.dataFormat === 'NCHW') throw new Error('Conv2DBackpropFilter on wasm needs NHWC, got NCHW.')
  return composeConvFilterGradient(
    inputs.x as tf.Tensor4D,
    inputs.dy as tf.Tensor4D,
    attributes.filterShape,
    attributes,
  )
}

function conv2DBackpropInput(original: tf.KernelFunc) {
  return (call: KernelCall): tf.TensorInfo | tf.TensorInfo[] => {
    const attributes = call.attrs as unknown as ConvolutionAttributes & { inputShape: Shape4 }
    const filter = call.inputs.filter as tf.Tensor4D
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attributes
    const info = tf.backend_util.computeConv2DInfo(inputShape, filter.shape, strides, 1, pad, dimRoundingMode)
    const isUnitStride = info.strideHeight === 1 && info.strideWidth === 1
    // Padding wider than the kernel would need a crop here: rare enough for the original kernel.
    const isNarrowPad = info.padInfo.top < info.filterHeight && info.padInfo.left < info.filterWidth
    if (dataFormat === 'NCHW' || !isUnitStride || !isNarrowPad) return original({ ...call, attrs: call.attrs ?? {} })
    return composeConvInputGradient(call.inputs.dy as tf.Tensor4D, filter, info)
  }
}

function sum(original: tf.KernelFunc) {
  return (call: KernelCall): tf.TensorInfo | tf.TensorInfo[] => {
    const x = call.inputs.x!
    const { axis, keepDims } = call.attrs as unknown as { axis: number | number[] | null; keepDims: boolean }
    const axes = tf.util.parseAxisParam(axis as number | number[], x.shape).sort((a, b) => a - b)
    const isLeading = axes.length > 0 && axes.length < x.shape.length && axes.every((value, index) => value === index)
    if (!isLeading || x.dtype !== 'float32' || keepDims) return original({ ...call, attrs: call.attrs ?? {} })
    return sumLeading(x, axes.length, call.backend as BackendWasm)
  }
}

/** Replaces one kernel of the wasm backend, keeping its set-up, by a function that may fall back on it. */
function replaceKernel(
  kernelName: string,
  wrap: (original: tf.KernelFunc) => (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[],
): void {
  const original = tf.getKernel(kernelName, 'wasm')
  tf.unregisterKernel(kernelName, 'wasm')
  tf.registerKernel({ ...original, kernelFunc: wrap(original.kernelFunc) as tf.KernelFunc })
}

let isRegistered = false

/** Registers the kernels above on the wasm backend, once per process. */
export function registerWasmKernels(): void {
  if (isRegistered) return
  isRegistered = true
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm') === undefined) {
    tf.registerKernel({
      kernelName: 'Conv2DBackpropFilter',
      backendName: 'wasm',
      kernelFunc: conv2DBackpropFilter as tf.KernelFunc,
    })
  }
  replaceKernel('Conv2DBackpropInput', conv2DBackpropInput)
  replaceKernel('Sum', sum)
  replaceKernel('MaxPoolGrad', (original) => (call) => {
    const backend = call.backend as BackendWasm
    return maxPoolGradient(call.inputs, call.attrs ?? {}, backend) ?? original({ ...call, attrs: call.attrs ?? {} })
  })
}
