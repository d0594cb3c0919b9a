/** The gradients of a depthwise convolution, which tfjs's WASM backend lacks, as loops over its heap. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { areRowsWhole } from './wasm-rows'
import { vectorMachine, type VectorCall } from './wasm-vector-machine'

export type DepthwiseInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

/** Outputs of one axis that see input `tap · dilation − pad + output · stride`: the first, and the one past the last. */
function reach(
  tap: number,
  dilation: number,
  pad: number,
  stride: number,
  size: number,
  outputs: number,
): [number, number] {
  const shift = tap * dilation - pad
  const first = Math.max(0, Math.ceil(-shift / stride))
  return [first, Math.max(first, Math.min(outputs, Math.floor((size - 1 - shift) / stride) + 1))]
}

/** Calls `visit` for each row of outputs that a tap of the kernel meets, with positions in values (not bytes). */
function eachRow(
  info: DepthwiseInfo,
  visit: (tap: number, input: number, output: number, count: number, inputStep: number) => void,
): void {
  const { inHeight, inWidth, outHeight, outWidth, inChannels, outChannels, strideHeight, strideWidth, padInfo } = info
  for (let row = 0; row < info.filterHeight; row++) {
    const [top, bottom] = reach(row, info.dilationHeight, padInfo.top, strideHeight, inHeight, outHeight)
    for (let column = 0; column < info.filterWidth; column++) {
      const [left, right] = reach(column, info.dilationWidth, padInfo.left, strideWidth, inWidth, outWidth)
      if (left >= right) continue
      const x = left * strideWidth + column * info.dilationWidth - padInfo.left
      for (let batch = 0; batch < info.batchSize; batch++) {
        for (let y = top; y < bottom; y++) {
          const inputRow = batch * inHeight + y * strideHeight + row * info.dilationHeight - padInfo.top
          visit(
            row * info.filterWidth + column,
            (inputRow * inWidth + x) * inChannels,
            ((batch * outHeight + y) * outWidth + left) * outChannels,
            right - left,
            strideWidth * inChannels,
          )
        }
      }
    }
  }
}

/** dW of a depthwise convolution, [kernelHeight, kernelWidth, inChannels, multiplier]. */
export function depthwiseFilterGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: DepthwiseInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const machine = vectorMachine(backend)
  const { inChannels, outChannels } = info
  const multiplier = outChannels / inChannels
  const out = backend.makeOutput([info.filterHeight, info.filterWidth, inChannels, multiplier], 'float32')
  const sums = new Float64Array(info.filterHeight * info.filterWidth * outChannels)
  if (multiplier === 1 && info.strideWidth === 1 && areRowsWhole(inChannels)) {
    const [input, slope] = [machine.address(x), machine.address(dy)]
    const calls: VectorCall[] = []
    const taps: number[] = []
    eachRow(info, (tap, from, to, count) => {
      taps.push(tap)
      calls.push(['sumProducts', slope + 4 * to, input + 4 * from, 0, 0, 4 * inChannels, count, inChannels / 4])
    })
    const partial = machine.scratch(Math.max(1, taps.length * inChannels))
    for (const [index, call] of calls.entries()) call[4] = partial.address + 4 * index * inChannels
    machine.run(calls, (tf.util.sizeFromShape(dy.shape) * info.filterHeight * info.filterWidth) / 4)
    const values = partial.floats()
    for (const [index, tap] of taps.entries()) {
      for (let channel = 0; channel < inChannels; channel++) {
        sums[tap * inChannels + channel]! += values[index * inChannels + channel]!
      }
    }
  } else {
    const inputs = machine.floats(x)
    const slopes = machine.floats(dy)
    eachRow(info, (tap, from, to, count, step) => {
      for (let position = 0; position < count; position++) {
        for (let channel = 0; channel < outChannels; channel++) {
          const input = inputs[from + position * step + Math.floor(channel / multiplier)]!
          sums[tap * outChannels + channel]! += input * slopes[to + position * outChannels + channel]!
        }
      }
    })
  }
  machine.floats(out).set(sums)
  machine.release()
  return out
}

/** dx of a depthwise convolution, [batch, height, width, inChannels]. */
export function depthwiseInputGradient(
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: DepthwiseInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const { inChannels, outChannels, filterHeight, filterWidth, padInfo } = info
  const multiplier = outChannels / inChannels
  const top = filterHeight - 1 - padInfo.top
  const left = filterWidth - 1 - padInfo.left
  const bottom = info.inHeight - info.outHeight + filterHeight - 1 - top
  const right = info.inWidth - info.outWidth + filterWidth - 1 - left
  const isPlain = info.strideHeight * info.strideWidth * info.dilationHeight * info.dilationWidth === 1
  if (multiplier === 1 && isPlain && Math.min(top, bottom, left, right) >= 0) {
    const pad: tf.backend_util.ExplicitPadding = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]
    // A depthwise convolution with the filter turned by 180 degrees: XNNPACK's.
    return tf.tidy(() =>
      tf.depthwiseConv2d(dy as tf.Tensor4D, tf.reverse(filter as tf.Tensor4D, [0, 1]), 1, pad as unknown as 'valid'),
    )
  }
  const machine = vectorMachine(backend)
  const dx = backend.makeOutput(info.inShape, 'float32')
  const out = machine.floats(dx).fill(0)
  const slopes = machine.floats(dy)
  const weights = machine.floats(filter)
  eachRow(info, (tap, from, to, count, step) => {
    for (let position = 0; position < count; position++) {
      for (let channel = 0; channel < outChannels; channel++) {
        const slope = slopes[to + position * outChannels + channel]!
        out[from + position * step + Math.floor(channel / multiplier)]! += slope * weights[tap * outChannels + channel]!
      }
    }
  })
  return dx
}
