/**
 * 2-D convolution and its two gradients on the vector code, for NHWC and dilation 1. Nothing is unrolled: a table of
 * addresses, one for each output position, points into a copy of the input with its padding, in which the values under
 * one row of the kernel lie side by side.
 */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { tileColumns } from './wasm-vector-code'
import { vectorMachine, type Scratch, type VectorCall, type VectorMachine } from './wasm-vector-machine'

export type ConvolutionInfo = ReturnType<typeof tf.backend_util.computeConv2DInfo>

/** A picture batch [batch, height, width, channels] on the heap. */
interface Picture {
  address: number
  height: number
  width: number
}

/** Positions whose inputs stay in the cache while all panels pass over them. */
function blockOf(bytesPerPosition: number): number {
  return Math.max(48, 48 * Math.floor(131072 / Math.max(1, bytesPerPosition) / 48))
}

/** The pictures with a frame of zeros; without padding, where they lie. */
export function padPictures(
  machine: VectorMachine,
  x: tf.TensorInfo,
  pad: { top: number; bottom: number; left: number; right: number },
): Picture {
  const [batch, height, width, channels] = x.shape as [number, number, number, number]
  const { top, bottom, left, right } = pad
  if (top === 0 && bottom === 0 && left === 0 && right === 0) return { address: machine.address(x), height, width }
  const paddedHeight = height + top + bottom
  const paddedWidth = width + left + right
  const padded = machine.scratch(batch * paddedHeight * paddedWidth * channels)
  const target = padded.floats()
  const source = machine.floats(x)
  target.fill(0)
  const row = width * channels
  for (let picture = 0; picture < batch; picture++) {
    for (let y = 0; y < height; y++) {
      const from = (picture * height + y) * row
      const to = ((picture * paddedHeight + y + top) * paddedWidth + left) * channels
      target.set(source.subarray(from, from + row), to)
    }
  }
  return { address: padded.address, height: paddedHeight, width: paddedWidth }
}

/**
 * The padding in front, and behind so much that every window lies inside: with a number as its padding, tfjs computes
 * the width of the output from the kernel's height and stride.
 */
function framing(info: ConvolutionInfo): { top: number; bottom: number; left: number; right: number } {
  const { padInfo, outHeight, outWidth, inHeight, inWidth, filterHeight, filterWidth } = info
  const { top, left } = padInfo
  const bottom = Math.max(padInfo.bottom, (outHeight - 1) * info.strideHeight + filterHeight - inHeight - top)
  const right = Math.max(padInfo.right, (outWidth - 1) * info.strideWidth + filterWidth - inWidth - left)
  return { top, bottom, left, right }
}

/** Offset in bytes, for each output position, of the first value under the kernel. */
function windowOffsets(machine: VectorMachine, info: ConvolutionInfo, picture: Picture): Scratch {
  const { batchSize, outHeight, outWidth, strideHeight, strideWidth, inChannels } = info
  const table = machine.scratch(batchSize * outHeight * outWidth)
  const offsets = table.integers()
  let position = 0
  for (let batch = 0; batch < batchSize; batch++) {
    for (let y = 0; y < outHeight; y++) {
      const row = (batch * picture.height + y * strideHeight) * picture.width
      for (let x = 0; x < outWidth; x++) offsets[position++] = 4 * (row + x * strideWidth) * inChannels
    }
  }
  return table
}

/** Offsets 0, step, 2 · step …, in bytes. */
export function evenOffsets(machine: VectorMachine, count: number, step: number): Scratch {
  const table = machine.scratch(count)
  const offsets = table.integers()
  for (let index = 0; index < count; index++) offsets[index] = index * step
  return table
}

/** A product of gathered rows with packed panels: c[row, column] for rows at `cOffsets` and `columns` columns. */
export interface GatheredProduct {
  a: number
  aOffsets: Scratch
  inner: number
  outer: number
  outerStep: number
  panels: number
  c: number
  cOffsets: Scratch
  rows: number
  columns: number
}

/** Performs it, block by block; the last panel goes through a strip of its own where it is not full. */
export function multiplyGathered(machine: VectorMachine, product: GatheredProduct): void {
  const { a, aOffsets, inner, outer, outerStep, panels, c, cOffsets, rows, columns } = product
  const depth = inner * outer
  const full = Math.floor(columns / tileColumns)
  const extra = columns - full * tileColumns
  const strip = extra > 0 ? machine.scratch(rows * tileColumns) : null
  const stripOffsets = extra > 0 ? evenOffsets(machine, rows, 4 * tileColumns) : null
  const block = blockOf(4 * inner)
  const calls: VectorCall[] = []
  for (let row = 0; row < rows; row += block) {
    const count = Math.min(block, rows - row)
    const from = aOffsets.address + 4 * row
    for (let panel = 0; panel < full + (strip === null ? 0 : 1); panel++) {
      const isStrip = panel === full
      const b = panels + 32 * panel * depth
      const to = isStrip ? strip!.address : c + 32 * panel
      const toOffsets = (isStrip ? stripOffsets! : cOffsets).address + 4 * row
      calls.push(['multiply', a, from, inner, outer, outerStep, b, to, toOffsets, count])
    }
  }
  machine.run(calls, 2 * rows * depth * (full + 1))
  if (strip === null) return
  const values = strip.floats()
  const offsets = cOffsets.integers()
  const out = new Float32Array(values.buffer)
  const first = c / 4 + full * tileColumns
  for (let row = 0; row < rows; row++) {
    const start = first + (offsets[row]! >>> 0) / 4
    for (let column = 0; column < extra; column++) out[start + column] = values[row * tileColumns + column]!
  }
}

/** The convolution of x with a filter [kernelHeight, kernelWidth, inChannels, outChannels]. */
export function convolve(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvolutionInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const machine = vectorMachine(backend)
  const out = backend.makeOutput(info.outShape, 'float32')
  const { filterHeight, filterWidth, inChannels, outChannels } = info
  const rows = info.batchSize * info.outHeight * info.outWidth
  const picture = padPictures(machine, x, framing(info))
  multiplyGathered(machine, {
    a: picture.address,
    aOffsets: windowOffsets(machine, info, picture),
    inner: filterWidth * inChannels,
    outer: filterHeight,
    outerStep: 4 * picture.width * inChannels,
    panels: machine.pack(machine.address(filter), filterHeight * filterWidth * inChannels, outChannels),
    c: machine.address(out),
    cOffsets: evenOffsets(machine, rows, 4 * outChannels),
    rows,
    columns: outChannels,
  })
  machine.release()
  return out
}

/** The gradient of a convolution to its filter. */
export function convolveFilterGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  info: ConvolutionInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const machine = vectorMachine(backend)
  const { filterHeight, filterWidth, inChannels, outChannels } = info
  const width = filterWidth * inChannels
  const positions = info.batchSize * info.outHeight * info.outWidth
  const picture = padPictures(machine, x, framing(info))
  const offsets = windowOffsets(machine, info, picture)
  const out = accumulateProduct(
    machine,
    { address: picture.address, offsets, rows: width, steps: filterHeight, step: 4 * picture.width * inChannels },
    machine.address(dy),
    positions,
    outChannels,
  )
  machine.release()
  return { ...out, shape: info.filterShape }
}

/** Columns of a matrix that are multiplied: `steps` groups of `rows` columns, `step` bytes apart. */
interface Columns {
  address: number
  offsets: Scratch
  rows: number
  steps: number
  step: number
}

/** aᵀ·b over `depth` rows: [steps · rows, columns], where b is [depth, columns]. */
export function accumulateProduct(
  machine: VectorMachine,
  a: Columns,
  b: number,
  depth: number,
  columns: number,
): tf.TensorInfo {
  const rows = a.steps * a.rows
  const panels = Math.ceil(columns / tileColumns)
  const paddedColumns = panels * tileColumns
  const out = machine.backend.makeOutput([rows, columns], 'float32')
  const isFull = paddedColumns === columns
  const padded = isFull ? null : machine.scratch(rows * paddedColumns)
  const packed = machine.pack(b, depth, columns)
  const target = padded?.address ?? machine.address(out)
  ;(padded?.floats() ?? machine.floats(out)).fill(0)
  // The rows of a that one block needs, and one panel of b, stay in the cache.
  const block = Math.min(1024, blockOf(4 * a.rows))
  for (let start = 0; start < depth; start += block) {
    const count = Math.min(block, depth - start)
    const calls: VectorCall[] = []
    for (let step = 0; step < a.steps; step++) {
      for (let panel = 0; panel < panels; panel++) {
        const from = packed + 32 * (panel * depth + start)
        const to = target + 4 * (step * a.rows * paddedColumns + panel * tileColumns)
        const source = a.address + step * a.step
        calls.push(['accumulate', source, a.offsets.address + 4 * start, count, from, to, 4 * paddedColumns, a.rows])
      }
    }
    machine.run(calls, 2 * count * rows * panels)
  }
  if (padded !== null) {
    const values = padded.floats()
    const result = machine.floats(out)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        result[row * columns + column] = values[row * paddedColumns + column]!
      }
    }
  }
  return out
}
