/** Many tensors as one row of values, and back: what is done to all weights at once is done in one operation. */
import * as tf from '@tensorflow/tfjs-core'
import { nativeBackend, type NativeAttribute, type NativeBackend } from './native-backend'

/** All values of the tensors, one tensor after the other. */
export function joinFlat(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  const backend = nativeBackend()
  if (backend !== null) return joinNatively(backend, tensors)
  return tf.tidy(() => {
    const rows = tensors.map((tensor) => tf.reshape<tf.Rank.R1>(tensor, [tensor.size]))
    // tfjs hands a single tensor back as it is.
    return rows.length === 1 ? tf.clone(rows[0]!) : tf.concat1d(rows)
  })
}

/** Cuts what joinFlat joined: new tensors of these shapes. */
export function cutFlat(flat: tf.Tensor1D, shapes: readonly (readonly number[])[]): tf.Tensor[] {
  const sizes = shapes.map((shape) => shape.reduce((product, length) => product * length, 1))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total !== flat.size) throw new RangeError(`${flat.size} values do not fill shapes of ${total}`)
  const backend = nativeBackend()
  if (backend !== null) return cutNatively(backend, flat, shapes, sizes)
  return tf.tidy(() => {
    const rows = sizes.length === 1 ? [flat] : tf.split(flat, sizes)
    return rows.map((row, index) => tf.reshape(row, shapes[index] as number[]))
  })
}

/**
 * The same two straight through the addon: tfjs makes a tensor of each shape anew and tracks each piece, which takes
 * several times as long as the operations.
 */
function joinNatively(backend: NativeBackend, tensors: readonly tf.Tensor[]): tf.Tensor1D {
  const { binding } = backend
  const ids = backend.getInputTensorIds(tensors)
  const rows = ids.map((id, index) => {
    if (tensors[index]!.rank === 1) return id
    return binding.executeOp('Reshape', shapeAttributes(backend), [id, constant(backend, [-1])], 1)[0]!.id
  })
  const attributes = [
    { name: 'N', type: binding.TF_ATTR_INT, value: rows.length },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'Tidx', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
  ]
  const joined =
    rows.length === 1
      ? binding.executeOp('Identity', attributes.slice(1, 2), rows, 1)[0]!
      : binding.executeOp('ConcatV2', attributes, [...rows, constant(backend, 0)], 1)[0]!
  for (const [index, row] of rows.entries()) if (row !== ids[index]) binding.deleteTensor(row)
  return backend.createOutputTensor(joined) as tf.Tensor1D
}

function cutNatively(
  backend: NativeBackend,
  flat: tf.Tensor1D,
  shapes: readonly (readonly number[])[],
  sizes: number[],
): tf.Tensor[] {
  const { binding } = backend
  const attributes = [
    { name: 'num_split', type: binding.TF_ATTR_INT, value: sizes.length },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'Tlen', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
  ]
  const inputs = [...backend.getInputTensorIds([flat]), constant(backend, sizes), constant(backend, 0)]
  const rows = binding.executeOp('SplitV', attributes, inputs, sizes.length)
  return rows.map((row, index) => {
    const shape = shapes[index]!
    if (shape.length === 1) return backend.createOutputTensor(row)
    const shaped = binding.executeOp('Reshape', shapeAttributes(backend), [row.id, constant(backend, shape)], 1)[0]!
    binding.deleteTensor(row.id)
    return backend.createOutputTensor(shaped)
  })
}

function shapeAttributes({ binding }: NativeBackend): NativeAttribute[] {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'Tshape', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
  ]
}

/** Shapes, sizes and axes inside the addon: a process has few different ones, so they stay. */
const constants = new WeakMap<NativeBackend, Map<string, number>>()

function constant(backend: NativeBackend, value: number | readonly number[]): number {
  let known = constants.get(backend)
  if (known === undefined) constants.set(backend, (known = new Map()))
  const key = String(value) + (typeof value === 'number' ? '' : ' row')
  let id = known.get(key)
  if (id === undefined) {
    const [values, shape] =
      typeof value === 'number' ? [Int32Array.of(value), []] : [Int32Array.from(value), [value.length]]
    known.set(key, (id = backend.binding.createTensor(shape, backend.binding.TF_INT32, values)))
  }
  return id
}
