/**
 * Frames as bytes, for transports that carry bytes (WebSocket). A JSON header, in which each typed array
 * is replaced by a marker, then the arrays themselves, each at a multiple of 8 bytes:
 * [uint32 header length][header UTF-8][padding][array][padding]…
 */
import { AppError } from '../errors'
import type { Frame } from './channel'

const arrayTypes = { Uint8Array, Int16Array, Int32Array, Float32Array, Float64Array } as const
type ArrayName = keyof typeof arrayTypes
type AnyArray = InstanceType<(typeof arrayTypes)[ArrayName]>

const marker = '$array'
const align = (offset: number): number => (offset + 7) & ~7

/** Frame to bytes. Values JSON cannot say (NaN, undefined members) become null or vanish as in JSON. */
export function encodeFrame(frame: Frame): Uint8Array<ArrayBuffer> {
  const arrays: AnyArray[] = []
  const header = new TextEncoder().encode(
    JSON.stringify(frame, function (this: Record<string, unknown>, key, value: unknown) {
      // Asked of the owner, because a Node Buffer has turned itself into JSON before it comes here.
      const raw = this[key]
      if (!ArrayBuffer.isView(raw)) return value
      arrays.push(raw as AnyArray)
      const type = (Object.keys(arrayTypes) as ArrayName[]).find((name) => raw instanceof arrayTypes[name])
      return { [marker]: type, length: (raw as AnyArray).length }
    }),
  )
  let size = align(4 + header.length)
  for (const array of arrays) size = align(size + array.byteLength)
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setUint32(0, header.length, true)
  bytes.set(header, 4)
  let offset = align(4 + header.length)
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), offset)
    offset = align(offset + array.byteLength)
  }
  return bytes
}

/** Bytes to frame. @throws AppError 'invalid-argument' when they are not what `encodeFrame` makes. */
export function decodeFrame(input: Uint8Array): Frame {
  // A copy at offset 0, so that the arrays in it are aligned.
  const bytes = input.byteOffset % 8 === 0 ? input : input.slice()
  if (bytes.length < 4) throw new AppError('invalid-argument', 'A frame is shorter than its length field.')
  const headerLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  let offset = align(4 + headerLength)
  if (offset > bytes.length) throw new AppError('invalid-argument', 'A frame is shorter than its header says.')
  const header = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(4, 4 + headerLength))
  return JSON.parse(header, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, marker)) return value
    const { [marker]: type, length } = value as { [marker]: ArrayName; length: number }
    const Type = arrayTypes[type]
    if (!Type || !Number.isInteger(length) || length < 0)
      throw new AppError('invalid-argument', 'A frame holds an unknown array.')
    const end = offset + length * Type.BYTES_PER_ELEMENT
    if (end > bytes.length) throw new AppError('invalid-argument', 'A frame is shorter than its arrays.')
    const array = new Type(bytes.buffer as ArrayBuffer, bytes.byteOffset + offset, length)
    offset = align(end)
    return array
  }) as Frame
}
