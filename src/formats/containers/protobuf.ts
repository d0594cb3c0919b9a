/** The wire format of protocol buffers, as much of it as TensorFlow's Example needs: varints, bytes and packed lists. */

const utf8 = new TextEncoder()

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** A whole number below 2⁵³, not negative. */
export function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) | 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/** A field of length-delimited bytes; text is written as UTF-8. */
export function encodeField(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? utf8.encode(content) : content
  return concatBytes([encodeVarint(number * 8 + 2), encodeVarint(bytes.length), bytes])
}

export type FieldValue =
  { number: number; bytes: Uint8Array } | { number: number; value: bigint } | { number: number; fixed: Uint8Array }

/** The fields of a message. @throws RangeError where it is damaged */
export function* decodeFields(message: Uint8Array): Generator<FieldValue> {
  let at = 0
  while (at < message.length) {
    const tag = decodeVarint(message, at)
    at = tag.end
    const number = Number(tag.value >> 3n)
    const kind = Number(tag.value & 7n)
    if (kind === 0) {
      const { value, end } = decodeVarint(message, at)
      at = end
      yield { number, value }
      continue
    }
    let size: number
    if (kind === 2) {
      const length = decodeVarint(message, at)
      at = length.end
      size = Number(length.value)
    } else if (kind === 5 || kind === 1) size = kind === 5 ? 4 : 8
    else throw new RangeError(`a field of the unknown kind ${kind}`)
    if (size > message.length - at) throw new RangeError('a field is longer than its message')
    const bytes = message.subarray(at, at + size)
    at += size
    yield kind === 2 ? { number, bytes } : { number, fixed: bytes }
  }
}

/** @throws RangeError where it breaks off or has more than ten bytes */
export function decodeVarint(bytes: Uint8Array, start: number): { value: bigint; end: number } {
  let value = 0n
  for (let at = start, shift = 0n; shift < 70n; at++, shift += 7n) {
    const byte = bytes[at]
    if (byte === undefined) break
    value |= BigInt(byte & 127) << shift
    if (byte < 128) return { value, end: at + 1 }
  }
  throw new RangeError('a number breaks off')
}
