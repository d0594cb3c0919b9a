/** Sums over rows, and batch normalisation with its gradient, on the vector code. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { vectorMachine, type Scratch, type VectorCall, type VectorMachine } from './wasm-vector-machine'

/** Rows that are summed in single precision before their sum is added in double precision. */
const sumBlock = 64
/** Rows of one call of a loop that writes rows. */
const writeBlock = 1024

/** Adds up `count` partial sums of `columns` numbers each, in double precision. */
function addUp(partial: Scratch, count: number, stride: number, columns: number, offset = 0): Float64Array {
  const totals = new Float64Array(columns)
  const values = partial.floats()
  for (let block = 0; block < count; block++) {
    const start = block * stride + offset
    for (let column = 0; column < columns; column++) totals[column]! += values[start + column]!
  }
  return totals
}

/** One call for each block of rows; `call` gets the first row, the number of rows and the number of the block. */
function eachBlock(
  rows: number,
  size: number,
  call: (first: number, count: number, block: number) => VectorCall,
): VectorCall[] {
  const calls: VectorCall[] = []
  for (let first = 0; first < rows; first += size) {
    calls.push(call(first, Math.min(size, rows - first), calls.length))
  }
  return calls
}

/** Whether rows of that many columns can be summed here: whole vectors. */
export function areRowsWhole(columns: number): boolean {
  return columns > 0 && columns % 4 === 0
}

/** Σ over rows of a matrix at `x`, [columns]; the columns are a multiple of four. */
export function sumOverRows(machine: VectorMachine, x: number, rows: number, columns: number): Float64Array {
  const bytes = 4 * columns
  const blocks = Math.ceil(rows / sumBlock)
  const partial = machine.scratch(Math.max(1, blocks * columns))
  machine.run(
    eachBlock(rows, sumBlock, (first, count, block) => [
      'sumColumns',
      x + first * bytes,
      0,
      partial.address + block * bytes,
      bytes,
      count,
      columns / 4,
    ]),
    (rows * columns) / 4,
  )
  return addUp(partial, blocks, columns, columns)
}

/**
 * Batch normalisation of x [rows, channels]: out, the mean and the biased variance of each channel.
 *
 * @param scale and offset: [channels]
 */
export function normalizeRows(
  x: tf.TensorInfo,
  scale: tf.TensorInfo,
  offset: tf.TensorInfo,
  epsilon: number,
  backend: BackendWasm,
): [out: tf.TensorInfo, mean: tf.TensorInfo, variance: tf.TensorInfo] {
  const machine = vectorMachine(backend)
  const channels = x.shape.at(-1)!
  const rows = tf.util.sizeFromShape(x.shape) / channels
  const bytes = 4 * channels
  const out = backend.makeOutput(x.shape, 'float32')
  const mean = backend.makeOutput([channels], 'float32')
  const variance = backend.makeOutput([channels], 'float32')
  const constants = machine.scratch(3 * channels)
  const blocks = Math.ceil(rows / sumBlock)
  const partial = machine.scratch(Math.max(1, blocks * channels))
  const address = machine.address(x)
  machine.floats(mean).set(sumOverRows(machine, address, rows, channels).map((total) => total / rows))
  machine.run(
    eachBlock(rows, sumBlock, (first, count, block) => [
      'sumSquares',
      address + first * bytes,
      machine.address(mean),
      partial.address + block * bytes,
      bytes,
      count,
      channels / 4,
    ]),
    (rows * channels) / 2,
  )
  const spread = addUp(partial, blocks, channels, channels)
  const held = constants.floats()
  for (let channel = 0; channel < channels; channel++) {
    const square = spread[channel]! / rows
    machine.floats(variance)[channel] = square
    held[channel] = machine.floats(mean)[channel]!
    held[channels + channel] = machine.floats(scale)[channel]! / Math.sqrt(square + epsilon)
    held[2 * channels + channel] = machine.floats(offset)[channel]!
  }
  machine.run(
    eachBlock(rows, writeBlock, (first, count) => [
      'scaleRows',
      address + first * bytes,
      constants.address,
      machine.address(out) + first * bytes,
      bytes,
      count,
      channels / 4,
    ]),
    (rows * channels) / 2,
  )
  machine.release()
  return [out, mean, variance]
}

/** The gradients of `normalizeRows` to x, scale and offset. */
export function normalizeRowsGradient(
  dy: tf.TensorInfo,
  x: tf.TensorInfo,
  scale: tf.TensorInfo,
  mean: tf.TensorInfo,
  variance: tf.TensorInfo,
  epsilon: number,
  backend: BackendWasm,
): [dx: tf.TensorInfo, dScale: tf.TensorInfo, dOffset: tf.TensorInfo] {
  const machine = vectorMachine(backend)
  const channels = x.shape.at(-1)!
  const rows = tf.util.sizeFromShape(x.shape) / channels
  const bytes = 4 * channels
  const dx = backend.makeOutput(x.shape, 'float32')
  const dScale = backend.makeOutput([channels], 'float32')
  const dOffset = backend.makeOutput([channels], 'float32')
  const constants = machine.scratch(4 * channels)
  const blocks = Math.ceil(rows / sumBlock)
  const partial = machine.scratch(Math.max(1, 2 * blocks * channels))
  const [slope, input] = [machine.address(dy), machine.address(x)]
  machine.run(
    eachBlock(rows, sumBlock, (first, count, block) => [
      'sumGradients',
      slope + first * bytes,
      input + first * bytes,
      machine.address(mean),
      partial.address + 2 * block * bytes,
      bytes,
      count,
      channels / 4,
    ]),
    (rows * channels) / 2,
  )
  const slopes = addUp(partial, blocks, 2 * channels, channels)
  const products = addUp(partial, blocks, 2 * channels, channels, channels)
  const held = constants.floats()
  const [scales, means, variances] = [machine.floats(scale), machine.floats(mean), machine.floats(variance)]
  for (let channel = 0; channel < channels; channel++) {
    const inverse = 1 / Math.sqrt(variances[channel]! + epsilon)
    const factor = scales[channel]! * inverse
    held[channel] = means[channel]!
    held[channels + channel] = factor
    held[2 * channels + channel] = (factor * inverse * inverse * products[channel]!) / rows
    held[3 * channels + channel] = (factor * slopes[channel]!) / rows
    machine.floats(dScale)[channel] = products[channel]! * inverse
    machine.floats(dOffset)[channel] = slopes[channel]!
  }
  machine.run(
    eachBlock(rows, writeBlock, (first, count) => [
      'scaleGradients',
      slope + first * bytes,
      input + first * bytes,
      constants.address,
      machine.address(dx) + first * bytes,
      bytes,
      count,
      channels / 4,
    ]),
    (rows * channels) / 2,
  )
  machine.release()
  return [dx, dScale, dOffset]
}

/** The gradient of elu from its output y: dy where y ≥ 0, else dy · (y + 1). */
export function eluGradient(dy: tf.TensorInfo, y: tf.TensorInfo, backend: BackendWasm): tf.TensorInfo {
  const machine = vectorMachine(backend)
  const out = backend.makeOutput(y.shape, 'float32')
  const size = tf.util.sizeFromShape(y.shape)
  const block = 16384
  const [slope, value, target] = [machine.address(dy), machine.address(y), machine.address(out)]
  machine.run(
    eachBlock(size - (size % 4), block, (first, count) => [
      'eluGradient',
      slope + 4 * first,
      value + 4 * first,
      0,
      target + 4 * first,
      4 * count,
      1,
      count / 4,
    ]),
    size / 2,
  )
  const [slopes, values, result] = [machine.floats(dy), machine.floats(y), machine.floats(out)]
  for (let index = size - (size % 4); index < size; index++) {
    result[index] = values[index]! >= 0 ? slopes[index]! : slopes[index]! * (values[index]! + 1)
  }
  return out
}
