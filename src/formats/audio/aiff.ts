/** AIFF and AIFF-C with linear samples. */
import { badFile, type RawAudio } from './decoded-audio'
import { isReadable, readPcm, type PcmLayout } from './pcm'
import { chunkName } from './wav'

interface AiffFormat extends PcmLayout {
  sampleRateHz: number
  bitDepth: number
  declaredSamples: number
}

/**
 * Reads an AIFF file: PCM of 8 to 32 bits in either byte order (AIFF-C 'sowt'), float of 32 and 64 bits.
 * Throws AppError 'bad-file' for compressed AIFF-C and where a chunk it needs is missing.
 */
export function readAiff(bytes: Uint8Array, name: string): RawAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: AiffFormat | null = null
  let dataAt = -1
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = chunkName(bytes, at)
    const size = view.getUint32(at + 4)
    const body = at + 8
    if (id === 'COMM' && body + 18 <= bytes.length) format = readFormat(bytes, view, body, size, name)
    if (id === 'SSND' && body + 8 <= bytes.length) dataAt = body + 8 + view.getUint32(body)
    at = body + size + (size & 1)
  }
  if (!format) throw badFile(name, 'the AIFF file has no COMM chunk')
  if (dataAt < 0 && format.declaredSamples > 0) throw badFile(name, 'the AIFF file has no sound data chunk')
  const frameBytes = format.channelCount * format.sampleBytes
  const presentSamples = dataAt < 0 ? 0 : Math.max(0, Math.floor((bytes.length - dataAt) / frameBytes))
  return {
    sampleRateHz: format.sampleRateHz,
    bitDepth: format.bitDepth,
    channels: readPcm(bytes, dataAt, Math.min(format.declaredSamples, presentSamples), format),
    declaredSamples: format.declaredSamples,
  }
}

function readFormat(bytes: Uint8Array, view: DataView, at: number, size: number, name: string): AiffFormat {
  const channelCount = view.getUint16(at)
  const declaredSamples = view.getUint32(at + 2)
  const bitDepth = view.getUint16(at + 6)
  const sampleRateHz = Math.round(readExtended(view, at + 8))
  const compression = size >= 22 && at + 22 <= bytes.length ? chunkName(bytes, at + 18) : 'NONE'
  const encoding = /^fl(32|64)$/i.test(compression) ? 'float' : compression === 'raw ' ? 'unsigned' : 'signed'
  const sampleBytes = Math.ceil(bitDepth / 8)
  const isLittleEndian = compression === 'sowt'
  const format = {
    channelCount,
    sampleBytes,
    encoding,
    isLittleEndian,
    sampleRateHz,
    bitDepth,
    declaredSamples,
  } as const
  if (channelCount === 0 || !(sampleRateHz > 0))
    throw badFile(name, `the AIFF header says ${channelCount} channels at ${sampleRateHz} Hz`)
  if (!/^(none|twos|sowt|raw |fl32|fl64)$/i.test(compression) || !isReadable(format))
    throw badFile(name, `unsupported AIFF encoding (${compression.trim()}, ${bitDepth} bits)`)
  return format
}

/** An 80-bit extended float, big-endian. */
function readExtended(view: DataView, at: number): number {
  const exponent = view.getUint16(at) & 0x7fff
  return Number(view.getBigUint64(at + 2)) * 2 ** (exponent - 16383 - 63)
}
