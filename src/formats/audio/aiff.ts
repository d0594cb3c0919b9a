/** AIFF and AIFF-C with linear samples. */
import { type ByteSource, viewAt } from './byte-source'
import { badFile } from './decoded-audio'
import { isReadable, type PcmLayout, type PcmPlace, placePcm } from './pcm'
import { chunkName } from './wav'

interface AiffFormat extends PcmLayout {
  sampleRateHz: number
  bitDepth: number
  declaredSamples: number
}

/**
 * Finds the samples of an AIFF file: PCM of 8 to 32 bits in either byte order (AIFF-C 'sowt'), float of 32 and 64
 * bits. Throws AppError 'bad-file' for compressed AIFF-C and where a chunk it needs is missing.
 */
export function locateAiff(source: ByteSource, name: string): PcmPlace {
  let format: AiffFormat | null = null
  let dataAt = -1
  let at = 12
  for (let head = viewAt(source, at, 8); head; head = viewAt(source, at, 8)) {
    const id = chunkName(head)
    const size = head.getUint32(4)
    const body = at + 8
    if (id === 'COMM') format = readFormat(source, body, size, name) ?? format
    if (id === 'SSND') {
      const offset = viewAt(source, body, 8)
      if (offset) dataAt = body + 8 + offset.getUint32(0)
    }
    at = body + size + (size & 1)
  }
  if (!format) throw badFile(name, 'the AIFF file has no COMM chunk')
  const { declaredSamples, ...layout } = format
  if (dataAt < 0 && declaredSamples > 0) throw badFile(name, 'the AIFF file has no sound data chunk')
  return placePcm(layout, dataAt < 0 ? source.size : dataAt, declaredSamples, source.size)
}

function readFormat(source: ByteSource, at: number, size: number, name: string): AiffFormat | null {
  const view = viewAt(source, at, size >= 22 ? 22 : 18)
  if (!view) return null
  const channelCount = view.getUint16(0)
  const declaredSamples = view.getUint32(2)
  const bitDepth = view.getUint16(6)
  const sampleRateHz = Math.round(readExtended(view, 8))
  const compression = size >= 22 ? chunkName(new DataView(view.buffer, view.byteOffset + 18, 4)) : 'NONE'
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
