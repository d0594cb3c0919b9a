/** What the pages of an Ogg file say about its length and its end (RFC 3533); the sound itself is decoded elsewhere. */

export type OggCodec = 'ogg-vorbis' | 'opus' | 'flac'

interface Page {
  isFirst: boolean
  isLast: boolean
  /** −1 where no packet ends on the page. */
  granule: number
  serial: number
  bodyAt: number
  endAt: number
}

function readPage(bytes: Uint8Array, at: number): Page | null {
  if (at + 27 > bytes.length) return null
  if (!isOgg(bytes.subarray(at, at + 4))) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 27)
  const segments = view.getUint8(26)
  const bodyAt = at + 27 + segments
  if (bodyAt > bytes.length) return null
  let endAt = bodyAt
  for (let i = at + 27; i < bodyAt; i++) endAt += bytes[i]!
  const flags = view.getUint8(5)
  return {
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: Number(view.getBigInt64(6, true)),
    serial: view.getUint32(14, true),
    bodyAt,
    endAt,
  }
}

function codecOf(bytes: Uint8Array, page: Page): OggCodec | null {
  const mark = String.fromCharCode(...bytes.subarray(page.bodyAt, page.bodyAt + 8))
  if (mark.startsWith('\x01vorbis')) return 'ogg-vorbis'
  if (mark === 'OpusHead') return 'opus'
  return mark.startsWith('\x7fFLAC') ? 'flac' : null
}

export function isOgg(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4f && bytes[1] === 0x67 && bytes[2] === 0x67 && bytes[3] === 0x53
}

/** The codec of the first audio stream, null where there is none. */
export function findOggCodec(bytes: Uint8Array): OggCodec | null {
  let page = readPage(bytes, 0)
  while (page?.isFirst) {
    const codec = codecOf(bytes, page)
    if (codec) return codec
    page = readPage(bytes, page.endAt)
  }
  return null
}

function rateOf(codec: OggCodec, head: DataView): number {
  if (codec === 'ogg-vorbis') return head.getUint32(12, true)
  return codec === 'opus' ? 48000 : 0
}

export interface OggSummary {
  /** Samples per channel up to the last page whose header could be read, lead-in (Opus pre-skip) taken off. */
  declaredSamples: number
  /** Whether every page is whole and the streams end as streams end. */
  isComplete: boolean
  /** Of the first Vorbis stream; 48000 for Opus; 0 where the stream does not say it here (FLAC). */
  sampleRateHz: number
}

/** Walks the pages; chained streams add up, streams of other kinds (video, text) are passed over. */
export function summariseOgg(bytes: Uint8Array): OggSummary {
  const streams = new Map<number, { lead: number; last: number; isEnded: boolean }>()
  let sampleRateHz = 0
  let at = 0
  let isWhole = true
  while (at < bytes.length) {
    const page = readPage(bytes, at)
    // What follows an ended stream (a tag, say) is no loss; anything else shows in a stream that does not end.
    if (!page) break
    const codec = page.isFirst ? codecOf(bytes, page) : null
    if (codec) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + page.bodyAt)
      const isRead = page.bodyAt + 16 <= bytes.length
      if (sampleRateHz === 0 && isRead) sampleRateHz = rateOf(codec, view)
      streams.set(page.serial, {
        lead: codec === 'opus' && isRead ? view.getUint16(10, true) : 0,
        last: 0,
        isEnded: false,
      })
    }
    const stream = streams.get(page.serial)
    if (stream) {
      if (page.granule > 0) stream.last = page.granule
      stream.isEnded = page.isLast
    }
    if (page.endAt > bytes.length) isWhole = false
    at = page.endAt
  }
  const audio = [...streams.values()]
  return {
    declaredSamples: audio.reduce((sum, { last, lead }) => sum + Math.max(0, last - lead), 0),
    isComplete: isWhole && audio.every(({ isEnded }) => isEnded),
    sampleRateHz,
  }
}
