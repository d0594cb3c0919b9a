/** PCM WAV of 16 bits: the form in which sound is played and exported. */

export const wavHeaderBytes = 44

/**
 * The header alone, for a file whose samples are sent or written in parts.
 * @throws RangeError beyond the 4 GiB that a RIFF file can hold
 */
export function makeWavHeader(sampleRateHz: number, channelCount: number, frames: number): Uint8Array<ArrayBuffer> {
  const dataBytes = 2 * channelCount * frames
  if (dataBytes + wavHeaderBytes > 0xffffffff) throw new RangeError(`${dataBytes} bytes of sound do not fit a WAV file`)
  const header = new Uint8Array(wavHeaderBytes)
  const view = new DataView(header.buffer)
  const write = (at: number, text: string) => {
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i))
  }
  write(0, 'RIFF')
  view.setUint32(4, dataBytes + wavHeaderBytes - 8, true)
  write(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, channelCount, true)
  view.setUint32(24, sampleRateHz, true)
  view.setUint32(28, sampleRateHz * channelCount * 2, true)
  view.setUint16(32, channelCount * 2, true)
  view.setUint16(34, 16, true)
  write(36, 'data')
  view.setUint32(40, dataBytes, true)
  return header
}

/**
 * A whole WAV file. Samples are scaled by 32768, rounded and clipped to 16 bits: what was read from 16-bit PCM comes
 * back bit for bit. Throws RangeError where there are no channels or their lengths differ.
 */
export function encodeWav(channels: readonly Float32Array[], sampleRateHz: number): Uint8Array<ArrayBuffer> {
  const frames = channels[0]?.length
  if (frames === undefined || channels.some((channel) => channel.length !== frames))
    throw new RangeError('a WAV file needs channels of one length')
  const file = new Uint8Array(wavHeaderBytes + 2 * channels.length * frames)
  file.set(makeWavHeader(sampleRateHz, channels.length, frames))
  const view = new DataView(file.buffer)
  channels.forEach((samples, channel) => {
    for (let i = 0, at = wavHeaderBytes + 2 * channel; i < frames; i++, at += 2 * channels.length) {
      const value = Math.round(samples[i]! * 32768)
      view.setInt16(at, value > 32767 ? 32767 : value < -32768 ? -32768 : value, true)
    }
  })
  return file
}
