import { frameRecord, maskedCrc32c, readRecords } from '../../containers/tfrecord'
import { concat, mutateBytes, randomBytes } from './mutate-bytes'
import { mutateJson } from './mutate-json'
import { below, isOneIn, pick, pickWeighted, type Random } from './random'

/** A field of a message whose bytes may be a message again. */
interface Field {
  number: bigint
  kind: number
  /** A number of kind 0. */
  value: bigint
  /** All others: what follows the tag, without a length. */
  bytes: Uint8Array
}

function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Uint8Array.from([...bytes, Number(rest)])
}

/** The fields of a message, or null where it is none: most bytes are none. */
function parse(message: Uint8Array): Field[] | null {
  const fields: Field[] = []
  let at = 0
  const varint = (): bigint | null => {
    let value = 0n
    for (let shift = 0n; shift < 64n && at < message.length; shift += 7n) {
      const byte = message[at++]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
    return null
  }
  while (at < message.length) {
    const tag = varint()
    if (tag === null || tag >> 3n === 0n || tag >> 3n > 100n) return null
    const kind = Number(tag & 7n)
    const value = kind === 0 || kind === 2 ? varint() : 0n
    if (value === null || ![0, 1, 2, 5].includes(kind)) return null
    const length = kind === 0 ? 0 : kind === 2 ? Number(value) : kind === 1 ? 8 : 4
    if (at + length > message.length) return null
    fields.push({ number: tag >> 3n, kind, value, bytes: message.subarray(at, at + length) })
    at += length
  }
  return fields
}

const encode = (fields: readonly Field[]): Uint8Array =>
  concat(
    ...fields.flatMap(({ number, kind, value, bytes }) => [
      encodeVarint((number << 3n) | BigInt(kind)),
      ...(kind === 0 ? [encodeVarint(value)] : kind === 2 ? [encodeVarint(BigInt(bytes.length)), bytes] : [bytes]),
    ]),
  )

const hugeNumbers = [0n, 1n, -1n, 127n, 128n, 1n << 31n, 1n << 32n, 1n << 40n, (1n << 63n) - 1n, 1n << 63n]

/** A tag and a length, which the bytes after it do not have. */
const lyingField = (random: Random): Uint8Array =>
  concat(encodeVarint(10n), encodeVarint(pick(random, hugeNumbers)), randomBytes(random, below(random, 20)))

/** Damages a message of protocol buffers, going down into fields that are messages. */
export function mutateMessage(message: Uint8Array, random: Random, depth = 0): Uint8Array {
  const fields = parse(message)
  if (!fields || fields.length === 0) return mutateLeaf(message, random)
  const at = below(random, fields.length)
  const own = fields[at]!
  const stay = own.kind === 2 && depth < 12 ? 0.85 : 0
  if (random() < stay) fields[at] = { ...own, bytes: mutateMessage(own.bytes, random, depth + 1) }
  else
    return pickWeighted<() => Uint8Array>(random, [
      [2, () => encode(fields.toSpliced(at, 1))],
      [2, () => encode(fields.toSpliced(at, 0, pick(random, fields)))],
      [2, () => encode(fields.with(at, { ...own, kind: 0, value: pick(random, hugeNumbers) }))],
      [2, () => encode(fields.with(at, { ...own, number: BigInt(pick(random, [1, 2, 3, 4, 99, 536870911])) }))],
      [1, () => encode(fields.with(at, { ...own, kind: pick(random, [3, 4, 6, 7]) }))],
      [1, () => concat(encode(fields), lyingField(random))],
      [1, () => encode(Array.from({ length: 300 }, () => own))],
      [1, () => mutateBytes(message, random)],
    ])()
  return encode(fields)
}

/** Bytes that are no message: text, packed numbers. */
function mutateLeaf(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes[0] === 0x7b) return new TextEncoder().encode(mutateJson(new TextDecoder().decode(bytes), random))
  return isOneIn(random, 4) ? concat(...hugeNumbers.map(encodeVarint)) : mutateBytes(bytes, random)
}

/** A record whose length claims what is not there, with the right checksum over the length. */
function lyingFrame(random: Random): Uint8Array {
  const head = new Uint8Array(12)
  const view = new DataView(head.buffer)
  view.setBigUint64(0, BigInt.asUintN(64, pick(random, hugeNumbers)), true)
  view.setUint32(8, maskedCrc32c(head.subarray(0, 8)), true)
  return concat(head, randomBytes(random, below(random, 64)))
}

/** Damages a TFRecord file: messages within right frames, frames that lie, and the file as bytes. */
export function mutateTfrecord(bytes: Uint8Array, random: Random): Uint8Array {
  if (isOneIn(random, 5)) return mutateBytes(bytes, random)
  const records = [...readRecords(bytes)].flatMap((entry) => ('record' in entry ? [entry.record] : []))
  if (records.length === 0) return mutateBytes(bytes, random)
  const frames = records.map((record) => frameRecord(record) as Uint8Array)
  for (let times = 1 + below(random, 3); times > 0; times--) {
    const at = below(random, records.length)
    const kind = random()
    if (kind < 0.75) frames[at] = frameRecord(mutateMessage(records[at]!, random))
    else if (kind < 0.85) frames.splice(at, 0, lyingFrame(random))
    else if (kind < 0.9) frames.push(pick(random, frames))
    else frames[at] = mutateBytes(frames[at]!, random)
  }
  return concat(...frames)
}
