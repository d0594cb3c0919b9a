/** What the headers of an MPEG audio (MP3) file say; the sound itself is decoded elsewhere. ISO/IEC 11172-3, 13818-3. */

export interface MpegFrame {
  at: number
  frameBytes: number
  sampleRateHz: number
  channelCount: 1 | 2
  samplesPerFrame: number
  isMpeg1: boolean
}

const layer3Kbps = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const mpeg1Rates = [44100, 48000, 32000]

/** The header of a layer III frame at `at`; null where there is none (free format is not read). */
export function readFrameHeader(bytes: Uint8Array, at: number): MpegFrame | null {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null
  const version = (bytes[at + 1]! >> 3) & 3
  const isLayer3 = ((bytes[at + 1]! >> 1) & 3) === 1
  const bitRateIndex = bytes[at + 2]! >> 4
  const rateIndex = (bytes[at + 2]! >> 2) & 3
  if (version === 1 || !isLayer3 || rateIndex === 3 || bitRateIndex === 0 || bitRateIndex === 15) return null
  const isMpeg1 = version === 3
  const kbps = layer3Kbps[isMpeg1 ? 'mpeg1' : 'mpeg2'][bitRateIndex]!
  const sampleRateHz = mpeg1Rates[rateIndex]! / (isMpeg1 ? 1 : version === 2 ? 2 : 4)
  const samplesPerFrame = isMpeg1 ? 1152 : 576
  const padding = (bytes[at + 2]! >> 1) & 1
  return {
    at,
    frameBytes: Math.floor((samplesPerFrame / 8) * ((kbps * 1000) / sampleRateHz)) + padding,
    sampleRateHz,
    channelCount: bytes[at + 3]! >> 6 === 3 ? 1 : 2,
    samplesPerFrame,
    isMpeg1,
  }
}

const searchBytes = 65536

/**
 * The first frame from `from` on that is followed by two more of its kind (or by the end of the file), so that four
 * bytes of noise are not taken for sound; looks 64 KiB far.
 */
export function findFirstFrame(bytes: Uint8Array, from: number): MpegFrame | null {
  const end = Math.min(bytes.length, from + searchBytes)
  for (let at = from; at < end; at++) {
    if (bytes[at] !== 0xff) continue
    const first = readFrameHeader(bytes, at)
    if (first && isFollowed(bytes, first)) return first
  }
  return null
}

function isFollowed(bytes: Uint8Array, first: MpegFrame): boolean {
  let frame = first
  for (let i = 0; i < 2; i++) {
    const next = readFrameHeader(bytes, frame.at + frame.frameBytes)
    if (!next) return i > 0 && frame.at + frame.frameBytes >= bytes.length
    if (next.sampleRateHz !== first.sampleRateHz || next.isMpeg1 !== first.isMpeg1) return false
    frame = next
  }
  return true
}

/**
 * Samples per channel that a Xing, Info or VBRI header in the first frame declares, the encoder's delay and padding
 * taken off where a LAME tag gives them; null without a header.
 */
export function declaredMpegSamples(bytes: Uint8Array, first: MpegFrame): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4))
  const xingAt =
    first.at + 4 + (first.isMpeg1 ? (first.channelCount === 1 ? 17 : 32) : first.channelCount === 1 ? 9 : 17)
  if ((name(xingAt) === 'Xing' || name(xingAt) === 'Info') && xingAt + 12 <= bytes.length) {
    const flags = view.getUint32(xingAt + 4)
    if (!(flags & 1)) return null
    const lameAt = xingAt + 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
    const hasLame = /^(LAME|Lav[fc])/.test(name(lameAt)) && lameAt + 24 <= bytes.length
    const gaps = hasLame ? (view.getUint16(lameAt + 21) << 8) | view.getUint8(lameAt + 23) : 0
    return view.getUint32(xingAt + 8) * first.samplesPerFrame - (gaps >> 12) - (gaps & 0xfff)
  }
  const vbriAt = first.at + 36
  if (name(vbriAt) === 'VBRI' && vbriAt + 18 <= bytes.length) return view.getUint32(vbriAt + 14) * first.samplesPerFrame
  return null
}

/** Whether the file stops inside a frame, walking from the first. */
export function endsInsideFrame(bytes: Uint8Array, first: MpegFrame): boolean {
  let frame: MpegFrame | null = first
  while (frame) {
    const end: number = frame.at + frame.frameBytes
    if (end > bytes.length) return true
    frame = readFrameHeader(bytes, end)
  }
  return false
}
