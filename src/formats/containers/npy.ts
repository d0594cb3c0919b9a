/** NumPy's array files (numpy.org/doc/stable/reference/generated/numpy.lib.format.html), version 1.0, C order. */
import { AppError } from '../../shared/errors'

export interface NpyArray {
  /** `<f4`, `<i8`, `|S12`, … */
  dtype: string
  shape: number[]
  data: Uint8Array
}

export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const head = encodeNpyHead(dtype, shape)
  const file = new Uint8Array(head.length + data.length)
  file.set(head)
  file.set(data, head.length)
  return file
}

/** Bytes of the head of every array with a few axes: its data can be written before its size is known. */
export const npyHeadBytes = 128

/** What stands before the data, which begins at a multiple of 64, `npyHeadBytes` or later. */
export function encodeNpyHead(dtype: string, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const size = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': ${size}, }`
  const bytes = Math.max(npyHeadBytes, Math.ceil((10 + text.length + 1) / 64) * 64)
  const padded = text.padEnd(bytes - 11) + '\n'
  const head = new Uint8Array(bytes)
  head.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0])
  new DataView(head.buffer).setUint16(8, padded.length, true)
  head.set(new TextEncoder().encode(padded), 10)
  return head
}

/** Rows of text as `|S`: UTF-8, filled with zeros to the longest. */
export function encodeNpyTexts(texts: readonly string[]): Uint8Array<ArrayBuffer> {
  const encoded = texts.map((text) => new TextEncoder().encode(text))
  const width = encoded.reduce((most, { length }) => Math.max(most, length), 1)
  const data = new Uint8Array(width * texts.length)
  encoded.forEach((bytes, index) => data.set(bytes, index * width))
  return encodeNpy({ dtype: `|S${width}`, shape: [texts.length], data })
}

/** @throws AppError bad-file */
export function decodeNpy(file: Uint8Array, name: string): NpyArray {
  const fail = (reason: string): never => {
    throw new AppError('bad-file', `${name} is no NumPy array that can be read: ${reason}.`)
  }
  if (file.length < 10 || new TextDecoder().decode(file.subarray(1, 6)) !== 'NUMPY') return fail('it has no head')
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const isLong = file[6]! > 1
  if (isLong && file.length < 12) return fail('it breaks off')
  const start = isLong ? 12 : 10
  const length = isLong ? view.getUint32(8, true) : view.getUint16(8, true)
  const head = new TextDecoder().decode(file.subarray(start, start + length))
  const dtype = /'descr'\s*:\s*'([^']{1,20})'/.exec(head)?.[1]
  const shape = /'shape'\s*:\s*\(([\d, ]*)\)/
    .exec(head)?.[1]
    ?.split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(Number)
  if (dtype === undefined || shape === undefined) return fail('its head says no type and shape')
  if (/'fortran_order'\s*:\s*True/.test(head) && shape.length > 1) return fail('it is stored by columns')
  const width = Number(/(\d+)$/.exec(dtype)?.[1] ?? 0) * (dtype.includes('U') ? 4 : 1)
  const count = shape.reduce((product, side) => product * side, 1)
  const data = file.subarray(start + length)
  if (width === 0 || !Number.isSafeInteger(count * width) || data.length < count * width) return fail('it breaks off')
  return { dtype, shape, data: data.subarray(0, count * width) }
}

/** @throws AppError bad-file where it is not `<f4` */
export function toFloats({ dtype, data }: NpyArray, name: string): Float32Array {
  if (dtype !== '<f4') throw new AppError('bad-file', `${name} is ${dtype}, not 32-bit floats.`)
  // A copy of its own: a Buffer's slice shares the pool that the Buffer lies in.
  return new Float32Array(Uint8Array.from(data).buffer)
}

/** Without the zeros that fill it up at its end. */
function withoutZeros(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end--
  return bytes.subarray(0, end)
}

/** @throws AppError bad-file where it is not `|S` */
export function toTexts({ dtype, shape, data }: NpyArray, name: string): string[] {
  const width = Number(/^\|S(\d+)$/.exec(dtype)?.[1] ?? 0)
  if (width === 0) throw new AppError('bad-file', `${name} is ${dtype}, not bytes of text.`)
  const decoder = new TextDecoder()
  return Array.from({ length: shape[0] ?? 0 }, (_, index) =>
    decoder.decode(withoutZeros(data.subarray(index * width, (index + 1) * width))),
  )
}
