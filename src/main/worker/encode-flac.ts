import { createRequire } from 'node:module'
import { AppError } from '../../shared/errors'

/** The part of libFLAC's JavaScript face that an encoder needs; its own declarations name no default export. */
interface LibFlac {
  isReady(): boolean
  on(event: 'ready', listener: () => void): void
  create_libflac_encoder(
    sampleRateHz: number,
    channels: number,
    bits: number,
    compression: number,
    totalSamples: number,
    isVerified: boolean,
    blockSize: number,
  ): number
  init_encoder_stream(
    encoder: number,
    write: (bytes: Uint8Array) => void,
    metadata: (metadata: StreamInfo | undefined) => void,
  ): number
  FLAC__stream_encoder_process_interleaved(encoder: number, samples: Int32Array, frames: number): number
  FLAC__stream_encoder_finish(encoder: number): number
  FLAC__stream_encoder_delete(encoder: number): void
}

interface StreamInfo {
  min_framesize: number
  max_framesize: number
  md5sum: string
}

/** The compression that `flac` itself takes if not told otherwise. */
const compression = 5
const bits = 16
let loaded: Promise<LibFlac> | null = null

/** Loaded when the first file asks for it. */
function loadLibFlac(): Promise<LibFlac> {
  loaded ??= new Promise((resolve) => {
    const library = createRequire(import.meta.url)('libflacjs/dist/libflac.js') as LibFlac
    if (library.isReady()) resolve(library)
    else library.on('ready', () => resolve(library))
  })
  return loaded
}

/**
 * FLAC of 16 bits by libFLAC: what was read from 16-bit PCM comes back bit for bit.
 * @throws AppError invalid-argument where libFLAC refuses the channels or the rate
 */
export async function encodeFlac(channels: readonly Float32Array[], sampleRateHz: number): Promise<Uint8Array> {
  const library = await loadLibFlac()
  const frames = channels[0]?.length ?? 0
  const refusal = new AppError(
    'invalid-argument',
    `FLAC cannot hold ${channels.length} channels at ${sampleRateHz} Hz.`,
    { hint: 'Export as WAV, or at another rate.' },
  )
  const encoder = library.create_libflac_encoder(sampleRateHz, channels.length, bits, compression, frames, true, 0)
  if (encoder === 0) throw refusal
  const pieces: Uint8Array[] = []
  const infos: StreamInfo[] = []
  try {
    const status = library.init_encoder_stream(
      encoder,
      (bytes) => void pieces.push(bytes.slice()),
      (metadata) => {
        if (metadata) infos.push(metadata)
      },
    )
    if (status !== 0) throw refusal
    const interleaved = new Int32Array(frames * channels.length)
    channels.forEach((samples, channel) => {
      for (let i = 0; i < frames; i++)
        interleaved[i * channels.length + channel] = Math.min(32767, Math.max(-32768, Math.round(samples[i]! * 32768)))
    })
    if (!library.FLAC__stream_encoder_process_interleaved(encoder, interleaved, frames)) throw refusal
    if (!library.FLAC__stream_encoder_finish(encoder)) throw refusal
  } finally {
    library.FLAC__stream_encoder_delete(encoder)
  }
  const file = Buffer.concat(pieces)
  if (infos[0]) patchStreamInfo(file, infos[0])
  return file
}

/** What a stream cannot go back to write: the sizes of its frames and the MD5 of its samples. */
function patchStreamInfo(file: Buffer, { min_framesize, max_framesize, md5sum }: StreamInfo): void {
  file.writeUIntBE(min_framesize, 12, 3)
  file.writeUIntBE(max_framesize, 15, 3)
  file.write(md5sum, 26, 'hex')
}
