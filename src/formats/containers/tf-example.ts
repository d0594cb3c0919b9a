/** TensorFlow's Example and SequenceExample (tensorflow/core/example/example.proto). */
import { concatBytes, decodeFields, decodeVarint, encodeField, encodeVarint } from './protobuf'

export type Feature =
  | { kind: 'bytes'; values: (Uint8Array | string)[] }
  | { kind: 'floats'; values: Float32Array }
  | { kind: 'integers'; values: number[] }

/** What was read; text is left as bytes. */
export interface ReadFeature {
  bytes: Uint8Array[]
  numbers: Float64Array
}

function encodeFeature(feature: Feature): Uint8Array {
  switch (feature.kind) {
    case 'bytes':
      return encodeField(1, concatBytes(feature.values.map((value) => encodeField(1, value))))
    case 'floats': {
      const packed = new Uint8Array(feature.values.length * 4)
      const view = new DataView(packed.buffer)
      feature.values.forEach((value, index) => view.setFloat32(index * 4, value, true))
      return encodeField(2, encodeField(1, packed))
    }
    case 'integers':
      return encodeField(3, encodeField(1, concatBytes(feature.values.map(encodeVarint))))
  }
}

function encodeMap<T>(entries: Record<string, T>, encode: (value: T) => Uint8Array): Uint8Array {
  return concatBytes(
    Object.entries(entries).map(([key, value]) =>
      encodeField(1, concatBytes([encodeField(1, key), encodeField(2, encode(value))])),
    ),
  )
}

export function encodeExample(features: Record<string, Feature>): Uint8Array {
  return encodeField(1, encodeMap(features, encodeFeature))
}

export function encodeSequenceExample(context: Record<string, Feature>, lists: Record<string, Feature[]>): Uint8Array {
  const encodeList = (list: Feature[]): Uint8Array =>
    concatBytes(list.map((feature) => encodeField(1, encodeFeature(feature))))
  return concatBytes([encodeField(1, encodeMap(context, encodeFeature)), encodeField(2, encodeMap(lists, encodeList))])
}

/** Fields of an Example, or the context of a SequenceExample. @throws RangeError where it is damaged */
export function decodeExample(message: Uint8Array): Map<string, ReadFeature> {
  return decodeMap(subMessage(message, 1), decodeFeature)
}

/** The lists of a SequenceExample. @throws RangeError where it is damaged */
export function decodeFeatureLists(message: Uint8Array): Map<string, ReadFeature[]> {
  return decodeMap(subMessage(message, 2), (list) =>
    [...decodeFields(list)].flatMap((field) =>
      field.number === 1 && 'bytes' in field ? [decodeFeature(field.bytes)] : [],
    ),
  )
}

function subMessage(message: Uint8Array, number: number): Uint8Array {
  return concatBytes(
    [...decodeFields(message)].flatMap((field) => (field.number === number && 'bytes' in field ? [field.bytes] : [])),
  )
}

function decodeMap<T>(message: Uint8Array, decode: (value: Uint8Array) => T): Map<string, T> {
  const map = new Map<string, T>()
  for (const entry of decodeFields(message)) {
    if (entry.number !== 1 || !('bytes' in entry)) continue
    let key = ''
    let value: T | undefined
    for (const field of decodeFields(entry.bytes)) {
      if (!('bytes' in field)) continue
      if (field.number === 1) key = new TextDecoder().decode(field.bytes)
      if (field.number === 2) value = decode(field.bytes)
    }
    if (value !== undefined) map.set(key, value)
  }
  return map
}

function decodeFeature(message: Uint8Array): ReadFeature {
  const bytes: Uint8Array[] = []
  const numbers: number[] = []
  for (const list of decodeFields(message)) {
    if (!('bytes' in list)) continue
    for (const field of decodeFields(list.bytes)) {
      if (field.number !== 1) continue
      if (list.number === 1 && 'bytes' in field) bytes.push(field.bytes)
      else if (list.number === 2)
        takeFloats('bytes' in field ? field.bytes : 'fixed' in field ? field.fixed : null, numbers)
      else if (list.number === 3 && 'value' in field) numbers.push(Number(BigInt.asIntN(64, field.value)))
      else if (list.number === 3 && 'bytes' in field) takeIntegers(field.bytes, numbers)
    }
  }
  return { bytes, numbers: Float64Array.from(numbers) }
}

function takeFloats(packed: Uint8Array | null, numbers: number[]): void {
  if (!packed) return
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  for (let at = 0; at + 4 <= packed.length; at += 4) numbers.push(view.getFloat32(at, true))
}

function takeIntegers(packed: Uint8Array, numbers: number[]): void {
  for (let at = 0; at < packed.length;) {
    const { value, end } = decodeVarint(packed, at)
    numbers.push(Number(BigInt.asIntN(64, value)))
    at = end
  }
}
