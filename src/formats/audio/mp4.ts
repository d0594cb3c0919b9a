/** Where the packets of an MPEG-4 file's sound lie, and how much of what they give is sound (ISO/IEC 14496-12, -14). */
import { type ByteSource, textAt, viewAt } from './byte-source'
import { badFile } from './decoded-audio'

/** A file of sound in packets. */
export interface PacketTable {
  /** AudioSpecificConfig. */
  config: Uint8Array
  /** Of all packets, in order. */
  offsets: Float64Array
  sizes: Uint32Array
  /** Ticks of the track's clock. */
  ticksPerSecond: number
  /** Of one packet; the last one may be shorter. */
  ticksPerPacket: number
  totalTicks: number
  /** What the encoder put before the sound, in samples, and how many samples of sound there are; null: not said. */
  lead: { samples: number; count: number | null } | null
}

interface Box {
  type: string
  at: number
  end: number
}

const mostPackets = 2 ** 26
/** The standard allows 6144 bits a channel. */
const mostPacketBytes = 65_536

/** The boxes between two places; what does not fit ends the list. */
function* boxesIn(source: ByteSource, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to;) {
    const head = viewAt(source, at, 8)
    if (!head) return
    const type = textAt(source, at + 4, 4)
    let [size, headBytes] = [head.getUint32(0), 8]
    if (size === 1) {
      const long = viewAt(source, at + 8, 8)
      if (!long) return
      ;[size, headBytes] = [Number(long.getBigUint64(0)), 16]
    } else if (size === 0) size = to - at
    if (size < headBytes) return
    yield { type, at: at + headBytes, end: Math.min(to, at + size) }
    at += size
  }
}

const childOf = (source: ByteSource, parent: Box | null, ...path: string[]): Box | null =>
  path.reduce<Box | null>((box, type) => {
    if (!box) return null
    for (const child of boxesIn(source, box.at, box.end)) if (child.type === type) return child
    return null
  }, parent)

/** The bytes of a box as a view that is the caller's own; null where the file has fewer. */
function viewOf(source: ByteSource, box: Box | null): DataView | null {
  if (!box || box.end > source.size) return null
  const bytes = Uint8Array.from(source.read(box.at, box.end - box.at))
  return new DataView(bytes.buffer)
}

/**
 * Reads the tables of an MPEG-4 file's first track of AAC.
 * @throws AppError 'bad-file' that says what is missing, or which kind of sound it is instead
 */
export function readMp4(source: ByteSource, name: string): PacketTable {
  const damaged = (reason: string) => badFile(name, `damaged: ${reason}`, 'Copy or download the file again.')
  const root: Box = { type: '', at: 0, end: source.size }
  const movie = childOf(source, root, 'moov')
  if (!movie) throw damaged('its index (moov) is missing, as of a recording that was not closed')
  const tracks = [...boxesIn(source, movie.at, movie.end)].filter(({ type }) => type === 'trak')
  const track = tracks.find((one) => {
    const handler = childOf(source, one, 'mdia', 'hdlr')
    return handler !== null && textAt(source, handler.at + 8, 4) === 'soun'
  })
  if (!track) throw badFile(name, 'an MPEG-4 file without sound')
  if (childOf(source, movie, 'mvex')) throw badFile(name, 'a fragmented MPEG-4 file, which is not read')
  const media = childOf(source, track, 'mdia')
  const table = childOf(source, media, 'minf', 'stbl')
  const clock = viewOf(source, childOf(source, media, 'mdhd'))
  const times = viewOf(source, childOf(source, table, 'stts'))
  if (!table || !clock || !times) throw damaged('its index is not complete')
  try {
    const ticksPerSecond = clock.getUint32(clock.getUint8(0) === 1 ? 20 : 12)
    if (ticksPerSecond === 0) throw damaged('its clock does not run')
    const { offsets, sizes } = locatePackets(source, table)
    const { ticksPerPacket, totalTicks } = readTimes(times)
    const config = readConfig(source, table, name)
    const perSecond = { ticksPerSecond, movieTicksPerSecond: readMovieClock(source, movie) }
    const lead = readITunesLead(source, movie) ?? readEditLead(source, track, totalTicks, perSecond)
    return { config, offsets, sizes, ticksPerSecond, ticksPerPacket, totalTicks, lead }
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw damaged('its index ends early')
  }
}

function readTimes(times: DataView): { ticksPerPacket: number; totalTicks: number } {
  let totalTicks = 0
  for (let n = 0; n < times.getUint32(4); n++) totalTicks += times.getUint32(8 + 8 * n) * times.getUint32(12 + 8 * n)
  return { ticksPerPacket: times.getUint32(4) > 0 ? times.getUint32(12) : 0, totalTicks }
}

function readMovieClock(source: ByteSource, movie: Box): number {
  const header = viewOf(source, childOf(source, movie, 'mvhd'))
  return header ? header.getUint32(header.getUint8(0) === 1 ? 20 : 12) : 0
}

/** @throws RangeError where a table is shorter than it says */
function locatePackets(source: ByteSource, table: Box): { offsets: Float64Array; sizes: Uint32Array } {
  const sizeBox = viewOf(source, childOf(source, table, 'stsz'))
  const runs = viewOf(source, childOf(source, table, 'stsc'))
  const short = viewOf(source, childOf(source, table, 'stco'))
  const long = short ? null : viewOf(source, childOf(source, table, 'co64'))
  const chunks = short ?? long
  if (!sizeBox || !runs || !chunks) throw new RangeError('tables are missing')
  const [common, count] = [sizeBox.getUint32(4), sizeBox.getUint32(8)]
  if (count > mostPackets || (common === 0 && sizeBox.byteLength < 12 + 4 * count)) throw new RangeError('sizes')
  const sizes = new Uint32Array(count)
  for (let n = 0; n < count; n++) {
    sizes[n] = common === 0 ? sizeBox.getUint32(12 + 4 * n) : common
    if (sizes[n]! > mostPacketBytes) throw new RangeError('a packet larger than any of sound')
  }
  const offsets = new Float64Array(count)
  const [chunkCount, runCount] = [chunks.getUint32(4), runs.getUint32(4)]
  let packet = 0
  for (let run = 0; run < runCount && packet < count; run++) {
    const first = runs.getUint32(8 + 12 * run) - 1
    const perChunk = runs.getUint32(12 + 12 * run)
    const next = run + 1 < runCount ? runs.getUint32(20 + 12 * run) - 1 : chunkCount
    for (let chunk = first; chunk < Math.min(next, chunkCount) && packet < count; chunk++) {
      if (perChunk === 0) throw new RangeError('chunks of nothing')
      let at = short ? chunks.getUint32(8 + 4 * chunk) : Number(chunks.getBigUint64(8 + 8 * chunk))
      for (let n = 0; n < perChunk && packet < count; n++) {
        offsets[packet] = at
        at += sizes[packet++]!
      }
    }
  }
  if (packet < count) throw new RangeError('fewer places than packets')
  return { offsets, sizes }
}

/** The decoder's configuration out of the sample description. */
function readConfig(source: ByteSource, table: Box, name: string): Uint8Array {
  const descriptions = childOf(source, table, 'stsd')
  const [entry] = descriptions ? [...boxesIn(source, descriptions.at + 8, descriptions.end)] : []
  if (!entry) throw badFile(name, 'an MPEG-4 file that does not say what its sound is')
  if (entry.type === 'alac') throw badFile(name, 'Apple Lossless (ALAC) in an MPEG-4 file, which is not read')
  if (entry.type !== 'mp4a') throw badFile(name, `an MPEG-4 file with sound of the kind “${entry.type.trim()}”`)
  // QuickTime's later versions of the description are longer.
  const version = viewAt(source, entry.at + 8, 2)?.getUint16(0) ?? 0
  const inside = { ...entry, at: entry.at + 28 + (version === 1 ? 16 : version === 2 ? 36 : 0) }
  const descriptor = childOf(source, inside, 'esds') ?? childOf(source, inside, 'wave', 'esds')
  const bytes = descriptor && source.read(descriptor.at + 4, descriptor.end - descriptor.at - 4).slice()
  const found = bytes && findConfig(bytes)
  if (!found)
    throw badFile(name, 'damaged: its sound’s configuration cannot be read', 'Copy or download the file again.')
  return found
}

/** Descriptors within descriptors: 3 (stream), 4 (decoder), 5 (its configuration). ISO/IEC 14496-1, 7.2.6. */
function findConfig(bytes: Uint8Array): Uint8Array | null {
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at++]
    let size = 0
    for (let n = 0; n < 4; n++) {
      const byte = bytes[at++] ?? 0
      size = size * 128 + (byte & 127)
      if (byte < 128) break
    }
    if (tag === 5) return bytes.subarray(at, at + size)
    if (tag === 3) {
      const flags = bytes[at + 2] ?? 0
      at += 3 + (flags & 128 ? 2 : 0) + (flags & 32 ? 2 : 0)
      if (flags & 64) at += 1 + (bytes[at] ?? 0)
    } else if (tag === 4) at += 13
    else at += size
  }
  return null
}

/** ` 00000000 00000840 0000037C 00000000004D2940 …`: the encoder's delay, its padding, and the samples between. */
function readITunesLead(source: ByteSource, movie: Box): PacketTable['lead'] {
  const meta = childOf(source, movie, 'udta', 'meta')
  const list = meta && childOf(source, { ...meta, at: meta.at + 4 }, 'ilst')
  if (!list) return null
  for (const item of boxesIn(source, list.at, list.end)) {
    if (item.type !== '----') continue
    const label = childOf(source, item, 'name')
    const value = childOf(source, item, 'data')
    if (!label || !value || textAt(source, label.at + 4, label.end - label.at - 4) !== 'iTunSMPB') continue
    const text = textAt(source, value.at + 8, Math.min(200, value.end - value.at - 8))
    const match = /^\s*[0-9A-F]{8} ([0-9A-F]{8}) [0-9A-F]{8} ([0-9A-F]{16})/i.exec(text)
    if (match) return { samples: Number.parseInt(match[1]!, 16), count: Number.parseInt(match[2]!, 16) }
  }
  return null
}

/** What the edit list leaves out at the start and, where it says so, at the end: in ticks of the track, one a sample. */
function readEditLead(
  source: ByteSource,
  track: Box,
  totalTicks: number,
  { ticksPerSecond, movieTicksPerSecond }: { ticksPerSecond: number; movieTicksPerSecond: number },
): PacketTable['lead'] {
  const edits = viewOf(source, childOf(source, track, 'edts', 'elst'))
  if (!edits) return null
  const isLong = edits.getUint8(0) === 1
  for (let n = 0; n < edits.getUint32(4); n++) {
    const at = 8 + n * (isLong ? 20 : 12)
    const duration = isLong ? Number(edits.getBigUint64(at)) : edits.getUint32(at)
    const start = isLong ? Number(edits.getBigInt64(at + 8)) : edits.getInt32(at + 4)
    // An empty edit only delays: what is heard is what comes after it.
    if (start < 0) continue
    const rest = totalTicks - start
    if (movieTicksPerSecond === 0 || duration === 0) return { samples: start, count: rest }
    // The movie's clock is often a coarse one: within a tick of it the packets' own times are more exact.
    const tick = ticksPerSecond / movieTicksPerSecond
    const count = Math.round(duration * tick)
    return { samples: start, count: rest - count > tick ? count : rest }
  }
  return null
}
