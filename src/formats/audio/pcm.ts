/** Interleaved linear samples to one Float32Array a channel. */

export interface PcmLayout {
  channelCount: number
  /** Bytes of one sample of one channel: 1 to 4 for integers, 4 or 8 for floats. */
  sampleBytes: number
  encoding: 'signed' | 'unsigned' | 'float'
  isLittleEndian: boolean
}

/** Where the linear samples of a file lie: all that is needed to read any span of them. */
export interface PcmPlace extends PcmLayout {
  sampleRateHz: number
  bitDepth: number
  /** Of the first sample's first byte. */
  dataAt: number
  /** Samples per channel that are there. */
  frames: number
  /** Samples per channel that the header promises. */
  declaredFrames: number
}

export const frameBytesOf = ({ channelCount, sampleBytes }: PcmLayout): number => channelCount * sampleBytes

/** How many frames fit between `dataAt` and the end, at most the declared ones. */
export function placePcm(
  layout: PcmLayout & { sampleRateHz: number; bitDepth: number },
  dataAt: number,
  declaredFrames: number,
  sizeBytes: number,
): PcmPlace {
  const present = Math.max(0, Math.floor((sizeBytes - dataAt) / frameBytesOf(layout)))
  return { ...layout, dataAt, declaredFrames, frames: Math.min(declaredFrames, present) }
}

/**
 * Reads `frames` samples of every channel from `offset`. Integers are divided by 2^(bits − 1), so that the most
 * negative is −1 and every value comes back exactly when it is written with the same scale.
 * @param into arrays to fill, one a channel, for callers that read again and again
 */
export function readPcm(
  bytes: Uint8Array,
  offset: number,
  frames: number,
  layout: PcmLayout,
  into: Float32Array[] = Array.from({ length: layout.channelCount }, () => new Float32Array(frames)),
): Float32Array[] {
  const { channelCount, sampleBytes, encoding, isLittleEndian } = layout
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const stride = channelCount * sampleBytes
  const isUsual = encoding === 'signed' && sampleBytes === 2 && isLittleEndian
  for (let channel = 0; channel < channelCount; channel++) {
    const from = offset + channel * sampleBytes
    if (isUsual) readUsual(view, from, frames, stride, into[channel]!)
    else {
      const read = sampleReader(view, layout)
      const samples = into[channel]!
      for (let i = 0, at = from; i < frames; i++, at += stride) samples[i] = read(at)
    }
  }
  return into
}

/** 16 bits, little-endian: nearly every long recording; faster without a call for each sample. */
function readUsual(view: DataView, from: number, frames: number, stride: number, samples: Float32Array): void {
  for (let i = 0, at = from; i < frames; i++, at += stride) samples[i] = view.getInt16(at, true) * (1 / 32768)
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

/**
 * Float files can hold NaN and infinity, which would poison every sum: they become silence.
 * @returns how many there were
 */
export function silenceBadSamples(channels: readonly Float32Array[]): number {
  let count = 0
  for (const samples of channels) {
    for (let i = 0; i < samples.length; i++) {
      if (Number.isFinite(samples[i]!)) continue
      samples[i] = 0
      count++
    }
  }
  return count
}
