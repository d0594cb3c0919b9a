/** The gradient of a 2-D convolution to its input, for any stride, on the vector code. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'
import { multiplyGathered, padPictures, type ConvolutionInfo } from './wasm-convolution'
import { tileColumns } from './wasm-vector-code'
import { vectorMachine, type VectorMachine } from './wasm-vector-machine'

/** The inputs of one axis that see the same taps of the kernel. */
interface Phase {
  /** First tap; the others follow one stride apart. */
  first: number
  taps: number
  /** Inputs of the phase, and for each the quotient of its padded position and the stride. */
  inputs: number[]
  quotients: number[]
}

/**
 * Input y meets tap k of output o where y + pad = o · stride + k: inputs with the same remainder of y + pad by the
 * stride share their taps, and for them the gradient is a convolution of stride 1.
 */
function findPhases(size: number, kernel: number, stride: number, pad: number): Phase[] {
  return Array.from({ length: stride }, (_, first) => {
    const inputs = Array.from({ length: size }, (_, input) => input).filter((input) => (input + pad) % stride === first)
    const quotients = inputs.map((input) => (input + pad - first) / stride)
    return { first, taps: Math.max(0, Math.ceil((kernel - first) / stride)), inputs, quotients }
  }).filter(({ inputs }) => inputs.length > 0)
}

/** dx of a convolution, [batch, height, width, inChannels]. */
export function convolveInputGradient(
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  info: ConvolutionInfo,
  backend: BackendWasm,
): tf.TensorInfo {
  const machine = vectorMachine(backend)
  const out = backend.makeOutput(info.inShape, 'float32')
  const { filterHeight, filterWidth, strideHeight, strideWidth, outHeight, outWidth, outChannels, inChannels } = info
  const rowPhases = findPhases(info.inHeight, filterHeight, strideHeight, info.padInfo.top)
  const columnPhases = findPhases(info.inWidth, filterWidth, strideWidth, info.padInfo.left)
  const isCovered = [...rowPhases, ...columnPhases].every(({ taps }) => taps > 0)
  if (!isCovered) machine.floats(out).fill(0)
  // So many zeros in front that the last tap of the first input reads one, and behind for the last input.
  const top = Math.ceil(filterHeight / strideHeight) - 1
  const left = Math.ceil(filterWidth / strideWidth) - 1
  const bottom = Math.max(0, ...rowPhases.flatMap(({ quotients }) => quotients.map((value) => value + 1 - outHeight)))
  const right = Math.max(0, ...columnPhases.flatMap(({ quotients }) => quotients.map((value) => value + 1 - outWidth)))
  const picture = padPictures(machine, dy, { top, bottom, left, right })
  for (const rows of rowPhases) {
    for (const columns of columnPhases) {
      if (rows.taps === 0 || columns.taps === 0) continue
      const count = info.batchSize * rows.inputs.length * columns.inputs.length
      const aOffsets = machine.scratch(count)
      const cOffsets = machine.scratch(count)
      const from = aOffsets.integers()
      const to = cOffsets.integers()
      let position = 0
      for (let batch = 0; batch < info.batchSize; batch++) {
        for (const [index, y] of rows.inputs.entries()) {
          const row = batch * picture.height + rows.quotients[index]! - rows.taps + 1 + top
          const outRow = (batch * info.inHeight + y) * info.inWidth
          for (let other = 0; other < columns.inputs.length; other++) {
            const column = columns.quotients[other]! - columns.taps + 1 + left
            from[position] = 4 * (row * picture.width + column) * outChannels
            to[position++] = 4 * (outRow + columns.inputs[other]!) * inChannels
          }
        }
      }
      multiplyGathered(machine, {
        a: picture.address,
        aOffsets,
        inner: columns.taps * outChannels,
        outer: rows.taps,
        outerStep: 4 * picture.width * outChannels,
        panels: packTurned(machine, filter, info, rows, columns),
        c: machine.address(out),
        cOffsets,
        rows: count,
        columns: inChannels,
      })
    }
  }
  machine.release()
  return out
}

/** The taps of one phase from last to first, [taps, outChannels, inChannels], in panels of eight input channels. */
function packTurned(
  machine: VectorMachine,
  filter: tf.TensorInfo,
  info: ConvolutionInfo,
  rows: Phase,
  columns: Phase,
): number {
  const { inChannels, outChannels, filterWidth, strideHeight, strideWidth } = info
  const depth = rows.taps * columns.taps * outChannels
  const packed = machine.scratch(Math.ceil(inChannels / tileColumns) * depth * tileColumns)
  const target = packed.floats()
  const source = machine.floats(filter)
  if (inChannels % tileColumns !== 0) target.fill(0)
  let start = 0
  for (let row = rows.taps - 1; row >= 0; row--) {
    for (let column = columns.taps - 1; column >= 0; column--) {
      const tap = (rows.first + row * strideHeight) * filterWidth + columns.first + column * strideWidth
      for (let channel = 0; channel < inChannels; channel++) {
        const from = (tap * inChannels + channel) * outChannels
        const panel = Math.floor(channel / tileColumns)
        let to = (panel * depth + start) * tileColumns + (channel % tileColumns)
        for (let index = from; index < from + outChannels; index++) {
          target[to] = source[index]!
          to += tileColumns
        }
      }
      start += outChannels
    }
  }
  return packed.address
}
