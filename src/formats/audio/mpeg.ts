/** What the headers of an MPEG audio (MP3) file say; the sound itself is decoded elsewhere. ISO/IEC 11172-3, 13818-3. */

import { type ByteSource, textAt, viewAt } from './byte-source'

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
export function readFrameHeader(source: ByteSource, at: number): MpegFrame | null {
  const bytes = source.read(at, 4)
  if (bytes.length < 4 || bytes[0] !== 0xff || (bytes[1]! & 0xe0) !== 0xe0) return null
  const version = (bytes[1]! >> 3) & 3
  const isLayer3 = ((bytes[1]! >> 1) & 3) === 1
  const bitRateIndex = bytes[2]! >> 4
  const rateIndex = (bytes[2]! >> 2) & 3
  if (version === 1 || !isLayer3 || rateIndex === 3 || bitRateIndex === 0 || bitRateIndex === 15) return null
  const isMpeg1 = version === 3
  const kbps = layer3Kbps[isMpeg1 ? 'mpeg1' : 'mpeg2'][bitRateIndex]!
  const sampleRateHz = mpeg1Rates[rateIndex]! / (isMpeg1 ? 1 : version === 2 ? 2 : 4)
  const samplesPerFrame = isMpeg1 ? 1152 : 576
  const padding = (bytes[2]! >> 1) & 1
  return {
    at,
    frameBytes: Math.floor((samplesPerFrame / 8) * ((kbps * 1000) / sampleRateHz)) + padding,
    sampleRateHz,
    channelCount: bytes[3]! >> 6 === 3 ? 1 : 2,
    samplesPerFrame,
    isMpeg1,
  }
}

const searchBytes = 65536

/**
 * The first frame from `from` on that is followed by two more of its kind (or by the end of the file), so that four
 * bytes of noise are not taken for sound; looks 64 KiB far.
 */
export function findFirstFrame(source: ByteSource, from: number): MpegFrame | null {
  const searched = source.read(from, searchBytes).slice()
  for (let i = 0; i < searched.length; i++) {
    if (searched[i] !== 0xff) continue
    const first = readFrameHeader(source, from + i)
    if (first && isFollowed(source, first)) return first
  }
  return null
}

function isFollowed(source: ByteSource, first: MpegFrame): boolean {
  let frame = first
  for (let i = 0; i < 2; i++) {
    const next = readFrameHeader(source, frame.at + frame.frameBytes)
    if (!next) return i > 0 && frame.at + frame.frameBytes >= source.size
    if (next.sampleRateHz !== first.sampleRateHz || next.isMpeg1 !== first.isMpeg1) return false
    frame = next
  }
  return true
}

export interface MpegLength {
  /** Samples per channel, without what is cut off at the ends. */
  declaredSamples: number
  /**
   * What the decoder does not cut off by itself: samples of lead-in where only iTunes' tag knows of them. 0 where a
   * LAME tag gives delay and padding, for then the decoder does it.
   */
  leadSamples: number
}

/** A layer III decoder gives out its first sample 528 + 1 samples late (http://lame.sourceforge.net/tech-FAQ.txt). */
const decoderDelay = 529

/**
 * Samples per channel that a Xing, Info or VBRI header in the first frame declares, the encoder's delay and padding
 * taken off where a LAME tag, or else iTunes' `iTunSMPB` comment, gives them; null without a header.
 */
export function readMpegLength(source: ByteSource, first: MpegFrame): MpegLength | null {
  const frames = readFrameCount(source, first)
  if (frames && frames.lameAt !== null) {
    const lame = viewAt(source, frames.lameAt + 21, 3)
    const gaps = lame ? (lame.getUint16(0) << 8) | lame.getUint8(2) : 0
    const declaredSamples = frames.count * first.samplesPerFrame - (gaps >> 12) - (gaps & 0xfff)
    return { declaredSamples, leadSamples: 0 }
  }
  const gaps = readITunesGaps(source, first.at)
  if (gaps) return { declaredSamples: gaps.samples, leadSamples: gaps.delay + decoderDelay }
  return frames ? { declaredSamples: frames.count * first.samplesPerFrame, leadSamples: 0 } : null
}

/** How many frames the header in the first one says there are, and where a LAME tag is. */
function readFrameCount(source: ByteSource, first: MpegFrame): { count: number; lameAt: number | null } | null {
  const xingAt =
    first.at + 4 + (first.isMpeg1 ? (first.channelCount === 1 ? 17 : 32) : first.channelCount === 1 ? 9 : 17)
  if (/^(Xing|Info)$/.test(textAt(source, xingAt, 4))) {
    const head = viewAt(source, xingAt + 4, 8)
    const flags = head?.getUint32(0) ?? 0
    const count = head?.getUint32(4) ?? 0
    if (!(flags & 1)) return null
    const lameAt = xingAt + 12 + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0)
    const hasLame = /^(LAME|Lav[fc])/.test(textAt(source, lameAt, 4)) && lameAt + 24 <= source.size
    return { count, lameAt: hasLame ? lameAt : null }
  }
  const vbri = viewAt(source, first.at + 36, 18)
  return vbri?.getUint32(0) === 0x56425249 ? { count: vbri.getUint32(14), lameAt: null } : null
}

/** ` 00000000 00000210 000003A4 000000000046E5C4 …`: the encoder's delay, its padding and the samples between. */
function readITunesGaps(source: ByteSource, tagBytes: number): { delay: number; samples: number } | null {
  const text = textsOfTag(source, tagBytes)
  const match = /iTunSMPB\s*[0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{8} ([0-9A-F]{16})/.exec(text)
  return match ? { delay: Number.parseInt(match[1]!, 16), samples: Number.parseInt(match[2]!, 16) } : null
}

/** The tag in front of the sound as text, its UTF-16 comments too; pictures make it long, comments stand early. */
function textsOfTag(source: ByteSource, tagBytes: number): string {
  const bytes = source.read(0, Math.min(tagBytes, searchBytes))
  let text = ''
  for (const byte of bytes) if (byte !== 0 && byte < 128) text += String.fromCharCode(byte)
  return text
}

/** Whether the file stops inside a frame, walking from the first. */
export function endsInsideFrame(source: ByteSource, first: MpegFrame): boolean {
  let frame: MpegFrame | null = first
  while (frame) {
    const end: number = frame.at + frame.frameBytes
    if (end > source.size) return true
    frame = readFrameHeader(source, end)
  }
  return false
}
