/** WAV (RIFF, RF64 and BW64) and Sony Wave64 with linear samples. */
import { type ByteSource, textAt, viewAt } from './byte-source'
import { badFile } from './decoded-audio'
import { isReadable, type PcmLayout, type PcmPlace, placePcm } from './pcm'

const formatPcm = 1
const formatFloat = 3
const formatExtensible = 0xfffe
/** Programs that write to a pipe cannot come back to fill in the size: ffmpeg leaves 2^32 − 1, others nearly 2^31. */
const unknownSize = 0x7ffff000
/** RF64 (EBU Tech 3306, ITU-R BS.2088): the real size stands in the ds64 chunk. */
const sizeElsewhere = 0xffffffff

interface WavFormat extends PcmLayout {
  sampleRateHz: number
  bitDepth: number
}

/**
 * Finds the samples of a WAV file: PCM of 8 to 32 bits, float of 32 and 64, WAVE_FORMAT_EXTENSIBLE, chunks in any
 * order, of any length (RF64, BW64).
 * Throws AppError 'bad-file' for other encodings and where a chunk it needs is missing.
 */
export function locateWav(source: ByteSource, name: string): PcmPlace {
  let format: WavFormat | null = null
  let longDataSize: number | null = null
  let at = 12
  for (let head = viewAt(source, at, 8); head; head = viewAt(source, at, 8)) {
    const id = chunkName(head)
    const size = head.getUint32(4, true)
    const body = at + 8
    if (id === 'ds64') longDataSize = readLongDataSize(source, body)
    if (id === 'fmt ') format = readFormat(source, body, size, name)
    if (id === 'data') {
      if (!format) throw badFile(name, 'the WAV file has no format chunk before its data')
      const isElsewhere = size === sizeElsewhere && longDataSize !== null
      const isUnknown = size >= unknownSize && body + size > source.size
      const declaredBytes = isElsewhere || isUnknown ? (longDataSize ?? source.size - body) : size
      return placePcm(format, body, Math.floor(declaredBytes / (format.channelCount * format.sampleBytes)), source.size)
    }
    at = body + size + (size & 1)
  }
  throw endsEarly(name)
}

/** The first eight bytes of Wave64's GUIDs are enough to tell its chunks apart. */
const w64Chunks = { format: 'fmt \xf3\xac\xd3\x11', data: 'data\xf3\xac\xd3\x11' }

/**
 * Finds the samples of a Sony Wave64 file: as WAV, with chunks named by GUIDs, sizes of 64 bits that include the
 * chunk's header, and every chunk at a multiple of eight. Throws as `locateWav`.
 */
export function locateW64(source: ByteSource, name: string): PcmPlace {
  let format: WavFormat | null = null
  let at = 40
  for (let head = viewAt(source, at, 24); head; head = viewAt(source, at, 24)) {
    const id = textAt(source, at, 8)
    const size = Number(head.getBigUint64(16, true))
    const body = at + 24
    if (id === w64Chunks.format) format = readFormat(source, body, size - 24, name)
    if (id === w64Chunks.data) {
      if (!format) throw badFile(name, 'the Wave64 file has no format chunk before its data')
      const declaredBytes = Math.max(0, size - 24)
      return placePcm(format, body, Math.floor(declaredBytes / (format.channelCount * format.sampleBytes)), source.size)
    }
    if (size < 24) break
    at += Math.ceil(size / 8) * 8
  }
  throw endsEarly(name)
}

const endsEarly = (name: string) =>
  badFile(name, 'the WAV file ends before its data chunk', 'Copy or download the file again.')

function readLongDataSize(source: ByteSource, at: number): number | null {
  const view = viewAt(source, at, 16)
  return view ? Number(view.getBigUint64(8, true)) : null
}

function readFormat(source: ByteSource, at: number, size: number, name: string): WavFormat | null {
  const view = viewAt(source, at, size >= 40 ? 40 : 16)
  if (!view) return null
  const isExtensible = view.getUint16(0, true) === formatExtensible && size >= 40
  const code = view.getUint16(isExtensible ? 24 : 0, true)
  const channelCount = view.getUint16(2, true)
  const sampleRateHz = view.getUint32(4, true)
  const sampleBytes = view.getUint16(12, true) / channelCount
  const bitDepth = (isExtensible && view.getUint16(18, true)) || view.getUint16(14, true)
  const encoding = code === formatFloat ? 'float' : sampleBytes === 1 ? 'unsigned' : 'signed'
  const format: WavFormat = { channelCount, sampleBytes, encoding, isLittleEndian: true, sampleRateHz, bitDepth }
  if (channelCount === 0 || sampleRateHz === 0)
    throw badFile(name, `the WAV header says ${channelCount} channels at ${sampleRateHz} Hz`)
  if ((code !== formatPcm && code !== formatFloat) || !isReadable(format))
    throw badFile(
      name,
      `unsupported WAV encoding (format ${code}, ${bitDepth} bits)`,
      'Convert it to PCM, e.g. with: ffmpeg -i in.wav -c:a pcm_s16le out.wav',
    )
  return format
}

/** The four letters that a chunk begins with. */
export function chunkName(head: DataView): string {
  return String.fromCharCode(head.getUint8(0), head.getUint8(1), head.getUint8(2), head.getUint8(3))
}
