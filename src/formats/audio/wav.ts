/** WAV (RIFF, RF64 and BW64) with linear samples. */
import { badFile, type RawAudio } from './decoded-audio'
import { isReadable, readPcm, type PcmLayout } from './pcm'

const formatPcm = 1
const formatFloat = 3
const formatExtensible = 0xfffe
/** Programs that write to a pipe cannot come back to fill in the size: ffmpeg leaves 2^32 − 1, others nearly 2^31. */
const unknownSize = 0x7ffff000

interface WavFormat extends PcmLayout {
  sampleRateHz: number
  bitDepth: number
}

/**
 * Reads a WAV file: PCM of 8 to 32 bits, float of 32 and 64, WAVE_FORMAT_EXTENSIBLE, chunks in any order.
 * Throws AppError 'bad-file' for other encodings and where a chunk it needs is missing.
 */
export function readWav(bytes: Uint8Array, name: string): RawAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: WavFormat | null = null
  let longDataSize: number | null = null
  let at = 12
  while (at + 8 <= bytes.length) {
    const id = chunkName(bytes, at)
    const size = view.getUint32(at + 4, true)
    const body = at + 8
    if (id === 'ds64' && body + 16 <= bytes.length) longDataSize = Number(view.getBigUint64(body + 8, true))
    if (id === 'fmt ' && body + 16 <= bytes.length) format = readFormat(view, body, size, name)
    if (id === 'data') {
      if (!format) throw badFile(name, 'the WAV file has no format chunk before its data')
      const isUnknown = size >= unknownSize && body + size > bytes.length
      const declaredBytes = isUnknown ? (longDataSize ?? bytes.length - body) : size
      return readData(bytes, body, declaredBytes, format)
    }
    at = body + size + (size & 1)
  }
  throw badFile(name, 'the WAV file ends before its data chunk', 'Copy or download the file again.')
}

function readData(bytes: Uint8Array, body: number, declaredBytes: number, format: WavFormat): RawAudio {
  const frameBytes = format.channelCount * format.sampleBytes
  const declaredSamples = Math.floor(declaredBytes / frameBytes)
  const presentSamples = Math.floor((bytes.length - body) / frameBytes)
  return {
    sampleRateHz: format.sampleRateHz,
    bitDepth: format.bitDepth,
    channels: readPcm(bytes, body, Math.min(declaredSamples, presentSamples), format),
    declaredSamples,
  }
}

function readFormat(view: DataView, at: number, size: number, name: string): WavFormat {
  const isExtensible = view.getUint16(at, true) === formatExtensible && size >= 40 && at + 40 <= view.byteLength
  const code = view.getUint16(isExtensible ? at + 24 : at, true)
  const channelCount = view.getUint16(at + 2, true)
  const sampleRateHz = view.getUint32(at + 4, true)
  const sampleBytes = view.getUint16(at + 12, true) / channelCount
  const bitDepth = (isExtensible && view.getUint16(at + 18, true)) || view.getUint16(at + 14, true)
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

/** The four letters at `at`. */
export function chunkName(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)
}
