/** Matrix products on the vector code; tfjs's kernel computes transposed ones one number at a time. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { accumulateProduct, evenOffsets, multiplyGathered } from './wasm-convolution'
import { tileColumns } from './wasm-vector-code'
import { vectorMachine, type VectorMachine } from './wasm-vector-machine'

/** Below so many multiplications, the tables cost more than they save. */
const leastProducts = 4096

/**
 * The product of two float32 matrices, each possibly transposed, [rows, columns] with the batch axes of a and b.
 * Returns null where tfjs's kernel does as well: batches, tiny products, both transposed.
 */
export function multiplyMatrices(
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  backend: BackendWasm,
): tf.TensorInfo | null {
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || (transposeA && transposeB)) return null
  const batches = tf.util.sizeFromShape(a.shape.slice(0, -2)) * tf.util.sizeFromShape(b.shape.slice(0, -2))
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number]
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number]
  const rows = transposeA ? aColumns : aRows
  const depth = transposeA ? aRows : aColumns
  const columns = transposeB ? bRows : bColumns
  if (batches !== 1 || rows * depth * columns < leastProducts || depth !== (transposeB ? bColumns : bRows)) return null
  const outer = tf.broadcast_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const shape = [...outer, rows, columns]
  const machine = vectorMachine(backend)
  if (transposeA) {
    const offsets = evenOffsets(machine, depth, 4 * rows)
    const source = { address: machine.address(a), offsets, rows, steps: 1, step: 0 }
    const out = accumulateProduct(machine, source, machine.address(b), depth, columns)
    machine.release()
    return { ...out, shape }
  }
  const out = backend.makeOutput(shape, 'float32')
  multiplyGathered(machine, {
    a: machine.address(a),
    aOffsets: evenOffsets(machine, rows, 4 * depth),
    inner: depth,
    outer: 1,
    outerStep: 0,
    panels: transposeB ? packTransposed(machine, b, columns, depth) : machine.pack(machine.address(b), depth, columns),
    c: machine.address(out),
    cOffsets: evenOffsets(machine, rows, 4 * columns),
    rows,
    columns,
  })
  machine.release()
  return out
}

/** Panels of bᵀ, where b is [columns, depth]. */
function packTransposed(machine: VectorMachine, b: tf.TensorInfo, columns: number, depth: number): number {
  const packed = machine.scratch(Math.ceil(columns / tileColumns) * depth * tileColumns)
  const target = packed.floats()
  const source = machine.floats(b)
  if (columns % tileColumns !== 0) target.fill(0)
  for (let column = 0; column < columns; column++) {
    let to = Math.floor(column / tileColumns) * depth * tileColumns + (column % tileColumns)
    for (let index = column * depth; index < (column + 1) * depth; index++) {
      target[to] = source[index]!
      to += tileColumns
    }
  }
  return packed.address
}
