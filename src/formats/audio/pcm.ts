/** Interleaved linear samples to one Float32Array a channel. */

export interface PcmLayout {
  channelCount: number
  /** Bytes of one sample of one channel: 1 to 4 for integers, 4 or 8 for floats. */
  sampleBytes: number
  encoding: 'signed' | 'unsigned' | 'float'
  isLittleEndian: boolean
}

/**
 * Reads `frames` samples of every channel from `offset`. Integers are divided by 2^(bits − 1), so that the most
 * negative is −1 and every value comes back exactly when it is written with the same scale.
 */
export function readPcm(bytes: Uint8Array, offset: number, frames: number, layout: PcmLayout): Float32Array[] {
  const { channelCount, sampleBytes } = layout
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const read = sampleReader(view, layout)
  const stride = channelCount * sampleBytes
  return Array.from({ length: channelCount }, (_, channel) => {
    const samples = new Float32Array(frames)
    let at = offset + channel * sampleBytes
    for (let i = 0; i < frames; i++, at += stride) samples[i] = read(at)
    return samples
  })
}

function sampleReader(view: DataView, layout: PcmLayout): (at: number) => number {
  const { sampleBytes, encoding, isLittleEndian: little } = layout
  if (encoding === 'float') {
    if (sampleBytes === 4) return (at) => view.getFloat32(at, little)
    if (sampleBytes === 8) return (at) => view.getFloat64(at, little)
  } else if (encoding === 'unsigned') {
    if (sampleBytes === 1) return (at) => (view.getUint8(at) - 128) / 128
  } else {
    if (sampleBytes === 1) return (at) => view.getInt8(at) / 128
    if (sampleBytes === 2) return (at) => view.getInt16(at, little) / 32768
    if (sampleBytes === 3)
      return little
        ? (at) => ((view.getInt8(at + 2) << 16) | view.getUint16(at, true)) / 8388608
        : (at) => ((view.getInt8(at) << 16) | view.getUint16(at + 1, false)) / 8388608
    if (sampleBytes === 4) return (at) => view.getInt32(at, little) / 2147483648
  }
  throw new RangeError(`no ${encoding} samples of ${sampleBytes} bytes`)
}

/** Whether readPcm knows the layout. */
export function isReadable({ sampleBytes, encoding }: PcmLayout): boolean {
  if (!Number.isInteger(sampleBytes)) return false
  if (encoding === 'float') return sampleBytes === 4 || sampleBytes === 8
  return encoding === 'unsigned' ? sampleBytes === 1 : sampleBytes >= 1 && sampleBytes <= 4
}
