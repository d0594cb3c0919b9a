/** What the pages of an Ogg file say about its length and its end (RFC 3533); the sound itself is decoded elsewhere. */
import { type ByteSource, textAt, viewAt } from './byte-source'

export type OggCodec = 'ogg-vorbis' | 'opus' | 'flac'

export interface OggPage {
  isFirst: boolean
  isLast: boolean
  /** −1 where no packet ends on the page. */
  granule: number
  serial: number
  bodyAt: number
  endAt: number
}

/** The header of the page at `at`; null where there is none or it is cut off. The body may be. */
export function readOggPage(source: ByteSource, at: number): OggPage | null {
  const head = viewAt(source, at, 27)
  if (head?.getUint32(0) !== 0x4f676753) return null
  const flags = head.getUint8(5)
  const segments = head.getUint8(26)
  const page = {
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: Number(head.getBigInt64(6, true)),
    serial: head.getUint32(14, true),
    bodyAt: at + 27 + segments,
    endAt: at + 27 + segments,
  }
  const table = source.read(at + 27, segments)
  if (table.length < segments) return null
  for (const size of table) page.endAt += size
  return page
}

function codecOf(source: ByteSource, page: OggPage): OggCodec | null {
  const mark = textAt(source, page.bodyAt, 8)
  if (mark.startsWith('\x01vorbis')) return 'ogg-vorbis'
  if (mark === 'OpusHead') return 'opus'
  return mark.startsWith('\x7fFLAC') ? 'flac' : null
}

export const isOgg = (source: ByteSource): boolean => textAt(source, 0, 4) === 'OggS'

export interface OggHead {
  codec: OggCodec
  /** Of Vorbis; 48000 for Opus, whatever it was made from; 0 for FLAC, which says it elsewhere. */
  sampleRateHz: number
  /** 0 for FLAC. */
  channelCount: number
}

/** What the first audio stream is, null where there is none. */
export function readOggHead(source: ByteSource): OggHead | null {
  let page = readOggPage(source, 0)
  while (page?.isFirst) {
    const codec = codecOf(source, page)
    const head = viewAt(source, page.bodyAt, 16)
    if (codec === 'flac') return { codec, sampleRateHz: 0, channelCount: 0 }
    if (codec === 'opus' && head) return { codec, sampleRateHz: 48000, channelCount: head.getUint8(9) }
    if (codec && head) return { codec, sampleRateHz: head.getUint32(12, true), channelCount: head.getUint8(11) }
    page = readOggPage(source, page.endAt)
  }
  return null
}

/** One of the streams that were written one after the other into a file: each begins with headers of its own. */
export interface OggLink {
  from: number
  to: number
  /** Samples per channel up to the last page whose header could be read, lead-in (Opus pre-skip) taken off. */
  declaredSamples: number
}

export interface OggSummary {
  links: OggLink[]
  /** Whether every page is whole and the streams end as streams end. */
  isComplete: boolean
}

/** Walks the pages. Streams of other kinds (video, text) are passed over. */
export function summariseOgg(source: ByteSource): OggSummary {
  const links: OggLink[] = []
  let streams = new Map<number, { lead: number; last: number; isEnded: boolean }>()
  let at = 0
  let isComplete = true
  const areEnded = (): boolean => [...streams.values()].every(({ isEnded }) => isEnded)
  while (at < source.size) {
    const page = readOggPage(source, at)
    // What follows an ended stream (a tag, say) is no loss; anything else shows in a stream that does not end.
    if (!page) break
    if (links.length === 0 || (page.isFirst && areEnded())) {
      links.push({ from: at, to: at, declaredSamples: 0 })
      streams = new Map()
    }
    const codec = page.isFirst ? codecOf(source, page) : null
    if (codec) {
      const head = codec === 'opus' ? viewAt(source, page.bodyAt, 16) : null
      streams.set(page.serial, { lead: head?.getUint16(10, true) ?? 0, last: 0, isEnded: false })
    }
    const stream = streams.get(page.serial)
    if (stream) {
      if (page.granule > 0) stream.last = page.granule
      stream.isEnded = page.isLast
    }
    if (page.endAt > source.size) isComplete = false
    at = page.endAt
    const link = links.at(-1)!
    link.to = Math.min(at, source.size)
    link.declaredSamples = [...streams.values()].reduce((sum, { last, lead }) => sum + Math.max(0, last - lead), 0)
  }
  return { links, isComplete: isComplete && areEnded() }
}
