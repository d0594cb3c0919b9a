/** The STREAMINFO block of a FLAC file (RFC 9639, section 8.2). */
import { type ByteSource, viewAt } from './byte-source'
import { badFile } from './decoded-audio'
import { id3Length } from './sniff'

export interface FlacInfo {
  sampleRateHz: number
  channelCount: number
  bitDepth: number
  /** Null where the encoder did not know. */
  declaredSamples: number | null
}

/** In Ogg the mark stands behind the page's header. */
const searchBytes = 512

/** Reads STREAMINFO, in a plain file or in Ogg. Throws AppError 'bad-file' where it is missing. */
export function readFlacInfo(source: ByteSource, name: string): FlacInfo {
  const view = viewAt(source, findMark(source, id3Length(source)) + 4, 38)
  if (!view || (view.getUint8(0) & 0x7f) !== 0)
    throw badFile(name, 'the FLAC header is cut off or damaged', 'Copy or download the file again.')
  const packed = view.getBigUint64(14)
  const declared = Number(packed & 0xfffffffffn)
  return {
    sampleRateHz: Number(packed >> 44n),
    channelCount: Number((packed >> 41n) & 7n) + 1,
    bitDepth: Number((packed >> 36n) & 31n) + 1,
    declaredSamples: declared === 0 ? null : declared,
  }
}

/** Where `fLaC` stands; beyond the source's end where it does not. */
function findMark(source: ByteSource, from: number): number {
  const bytes = source.read(from, searchBytes)
  for (let at = 0; at + 4 <= bytes.length; at++)
    if (bytes[at] === 0x66 && bytes[at + 1] === 0x4c && bytes[at + 2] === 0x61 && bytes[at + 3] === 0x43)
      return from + at
  return source.size
}
