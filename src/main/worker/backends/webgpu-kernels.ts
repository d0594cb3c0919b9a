/**
 * Kernels of tfjs's WebGPU backend (4.22) that training cannot take as they are. All that Earmark's networks need is
 * there; these are replaced:
 *
 * - Conv2DBackpropFilter, DepthwiseConv2dNativeBackpropFilter: one thread for each weight, whatever the batch.
 * - MaxPoolGrad, Conv2DBackpropInput, DepthwiseConv2dNativeBackpropInput: they find a window by dividing in floating
 *   point and drop it where the quotient is not whole. WGSL lets a driver be off by 2.5 units in the last place, so
 *   that 6 / 3 need not be 2; only powers of two are safe.
 * - AvgPoolGrad: the same, and with 'same' padding it divides by the whole window where the forward kernel does not.
 * - ResizeNearestNeighborGrad: rounds the same way; it gave wrong gradients on SwiftShader.
 * - Sin, Cos: WGSL lets a driver be off by 2⁻¹¹ (SwiftShader: 2·10⁻⁴); trainable front ends differentiate through them.
 */
import * as tf from '@tensorflow/tfjs-core'
import type { WebGPUBackend, WebGPUProgram } from '@tensorflow/tfjs-backend-webgpu'
import type { Attributes, NamedInputs } from './heap-kernels'
import {
  averagePoolGradientProgram,
  countChunks,
  filterGradientProgram,
  inputGradientProgram,
  maxPoolGradientProgram,
  sineProgram,
  windowsOf,
  windowValues,
  type Windows,
} from './webgpu-programs'

type Shape4 = [number, number, number, number]
type Pad = 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
type Rounding = 'floor' | 'round' | 'ceil'

interface KernelCall {
  inputs: NamedInputs
  backend: WebGPUBackend
  attrs: Attributes
}

interface ConvolutionAttributes {
  strides: [number, number] | number
  dilations?: [number, number] | number
  pad: Pad
  dataFormat?: 'NHWC' | 'NCHW'
  dimRoundingMode?: Rounding
  filterShape?: Shape4
  inputShape?: Shape4
}

/** Runs another kernel of this backend on values that are no tensors yet. */
function runKernel(name: string, call: KernelCall): tf.TensorInfo {
  return tf.getKernel(name, 'webgpu').kernelFunc(call) as tf.TensorInfo
}

function runProgram(
  backend: WebGPUBackend,
  program: WebGPUProgram,
  inputs: tf.TensorInfo[],
  windows: Windows,
  ...more: number[]
): tf.TensorInfo {
  const settings = [...windowValues(windows), ...more.map((value) => ({ type: 'int32', data: [value] }))]
  return backend.runWebGPUProgram(program, inputs, 'float32', settings)
}

function describe(call: KernelCall, isDepthwise: boolean): ReturnType<typeof tf.backend_util.computeConv2DInfo> {
  const { strides, dilations, pad, dimRoundingMode, filterShape, inputShape } =
    call.attrs as unknown as ConvolutionAttributes
  const input = inputShape ?? (call.inputs.x!.shape as Shape4)
  const filter = filterShape ?? (call.inputs.filter!.shape as Shape4)
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations ?? 1, pad, dimRoundingMode, isDepthwise)
}

function filterGradient(call: KernelCall, isDepthwise: boolean): tf.TensorInfo {
  const { backend, inputs } = call
  const { x, dy } = inputs
  const info = describe(call, isDepthwise)
  const { chunks, rowsPerChunk } = countChunks(tf.util.sizeFromShape(info.filterShape), info.batchSize * info.outHeight)
  const program = filterGradientProgram(chunks, info.filterShape, isDepthwise)
  const sums = runProgram(backend, program, [x!, dy!], windowsOf(info), rowsPerChunk)
  const total = runKernel('Sum', { backend, inputs: { x: sums }, attrs: { axis: [0], keepDims: false } })
  backend.disposeData(sums.dataId)
  return total
}

/** Powers of two: dividing by them is exact everywhere. */
const isExact = (stride: number): boolean => Number.isInteger(Math.log2(stride))

/** tfjs's shader for strides that are powers of two, where it is right and reads four channels at once. */
function inputGradient(call: KernelCall, isDepthwise: boolean, original: tf.KernelFunc): tf.TensorInfo {
  const { dataFormat } = call.attrs as unknown as ConvolutionAttributes
  if (dataFormat === 'NCHW') return original(call) as tf.TensorInfo
  const info = describe(call, isDepthwise)
  if (isExact(info.strideHeight) && isExact(info.strideWidth)) return original(call) as tf.TensorInfo
  const { dy, filter } = call.inputs
  return runProgram(call.backend, inputGradientProgram(info.inShape, isDepthwise), [dy!, filter!], windowsOf(info))
}

function poolWindows({ inputs, attrs }: KernelCall): { windows: Windows; inputShape: number[] } {
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as {
    filterSize: [number, number] | number
    strides: [number, number] | number
    pad: Pad
    dimRoundingMode?: Rounding
  }
  const inputShape = inputs.input!.shape as Shape4
  const info = tf.backend_util.computePool2DInfo(inputShape, filterSize, strides, 1, pad, dimRoundingMode)
  return { windows: windowsOf(info), inputShape }
}

/** tfjs's shader where it is right: it finds the largest values once, not for each of the windows that overlap. */
function maxPoolGradient(call: KernelCall, original: tf.KernelFunc): tf.TensorInfo {
  const { windows, inputShape } = poolWindows(call)
  if (windows.strides.every(isExact)) return original(call) as tf.TensorInfo
  const { dy, input } = call.inputs
  return runProgram(call.backend, maxPoolGradientProgram(inputShape), [dy!, input!], windows)
}

function averagePoolGradient(call: KernelCall): tf.TensorInfo {
  const { windows, inputShape } = poolWindows(call)
  return runProgram(call.backend, averagePoolGradientProgram(inputShape), [call.inputs.dy!], windows)
}

/** Each output row takes one input row, and each column one column: two products with matrices of zeros and ones. */
function resizeNearestGradient({ inputs, attrs }: KernelCall): tf.TensorInfo {
  const { images, dy } = inputs as { images: tf.Tensor4D; dy: tf.Tensor4D }
  const alignCorners = attrs.alignCorners === true
  const [batch, height, width, channels] = images.shape
  const [, outHeight, outWidth] = dy.shape
  return tf.tidy(() => {
    const rows = chooseNearest(height, outHeight, alignCorners)
    const columns = chooseNearest(width, outWidth, alignCorners)
    const wide = tf.matMul(rows, tf.reshape(dy, [batch, outHeight, outWidth * channels]))
    const small = tf.matMul(columns, tf.reshape(wide, [batch * height, outWidth, channels]))
    return tf.reshape(small, images.shape)
  })
}

/** [1, size, outSize]: 1 where an output position takes its value from an input position. */
function chooseNearest(size: number, outSize: number, alignCorners: boolean): tf.Tensor3D {
  const isAligned = alignCorners && outSize > 1
  const ratio = isAligned ? (size - 1) / (outSize - 1) : size / outSize
  const choice = new Float32Array(size * outSize)
  for (let position = 0; position < outSize; position++) {
    const nearest = alignCorners ? Math.round(position * ratio) : Math.floor(position * ratio)
    choice[Math.min(size - 1, nearest) * outSize + position] = 1
  }
  return tf.tensor3d(choice, [1, size, outSize])
}

/** Replaces a kernel, keeping its set-up, by a function that may fall back on it. */
function replaceKernel(name: string, wrap: (call: KernelCall, original: tf.KernelFunc) => tf.TensorInfo): void {
  const original = tf.getKernel(name, 'webgpu')
  tf.unregisterKernel(name, 'webgpu')
  tf.registerKernel({
    ...original,
    kernelFunc: (given) => wrap(given as unknown as KernelCall, original.kernelFunc),
  })
}

/** Registers the kernels above on the WebGPU backend; called once, when it is opened. */
export function registerWebgpuKernels(): void {
  replaceKernel('Conv2DBackpropFilter', (call, original) =>
    call.attrs.dataFormat === 'NCHW' ? (original(call) as tf.TensorInfo) : filterGradient(call, false),
  )
  replaceKernel('DepthwiseConv2dNativeBackpropFilter', (call) => filterGradient(call, true))
  replaceKernel('Conv2DBackpropInput', (call, original) => inputGradient(call, false, original))
  replaceKernel('DepthwiseConv2dNativeBackpropInput', (call, original) => inputGradient(call, true, original))
  replaceKernel('MaxPoolGrad', maxPoolGradient)
  replaceKernel('AvgPoolGrad', averagePoolGradient)
  replaceKernel('ResizeNearestNeighborGrad', resizeNearestGradient)
  for (const name of ['Sin', 'Cos'])
    replaceKernel(name, ({ backend, inputs }) =>
      backend.runWebGPUProgram(sineProgram(inputs.x!.shape, name === 'Cos'), [inputs.x!], 'float32'),
    )
}
