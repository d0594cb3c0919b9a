/**
 * Convolutions whose gradients work on every backend for strides, uneven padding and dilation. tfjs refuses the gradient
 * of a dilated convolution, has no causal padding, and its TensorFlow backend takes no explicit padding in gradients.
 */
import * as tf from '@tensorflow/tfjs-core'
import { addBias } from './add-bias'

type Pair = readonly [number, number]

/**
 * 'same': as many outputs as inputs over the stride, zeros on both sides, the odd one after (TensorFlow's rule); 'valid':
 * none; [before, after] for each axis: that many zeros.
 */
export type Padding2d = 'same' | 'valid' | readonly [height: Pair, width: Pair]
/** 'causal': all zeros before, so that an output depends on no later input. */
export type Padding1d = 'same' | 'valid' | 'causal' | Pair

export interface Convolution2dOptions {
  /** Height and width; both 1 where left out. Not together with a dilation. */
  strides?: Pair
  padding: Padding2d
  /** Distance between the inputs that neighbouring taps of the kernel see; both 1 where left out. */
  dilation?: Pair
}

export interface Convolution1dOptions {
  stride?: number
  padding: Padding1d
  dilation?: number
}

type Convolve = (x: tf.Tensor4D, strides: [number, number], padding: 'same' | 'valid') => tf.Tensor4D

/**
 * 2-D convolution (cross-correlation, as everywhere in learning).
 *
 * @param x [batch, height, width, in]
 * @param kernel [height, width, in, out]
 * @param bias [out] or null
 * @throws RangeError for strides together with a dilation
 */
export function convolve2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  options: Convolution2dOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const convolve: Convolve = (input, strides, padding) => tf.conv2d(input, kernel, strides, padding)
    return offset(arrange(x, [kernel.shape[0], kernel.shape[1]], options, convolve), bias)
  })
}

/**
 * Convolution of each channel with kernels of its own.
 *
 * @param x [batch, height, width, in]
 * @param kernel [height, width, in, multiplier]; the output has in · multiplier channels
 * @param bias [in · multiplier] or null
 * @throws RangeError for strides together with a dilation
 */
export function depthwiseConvolve2d(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  options: Convolution2dOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const convolve: Convolve = (input, strides, padding) => tf.depthwiseConv2d(input, kernel, strides, padding)
    return offset(arrange(x, [kernel.shape[0], kernel.shape[1]], options, convolve), bias)
  })
}

/**
 * A depthwise convolution and a 1×1 convolution over its channels.
 *
 * @param depthwiseKernel [height, width, in, multiplier]
 * @param pointwiseKernel [1, 1, in · multiplier, out]
 * @param bias [out] or null
 */
export function separableConvolve2d(
  x: tf.Tensor4D,
  depthwiseKernel: tf.Tensor4D,
  pointwiseKernel: tf.Tensor4D,
  bias: tf.Tensor1D | null,
  options: Convolution2dOptions,
): tf.Tensor4D {
  return tf.tidy(() => {
    const channels = depthwiseConvolve2d(x, depthwiseKernel, null, options)
    return convolve2d(channels, pointwiseKernel, bias, { padding: 'valid' })
  })
}

/**
 * 1-D convolution.
 *
 * @param x [batch, time, in]
 * @param kernel [time, in, out]
 * @param bias [out] or null
 * @throws RangeError for a stride together with a dilation
 */
export function convolve1d(
  x: tf.Tensor3D,
  kernel: tf.Tensor3D,
  bias: tf.Tensor1D | null,
  { stride = 1, padding, dilation = 1 }: Convolution1dOptions,
): tf.Tensor3D {
  return tf.tidy(() => {
    const [size, inputs, outputs] = kernel.shape
    const rule = padding === 'causal' ? ([dilation * (size - 1), 0] as const) : padding
    const picture = tf.reshape(x, [x.shape[0], x.shape[1], 1, inputs]) as tf.Tensor4D
    const y = convolve2d(picture, tf.reshape(kernel, [size, 1, inputs, outputs]) as tf.Tensor4D, bias, {
      strides: [stride, 1],
      padding: typeof rule === 'string' ? rule : [rule, [0, 0]],
      dilation: [dilation, 1],
    })
    return tf.reshape(y, [y.shape[0], y.shape[1], outputs])
  })
}

/** Pads and, for a dilation, takes the input apart, so that `convolve` needs neither. */
function arrange(
  x: tf.Tensor4D,
  kernelSize: Pair,
  { strides = [1, 1], padding, dilation = [1, 1] }: Convolution2dOptions,
  convolve: Convolve,
): tf.Tensor4D {
  const isStrided = strides[0] !== 1 || strides[1] !== 1
  if (dilation[0] !== 1 || dilation[1] !== 1) {
    if (isStrided) throw new RangeError(`strides ${strides.join('×')} with a dilation of ${dilation.join('×')}`)
    return convolveDilated(x, kernelSize, padding, dilation, convolve)
  }
  const padded = typeof padding === 'string' ? x : padPicture(x, padding)
  if (isStrided && kernelSize[0] === 1 && kernelSize[1] === 1) return convolve(skip(padded, strides), [1, 1], 'valid')
  return convolve(padded, [strides[0], strides[1]], padding === 'same' ? 'same' : 'valid')
}

/**
 * Every so many rows and columns, by pooling single values. A strided convolution with a kernel of one value would do
 * it too, but its gradient to the kernel writes outside its memory in TensorFlow 2.21 on processors (oneDNN; few
 * channels and rows left over at the end), which ends the process sooner or later.
 */
function skip(x: tf.Tensor4D, strides: Pair): tf.Tensor4D {
  return tf.maxPool(x, 1, [strides[0], strides[1]], 'valid')
}

function padPicture(x: tf.Tensor4D, [height, width]: readonly [Pair, Pair]): tf.Tensor4D {
  if (height[0] + height[1] + width[0] + width[1] === 0) return x
  return tf.pad(x, [
    [0, 0],
    [height[0], height[1]],
    [width[0], width[1]],
    [0, 0],
  ])
}

/**
 * Space to batch: every d-th row and column becomes a picture of its own, on which a dense kernel does what the
 * dilated one does on the whole; the results are put back between one another.
 */
function convolveDilated(
  x: tf.Tensor4D,
  kernelSize: Pair,
  padding: Padding2d,
  dilation: Pair,
  convolve: Convolve,
): tf.Tensor4D {
  const sides = ([0, 1] as const).map((axis) => {
    const reach = (kernelSize[axis] - 1) * dilation[axis]
    const [before, after] = padZeros(padding, axis, reach)
    const length = before + x.shape[axis + 1]! + after
    // The blocks must come out even; what the added zeros give is cropped.
    const extra = (dilation[axis] - (length % dilation[axis])) % dilation[axis]
    return { padding: [before, after + extra], crop: [0, extra], outputs: length - reach }
  })
  const short = sides.find((side) => side.outputs < 1)
  if (short)
    throw new RangeError(`a kernel of ${kernelSize.join('×')} with dilation ${dilation.join('×')} does not fit`)
  const block = [dilation[0], dilation[1]]
  const paddings = sides.map((side) => side.padding)
  const apart = tf.spaceToBatchND(x, block, paddings)
  const crops = sides.map((side) => side.crop)
  return tf.batchToSpaceND(convolve(apart, [1, 1], 'valid'), block, crops)
}

function padZeros(padding: Padding2d, axis: 0 | 1, reach: number): Pair {
  if (padding === 'valid') return [0, 0]
  if (padding === 'same') return [Math.floor(reach / 2), Math.ceil(reach / 2)]
  return padding[axis]
}

function offset(y: tf.Tensor4D, bias: tf.Tensor1D | null): tf.Tensor4D {
  return bias === null ? y : (addBias(y, bias) as tf.Tensor4D)
}
