/** The STREAMINFO block of a FLAC file (RFC 9639, section 8.2). */
import { badFile } from './decoded-audio'

export interface FlacInfo {
  sampleRateHz: number
  channelCount: number
  bitDepth: number
  /** Null where the encoder did not know. */
  declaredSamples: number | null
}

/** Reads STREAMINFO, in a plain file or in Ogg. Throws AppError 'bad-file' where it is missing. */
export function readFlacInfo(bytes: Uint8Array, name: string): FlacInfo {
  const at = findMark(bytes)
  if (at < 0 || at + 42 > bytes.length || (bytes[at + 4]! & 0x7f) !== 0)
    throw badFile(name, 'the FLAC header is cut off or damaged', 'Copy or download the file again.')
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 8, 34)
  const packed = view.getBigUint64(10)
  const declared = Number(packed & 0xfffffffffn)
  return {
    sampleRateHz: Number(packed >> 44n),
    channelCount: Number((packed >> 41n) & 7n) + 1,
    bitDepth: Number((packed >> 36n) & 31n) + 1,
    declaredSamples: declared === 0 ? null : declared,
  }
}

function findMark(bytes: Uint8Array): number {
  const last = bytes.length - 4
  for (let at = 0; at <= last; at++)
    if (bytes[at] === 0x66 && bytes[at + 1] === 0x4c && bytes[at + 2] === 0x61 && bytes[at + 3] === 0x43) return at
  return -1
}
