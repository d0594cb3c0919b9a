/** TFRecord files: each record framed by its length and two masked CRC-32C (tensorflow.org/tutorials/load_data/tfrecord). */
import { concatBytes } from './protobuf'

const polynomial = 0x82f63b78
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1
  return value >>> 0
})

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!
  return (crc ^ 0xffffffff) >>> 0
}

/** As TensorFlow stores it: rotated and added to, lest a checksum of checksums be weak. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

export function frameRecord(record: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(12)
  const view = new DataView(head.buffer)
  view.setBigUint64(0, BigInt(record.length), true)
  view.setUint32(8, maskedCrc32c(head.subarray(0, 8)), true)
  const tail = new Uint8Array(4)
  new DataView(tail.buffer).setUint32(0, maskedCrc32c(record), true)
  return concatBytes([head, record, tail])
}

/** The records of a file, each or why it is none; after a damaged length nothing more can be found. */
export function* readRecords(
  bytes: Uint8Array,
): Generator<{ number: number; record: Uint8Array } | { number: number; reason: string }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0, number = 1; at < bytes.length; number++) {
    if (at + 16 > bytes.length) {
      yield { number, reason: 'the file breaks off' }
      return
    }
    if (view.getUint32(at + 8, true) !== maskedCrc32c(bytes.subarray(at, at + 8))) {
      yield { number, reason: 'the length’s checksum is wrong: the file is damaged from here on' }
      return
    }
    const length = Number(view.getBigUint64(at, true))
    if (length > bytes.length - at - 16) {
      yield { number, reason: 'the file breaks off' }
      return
    }
    const record = bytes.subarray(at + 12, at + 12 + length)
    if (view.getUint32(at + 12 + length, true) === maskedCrc32c(record)) yield { number, record }
    else yield { number, reason: 'the record’s checksum is wrong: it was left' }
    at += 16 + length
  }
}
