/** A span of a recording as the bytes of a WAV file that is never made. */
import { makeWavHeader, type WavEncoding, wavLayout, writeSamples } from '../../formats/audio/encode-wav'
import { frameBytesOf } from '../../formats/audio/pcm'
import { AppError } from '../../shared/errors'
import type { OpenSound } from './open-sound'

/** What the ear is given: no fewer bits than there are. */
function heardEncoding({ bitDepth }: OpenSound): WavEncoding {
  if (bitDepth === null || bitDepth <= 16) return 'wav16'
  return bitDepth <= 24 ? 'wav24' : 'wav-float'
}

/**
 * Bytes `from` to `to` (exclusive; what lies beyond the end is left out) of a WAV file with a span of sound, all its
 * channels. Only the samples of those bytes are read.
 * @throws AppError 'invalid-argument' where there are no such bytes
 */
export async function readRendition(
  span: { sound: OpenSound; from: number; to: number },
  from: number,
  to: number,
): Promise<{ bytes: Uint8Array; totalBytes: number }> {
  const { sound } = span
  const encoding = heardEncoding(sound)
  const { channelCount } = sound
  const frames = span.to - span.from
  const frameBytes = frameBytesOf(wavLayout({ channelCount, encoding }))
  const header = makeWavHeader({ sampleRateHz: sound.sampleRateHz, channelCount, frames, encoding })
  const dataBytes = frames * frameBytes
  const totalBytes = header.length + dataBytes + (dataBytes % 2)
  const end = Math.min(to, totalBytes)
  if (from > end)
    throw new AppError('invalid-argument', `Bytes ${from} to ${to} are not in a rendition of ${totalBytes} bytes.`)
  const bytes = new Uint8Array(end - from)
  if (from < header.length) bytes.set(header.subarray(from, Math.min(end, header.length)))
  const firstFrame = Math.floor(Math.max(0, from - header.length) / frameBytes)
  const endFrame = Math.min(frames, Math.ceil(Math.max(0, end - header.length) / frameBytes))
  if (endFrame > firstFrame) {
    const channels = await sound.read(span.from + firstFrame, span.from + endFrame)
    const samples = new Uint8Array((endFrame - firstFrame) * frameBytes)
    writeSamples(channels, encoding, samples, 0)
    const samplesAt = header.length + firstFrame * frameBytes
    const first = Math.max(from, samplesAt)
    bytes.set(samples.subarray(first - samplesAt, Math.min(end - samplesAt, samples.length)), first - from)
  }
  return { bytes, totalBytes }
}
