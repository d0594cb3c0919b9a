/** AAC without a file around it: packets that say their own length (ISO/IEC 13818-7, ADTS). And what is around it else. */
import { type ByteSource, textAt } from './byte-source'
import { badFile } from './decoded-audio'

export const isMp4 = (source: ByteSource): boolean => textAt(source, 4, 4) === 'ftyp'

export interface AdtsFrame {
  at: number
  headBytes: number
  frameBytes: number
  /** As an AudioSpecificConfig. */
  config: Uint8Array
}

/** The header at `at`; null where there is none. */
export function readAdtsHeader(source: ByteSource, at: number): AdtsFrame | null {
  const bytes = source.read(at, 7)
  // The layer's two bits are 0, as they are of no MP3.
  if (bytes.length < 7 || bytes[0] !== 0xff || (bytes[1]! & 0xf6) !== 0xf0) return null
  const type = (bytes[2]! >> 6) + 1
  const rateIndex = (bytes[2]! >> 2) & 15
  const channels = ((bytes[2]! & 1) << 2) | (bytes[3]! >> 6)
  const headBytes = bytes[1]! & 1 ? 7 : 9
  const frameBytes = ((bytes[3]! & 3) << 11) | (bytes[4]! << 3) | (bytes[5]! >> 5)
  if (rateIndex > 12 || frameBytes < headBytes) return null
  return {
    at,
    headBytes,
    frameBytes,
    config: Uint8Array.of((type << 3) | (rateIndex >> 1), ((rateIndex & 1) << 7) | (channels << 3), 0),
  }
}

/** Whether two packets follow each other from `at` on: four bytes of noise are not taken for sound. */
export function isAdts(source: ByteSource, at: number): boolean {
  const first = readAdtsHeader(source, at)
  return first !== null && readAdtsHeader(source, at + first.frameBytes) !== null
}

/** The packets from the first one on; a tag behind the last one ends them. @throws AppError 'bad-file' */
export function* adtsPackets(source: ByteSource, first: AdtsFrame, name: string): Generator<Uint8Array> {
  for (let frame: AdtsFrame | null = first; frame; frame = readAdtsHeader(source, frame.at + frame.frameBytes)) {
    const { at, headBytes, frameBytes } = frame
    const packet = source.read(at + headBytes, frameBytes - headBytes)
    if (packet.length < frameBytes - headBytes)
      throw badFile(name, 'truncated: it ends inside a packet', 'Copy or download the file again.')
    yield packet.slice()
  }
}
