/** PCM WAV: the form in which sound is played, exported and kept decoded. */
import type { PcmLayout } from './pcm'

/** 16 or 24 bits, or floats of 32. */
export type WavEncoding = 'wav16' | 'wav24' | 'wav-float'

export interface WavShape {
  sampleRateHz: number
  channelCount: number
  /** Samples per channel. */
  frames: number
  encoding: WavEncoding
  /** RF64 also where RIFF would do: its header is of one length, whatever is written behind it. */
  isLong?: boolean
}

const sampleBytesOf: Record<WavEncoding, number> = { wav16: 2, wav24: 3, 'wav-float': 4 }
const riffHeaderBytes = 44
const rf64HeaderBytes = 80

/** How the samples of such a file lie. */
export function wavLayout({ channelCount, encoding }: Pick<WavShape, 'channelCount' | 'encoding'>): PcmLayout {
  return {
    channelCount,
    sampleBytes: sampleBytesOf[encoding],
    encoding: encoding === 'wav-float' ? 'float' : 'signed',
    isLittleEndian: true,
  }
}

/**
 * All that stands before the samples, for a file whose samples are sent or written in parts: RIFF's 44 bytes, and
 * beyond its 4 GiB RF64's 80 (EBU Tech 3306), which holds any length.
 */
export function makeWavHeader(shape: WavShape): Uint8Array<ArrayBuffer> {
  const { sampleRateHz, channelCount, frames, encoding } = shape
  const sampleBytes = sampleBytesOf[encoding]
  const dataBytes = sampleBytes * channelCount * frames
  // A chunk of an odd length is followed by a zero.
  const padding = dataBytes % 2
  const isLong = shape.isLong === true || riffHeaderBytes + dataBytes + padding > 0xffffffff
  const header = new Uint8Array(isLong ? rf64HeaderBytes : riffHeaderBytes)
  const view = new DataView(header.buffer)
  const fileBytes = header.length + dataBytes + padding
  const write = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i))
  }
  write(0, isLong ? 'RF64' : 'RIFF')
  view.setUint32(4, isLong ? 0xffffffff : fileBytes - 8, true)
  write(8, 'WAVE')
  if (isLong) {
    write(12, 'ds64')
    view.setUint32(16, 28, true)
    view.setBigUint64(20, BigInt(fileBytes - 8), true)
    view.setBigUint64(28, BigInt(dataBytes), true)
    view.setBigUint64(36, BigInt(frames), true)
  }
  const format = header.length - 32
  write(format, 'fmt ')
  view.setUint32(format + 4, 16, true)
  view.setUint16(format + 8, encoding === 'wav-float' ? 3 : 1, true)
  view.setUint16(format + 10, channelCount, true)
  view.setUint32(format + 12, sampleRateHz, true)
  view.setUint32(format + 16, sampleRateHz * channelCount * sampleBytes, true)
  view.setUint16(format + 20, channelCount * sampleBytes, true)
  view.setUint16(format + 22, sampleBytes * 8, true)
  write(header.length - 8, 'data')
  view.setUint32(header.length - 4, isLong ? 0xffffffff : dataBytes, true)
  return header
}

/**
 * Samples as the bytes of a WAV file, channels by turns. Integers are scaled by 2^(bits − 1), rounded and clipped: what
 * was read from PCM of as many bits comes back bit for bit. Floats are written as they are.
 */
export function writeSamples(
  channels: readonly Float32Array[],
  encoding: WavEncoding,
  into: Uint8Array,
  offset: number,
): void {
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength)
  const sampleBytes = sampleBytesOf[encoding]
  const stride = sampleBytes * channels.length
  channels.forEach((samples, channel) => {
    let at = offset + sampleBytes * channel
    if (encoding === 'wav16')
      for (let i = 0; i < samples.length; i++, at += stride) view.setInt16(at, clip(samples[i]!, 32768), true)
    else if (encoding === 'wav-float')
      for (let i = 0; i < samples.length; i++, at += stride) view.setFloat32(at, samples[i]!, true)
    else
      for (let i = 0; i < samples.length; i++, at += stride) {
        const value = clip(samples[i]!, 8388608)
        view.setUint16(at, value & 0xffff, true)
        view.setInt8(at + 2, value >> 16)
      }
  })
}

function clip(sample: number, scale: number): number {
  const value = Math.round(sample * scale)
  return value > scale - 1 ? scale - 1 : value < -scale ? -scale : value
}

/** A whole WAV file. Throws RangeError where there are no channels or their lengths differ. */
export function encodeWav(
  channels: readonly Float32Array[],
  sampleRateHz: number,
  encoding: WavEncoding = 'wav16',
): Uint8Array<ArrayBuffer> {
  const frames = channels[0]?.length
  if (frames === undefined || channels.some((channel) => channel.length !== frames))
    throw new RangeError('a WAV file needs channels of one length')
  const header = makeWavHeader({ sampleRateHz, channelCount: channels.length, frames, encoding })
  const dataBytes = sampleBytesOf[encoding] * channels.length * frames
  const file = new Uint8Array(header.length + dataBytes + (dataBytes % 2))
  file.set(header)
  writeSamples(channels, encoding, file, header.length)
  return file
}
