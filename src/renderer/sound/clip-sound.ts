import type { Client } from '../../shared/contract/contract'
import { AppError } from '../../shared/errors'

/** The sound of a clip, of any length, read by place: the decode that is heard and seen. */
export interface ClipSound {
  clipId: string
  sampleRateHz: number
  channelCount: number
  /** Samples per channel. */
  frames: number
  durationSeconds: number
  /** Samples `from` to `to` (exclusive, clamped to the clip) of each channel, −1 to 1. */
  read(from: number, to: number): Promise<Float32Array<ArrayBuffer>[]>
}

/** Longer than every header that the host writes. */
const headerBytes = 128

/**
 * Opens the WAV rendition of a clip: its header is read now, samples when they are asked for.
 * @throws AppError 'not-found', 'bad-file'
 */
export async function openClipSound(client: Pick<Client, 'media'>, clipId: string): Promise<ClipSound> {
  const { bytes, totalBytes } = await client.media.readRange({ clipId, start: 0, end: headerBytes })
  const layout = readHeader(bytes, totalBytes, clipId)
  const { channelCount, sampleRateHz, frames, sampleBytes, isFloat, dataStart } = layout
  const frameBytes = channelCount * sampleBytes
  return {
    clipId,
    sampleRateHz,
    channelCount,
    frames,
    durationSeconds: frames / sampleRateHz,
    async read(from, to) {
      const first = Math.min(frames, Math.max(0, Math.floor(from)))
      const end = Math.min(frames, Math.max(first, Math.ceil(to)))
      if (end === first) return Array.from({ length: channelCount }, () => new Float32Array(0))
      const range = { clipId, start: dataStart + first * frameBytes, end: dataStart + end * frameBytes }
      return decodeSamples((await client.media.readRange(range)).bytes, channelCount, sampleBytes, isFloat)
    },
  }
}

interface Layout {
  channelCount: number
  sampleRateHz: number
  sampleBytes: number
  isFloat: boolean
  dataStart: number
  frames: number
}

/** RIFF, and RF64 (EBU Tech 3306) for what is longer than 4 GiB. */
function readHeader(bytes: Uint8Array, totalBytes: number, clipId: string): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const name = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))
  const fail = (): AppError =>
    new AppError('bad-file', `The sound of the clip ${clipId} has a header that cannot be read.`)
  if (bytes.length < 44 || !['RIFF', 'RF64'].includes(name(0)) || name(8) !== 'WAVE') throw fail()
  let format: Omit<Layout, 'dataStart' | 'frames'> | null = null
  let longData: number | null = null
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = view.getUint32(at + 4, true)
    if (name(at) === 'ds64') longData = Number(view.getBigUint64(at + 16, true))
    if (name(at) === 'fmt ')
      format = {
        isFloat: view.getUint16(at + 8, true) === 3,
        channelCount: view.getUint16(at + 10, true),
        sampleRateHz: view.getUint32(at + 12, true),
        sampleBytes: view.getUint16(at + 22, true) / 8,
      }
    if (name(at) === 'data') {
      if (!format || format.channelCount === 0) throw fail()
      const dataBytes = Math.min(longData ?? size, totalBytes - at - 8)
      const frames = Math.floor(dataBytes / (format.channelCount * format.sampleBytes))
      return { ...format, dataStart: at + 8, frames }
    }
    at += 8 + size + (size % 2)
  }
  throw fail()
}

function decodeSamples(
  bytes: Uint8Array,
  channelCount: number,
  sampleBytes: number,
  isFloat: boolean,
): Float32Array<ArrayBuffer>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const frames = Math.floor(bytes.length / (channelCount * sampleBytes))
  const stride = channelCount * sampleBytes
  return Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(frames)
    let at = channel * sampleBytes
    if (isFloat) for (let n = 0; n < frames; n++, at += stride) samples[n] = view.getFloat32(at, true)
    else if (sampleBytes === 2)
      for (let n = 0; n < frames; n++, at += stride) samples[n] = view.getInt16(at, true) / 32768
    else
      for (let n = 0; n < frames; n++, at += stride)
        samples[n] = ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8388608
    return samples
  })
}

/** The mean of channels, which is what the network hears of them. */
export function mixToMono(channels: readonly Float32Array[]): Float32Array {
  const [first] = channels
  if (!first) return new Float32Array(0)
  if (channels.length === 1) return first
  return first.map((_, n) => channels.reduce((sum, channel) => sum + channel[n]!, 0) / channels.length)
}
