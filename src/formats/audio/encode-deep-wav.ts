/** WAV of 24 bits or 32-bit floats, for exports that keep more than 16 bits. */

const headerBytes = 44

/**
 * A whole WAV file. 24 bits are scaled by 8388608, rounded and clipped; floats are written as they are.
 * Throws RangeError where there are no channels, their lengths differ, or they pass the 4 GiB of a RIFF file.
 */
export function encodeDeepWav(
  channels: readonly Float32Array[],
  sampleRateHz: number,
  encoding: 'wav24' | 'wav-float',
): Uint8Array<ArrayBuffer> {
  const frames = channels[0]?.length
  if (frames === undefined || channels.some((channel) => channel.length !== frames))
    throw new RangeError('a WAV file needs channels of one length')
  const sampleBytes = encoding === 'wav24' ? 3 : 4
  const frameBytes = sampleBytes * channels.length
  const dataBytes = frameBytes * frames
  if (dataBytes + headerBytes > 0xffffffff) throw new RangeError(`${dataBytes} bytes of sound do not fit a WAV file`)
  // A chunk of an odd length is followed by a zero.
  const file = new Uint8Array(headerBytes + dataBytes + (dataBytes % 2))
  const view = new DataView(file.buffer)
  file.set(new TextEncoder().encode('RIFF'))
  view.setUint32(4, file.length - 8, true)
  file.set(new TextEncoder().encode('WAVEfmt '), 8)
  view.setUint32(16, 16, true)
  view.setUint16(20, encoding === 'wav24' ? 1 : 3, true)
  view.setUint16(22, channels.length, true)
  view.setUint32(24, sampleRateHz, true)
  view.setUint32(28, sampleRateHz * frameBytes, true)
  view.setUint16(32, frameBytes, true)
  view.setUint16(34, sampleBytes * 8, true)
  file.set(new TextEncoder().encode('data'), 36)
  view.setUint32(40, dataBytes, true)
  channels.forEach((samples, channel) => {
    for (let i = 0, at = headerBytes + sampleBytes * channel; i < frames; i++, at += frameBytes) {
      if (encoding === 'wav-float') {
        view.setFloat32(at, samples[i]!, true)
        continue
      }
      const value = Math.min(8388607, Math.max(-8388608, Math.round(samples[i]! * 8388608)))
      view.setUint16(at, value & 0xffff, true)
      view.setInt8(at + 2, value >> 16)
    }
  })
  return file
}
