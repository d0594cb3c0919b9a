/**
 * Kernels written in JavaScript on views of the WASM heap, without copying: for loops that tfjs's WASM backend
 * runs without SIMD and with an index computation for every value, V8 is several times faster.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { vectorMachine, type VectorCall } from './wasm-vector-machine'

/** What tfjs hands to a kernel: tensors by name, and settings by name. */
export type NamedInputs = Parameters<tf.KernelFunc>[0]['inputs']
export type Attributes = NonNullable<Parameters<tf.KernelFunc>[0]['attrs']>

interface PoolAttributes {
  filterSize: [number, number] | number
  strides: [number, number] | number
  pad: 'valid' | 'same' | number | tf.backend_util.ExplicitPadding
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/**
 * The sum over the first `axisCount` axes of a float32 tensor, in double precision. Four columns at a time, so that
 * their totals stay in registers.
 */
export function sumLeading(x: tf.TensorInfo, axisCount: number, backend: BackendWasm): tf.TensorInfo {
  const kept = x.shape.slice(axisCount)
  const out = backend.makeOutput(kept, 'float32')
  const values = backend.typedArrayFromHeap(x) as Float32Array
  const sums = backend.typedArrayFromHeap(out) as Float32Array
  const columns = tf.util.sizeFromShape(kept)
  let column = 0
  for (; column + 4 <= columns; column += 4) {
    let [a, b, c, d] = [0, 0, 0, 0]
    for (let index = column; index < values.length; index += columns) {
      a += values[index]!
      b += values[index + 1]!
      c += values[index + 2]!
      d += values[index + 3]!
    }
    sums[column] = a
    sums[column + 1] = b
    sums[column + 2] = c
    sums[column + 3] = d
  }
  for (; column < columns; column++) {
    let total = 0
    for (let index = column; index < values.length; index += columns) total += values[index]!
    sums[column] = total
  }
  return out
}

/** Adds a bias [channels] to x [..., channels] in place, and cuts what is below zero. */
export function biasAndRectify(
  x: tf.TensorInfo,
  bias: tf.TensorInfo | null,
  isRectified: boolean,
  backend: BackendWasm,
): void {
  const values = backend.typedArrayFromHeap(x) as Float32Array
  const channels = x.shape.at(-1)!
  const offsets = bias === null ? new Float32Array(channels) : (backend.typedArrayFromHeap(bias) as Float32Array)
  for (let start = 0; start < values.length; start += channels) {
    for (let channel = 0; channel < channels; channel++) {
      const value = values[start + channel]! + offsets[channel]!
      // Not a number stays so, as in the cpu backend.
      values[start + channel] = isRectified && value < 0 ? 0 : value
    }
  }
}

/**
 * Sends each output's gradient to the first largest input of its window, as TensorFlow does; tfjs's own WASM kernel
 * sends it elsewhere where windows overlap or are padded.
 *
 * @param inputs dy [batch, outHeight, outWidth, channels] and input [batch, height, width, channels]
 */
export function maxPoolGradient(inputs: NamedInputs, attributes: Attributes, backend: BackendWasm): tf.TensorInfo {
  const dy = inputs.dy!
  const input = inputs.input!
  const { filterSize, strides, pad, dimRoundingMode } = attributes as unknown as PoolAttributes
  const shape = input.shape as [number, number, number, number]
  const info = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo, outHeight, outWidth, inHeight, inWidth } = info

  const dx = backend.makeOutput(shape, 'float32')
  // Views are taken after the allocation: growing the heap detaches older ones.
  const x = backend.typedArrayFromHeap(input) as Float32Array
  const gradient = backend.typedArrayFromHeap(dy) as Float32Array
  const out = backend.typedArrayFromHeap(dx) as Float32Array
  out.fill(0)
  const channels = info.inChannels
  const rowStride = inWidth * channels
  const isTiled = strideHeight === filterHeight && strideWidth === filterWidth
  const isInside = outHeight * filterHeight <= inHeight && outWidth * filterWidth <= inWidth
  if (isTiled && isInside && padInfo.top === 0 && padInfo.left === 0 && channels % 4 === 0) {
    spreadOverTiles(dy, input, dx, info, backend)
    return dx
  }
  let position = 0
  for (let batch = 0; batch < info.batchSize; batch++) {
    for (let row = 0; row < outHeight; row++) {
      const top = Math.max(0, row * strideHeight - padInfo.top)
      const rows = Math.min(inHeight, row * strideHeight - padInfo.top + filterHeight) - top
      for (let column = 0; column < outWidth; column++) {
        const left = Math.max(0, column * strideWidth - padInfo.left)
        const columns = Math.min(inWidth, column * strideWidth - padInfo.left + filterWidth) - left
        const corner = (batch * inHeight + top) * rowStride + left * channels
        const isTwoByTwo = rows === 2 && columns === 2
        for (let channel = corner; channel < corner + channels; channel++) {
          const slope = gradient[position++]!
          // Most windows have no gradient where a ReLU follows; some outside the input have no values.
          if (slope === 0 || rows <= 0 || columns <= 0) continue
          const best = isTwoByTwo
            ? findLargestOfFour(x, channel, channels, rowStride)
            : findLargest(x, channel, channels, columns, rowStride, rows)
          out[best]! += slope
        }
      }
    }
  }
  return dx
}

/** The same for windows side by side, four channels at a time. */
function spreadOverTiles(
  dy: tf.TensorInfo,
  input: tf.TensorInfo,
  dx: tf.TensorInfo,
  info: ReturnType<typeof tf.backend_util.computePool2DInfo>,
  backend: BackendWasm,
): void {
  const machine = vectorMachine(backend)
  const { batchSize, outHeight, outWidth, inHeight, inWidth, filterHeight, filterWidth, inChannels } = info
  const [slope, x, out] = [machine.address(dy), machine.address(input), machine.address(dx)]
  const rowBytes = 4 * inWidth * inChannels
  const calls: VectorCall[] = []
  for (let batch = 0; batch < batchSize; batch++) {
    for (let row = 0; row < outHeight; row++) {
      const from = slope + 4 * (batch * outHeight + row) * outWidth * inChannels
      const start = (batch * inHeight + row * filterHeight) * rowBytes
      const shape = [outWidth, inChannels / 4, filterHeight, filterWidth, rowBytes] as const
      calls.push(['spreadToLargest', from, x + start, out + start, ...shape])
    }
  }
  machine.run(calls, 2 * tf.util.sizeFromShape(input.shape))
}

/** Position of the first largest value of a window whose first value is at `corner`. */
function findLargest(
  x: Float32Array,
  corner: number,
  columnStride: number,
  columns: number,
  rowStride: number,
  rows: number,
): number {
  let best = corner
  for (let start = corner; start < corner + rows * rowStride; start += rowStride) {
    for (let index = start; index < start + columns * columnStride; index += columnStride) {
      if (x[index]! > x[best]!) best = index
    }
  }
  return best
}

/** The same for the usual window, without loops. */
function findLargestOfFour(x: Float32Array, corner: number, columnStride: number, rowStride: number): number {
  let best = corner
  if (x[corner + columnStride]! > x[best]!) best = corner + columnStride
  if (x[corner + rowStride]! > x[best]!) best = corner + rowStride
  if (x[corner + rowStride + columnStride]! > x[best]!) best = corner + rowStride + columnStride
  return best
}

/**
 * Sums the rows of x [rows, …] that have the same segment, [segments, …]: the gradient of gathering, of an embedding.
 * Segments outside 0…segments − 1 are left out, as in the cpu backend.
 *
 * @throws Error where the segments are not one int32 for each row
 */
export function sumSegments(
  x: tf.TensorInfo,
  ids: tf.TensorInfo,
  segments: number,
  backend: BackendWasm,
): tf.TensorInfo {
  if (ids.shape.length !== 1 || ids.dtype !== 'int32' || ids.shape[0] !== x.shape[0]) {
    throw new Error(`Segment numbers need one int32 for each of ${x.shape[0]} rows, got ${ids.dtype} [${ids.shape}].`)
  }
  const out = backend.makeOutput([segments, ...x.shape.slice(1)], 'float32')
  const values = backend.typedArrayFromHeap(x) as Float32Array
  const rows = backend.typedArrayFromHeap(ids) as Int32Array
  const sums = (backend.typedArrayFromHeap(out) as Float32Array).fill(0)
  const columns = tf.util.sizeFromShape(x.shape.slice(1))
  for (let row = 0; row < rows.length; row++) {
    const segment = rows[row]!
    if (segment < 0 || segment >= segments) continue
    for (let column = 0; column < columns; column++) {
      sums[segment * columns + column]! += values[row * columns + column]!
    }
  }
  return out
}
