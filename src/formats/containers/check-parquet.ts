/**
 * Holds what a Parquet file claims against its size, before hyparquet reads it: that makes room for as many entries as
 * a footer, a page or a run says it has, and a few bytes can say any number (apache/parquet-format, README and Encodings).
 */
import { parquetMetadata, parquetSchema, snappyUncompress } from 'hyparquet/src/index.js'
import { ThriftReader, type ThriftStruct, type ThriftValue } from './thrift'

type Metadata = ReturnType<typeof parquetMetadata>
type Chunk = Metadata['row_groups'][number]['columns'][number]

/** Snappy makes at most 64 bytes of three. */
const mostInflated = 32
/** How many values there may be for each byte of the file: a column of one value has many in few. */
const valuesPerByte = 64
const fewValues = 100_000

const encodings = { plain: 0, plainDictionary: 2, rle: 3, deltaBytes: 7, rleDictionary: 8 }
const pageKinds = { data: 0, dictionary: 2, dataV2: 3 }

/** @throws RangeError where the footer claims more than there is */
export function checkFooter(bytes: Uint8Array): void {
  if (bytes.length < 12) throw new RangeError('the file is too short')
  const size = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(bytes.length - 8, true)
  if (size > bytes.length - 8) throw new RangeError('its footer is longer than the file')
  new ThriftReader(bytes.subarray(bytes.length - 8 - size, bytes.length - 8)).readStruct()
}

/** Checks pages of columns, one after the other, and counts their values over all of them. */
export class PageChecker {
  private values = 0

  constructor(
    private readonly bytes: Uint8Array,
    private readonly metadata: Metadata,
  ) {}

  /** @throws RangeError where a page claims more than there is, or is written as it cannot be read */
  check({ meta_data: meta }: Chunk, rows: number): void {
    if (!meta) throw new RangeError('a column without a place')
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset)
    const end = Math.min(start + Number(meta.total_compressed_size), this.bytes.length)
    if (!(start >= 0 && end >= start)) throw new RangeError('a column lies outside the file')
    const levels = this.findLevels(meta.path_in_schema)
    const reader = new ThriftReader(this.bytes.subarray(start, end))
    // As far as it is read: where a page has a value for each row, to the last row.
    const before = this.values
    const isRead = (): boolean => !levels.isNested && this.values - before >= rows
    while (reader.at < end - start - 1 && !isRead()) {
      const header = reader.readStruct()
      const packed = numberIn(header, 3)
      if (packed > end - start - reader.at) throw new RangeError(`a page claims ${packed} bytes`)
      const body = this.bytes.subarray(start + reader.at, start + reader.at + packed)
      this.checkPage(header, body, meta.codec, levels)
      reader.at += packed
    }
  }

  private findLevels(path: readonly string[]): { repetition: number; definition: number; isNested: boolean } {
    let node = parquetSchema(this.metadata)
    let repetition = 0
    let definition = 0
    for (const name of path) {
      const child = node.children.find(({ element }) => element.name === name)
      if (!child) throw new RangeError('a column that the schema does not have')
      node = child
      if (node.element.repetition_type === 'REPEATED') repetition++
      if (node.element.repetition_type !== 'REQUIRED') definition++
    }
    return { repetition, definition, isNested: path.length > 1 || repetition > 0 }
  }

  private checkPage(
    header: ThriftStruct,
    packed: Uint8Array,
    codec: string,
    levels: { repetition: number; definition: number },
  ): void {
    const kind = numberIn(header, 1)
    const size = numberIn(header, 2)
    const isSecond = kind === pageKinds.dataV2
    const own = structIn(header, isSecond ? 8 : kind === pageKinds.dictionary ? 7 : 5)
    const count = numberIn(own, 1)
    if (kind !== pageKinds.dictionary) this.values += count
    if (this.values + count > fewValues + this.bytes.length * valuesPerByte)
      throw new RangeError(`its pages claim ${this.values} values or more`)
    if (kind === pageKinds.dictionary) {
      inflate(packed, size, codec)
      return
    }
    if (isSecond) this.checkSecond(own, packed, size, codec, levels, count)
    else this.checkFirst(own, inflate(packed, size, codec), levels, count)
  }

  private checkFirst(
    own: ThriftStruct,
    page: Uint8Array,
    levels: { repetition: number; definition: number },
    count: number,
  ): void {
    let at = 0
    let present = count
    for (const most of [levels.repetition, levels.definition]) {
      if (most === 0) continue
      const size = new DataView(page.buffer, page.byteOffset, page.byteLength).getUint32(at, true)
      const whole = checkRuns(page.subarray(at + 4), widthOf(most), count, most)
      if (most === levels.definition) present = whole
      at += 4 + size
    }
    checkValues(page.subarray(at), numberIn(own, 2), present)
  }

  private checkSecond(
    own: ThriftStruct,
    packed: Uint8Array,
    size: number,
    codec: string,
    levels: { repetition: number; definition: number },
    count: number,
  ): void {
    const nulls = numberIn(own, 2)
    const definitionBytes = numberIn(own, 5)
    const repetitionBytes = numberIn(own, 6)
    const levelBytes = definitionBytes + repetitionBytes
    if (nulls > count || levelBytes > packed.length || levelBytes > size)
      throw new RangeError('a page is longer than it is')
    if (levels.repetition > 0) checkRuns(packed, widthOf(levels.repetition), count)
    if (levels.definition > 0) checkRuns(packed.subarray(repetitionBytes), widthOf(levels.definition), count)
    const values = packed.subarray(levelBytes)
    const page = own.get(7) === false ? values : inflate(values, size - levelBytes, codec)
    checkValues(page, numberIn(own, 4), count - nulls)
  }
}

function inflate(packed: Uint8Array, size: number, codec: string): Uint8Array {
  if (codec === 'UNCOMPRESSED') return packed
  if (codec !== 'SNAPPY') throw new RangeError(`its columns are packed as ${codec}; only Snappy can be read`)
  if (size > packed.length * mostInflated + 64) throw new RangeError(`a page claims to unpack to ${size} bytes`)
  checkSnappy(packed, size)
  const page = new Uint8Array(size)
  snappyUncompress(packed, page)
  return page
}

/**
 * Holds the elements of a Snappy stream (google/snappy, format_description.txt) against its size: lengths and offsets of
 * four bytes are negative numbers to hyparquet, which then goes backwards and nearly without end.
 */
function checkSnappy(packed: Uint8Array, size: number): void {
  const read = (at: number, bytes: number): number => {
    let value = 0
    for (let i = bytes - 1; i >= 0; i--) value = value * 256 + (packed[at + i] ?? 0)
    return value
  }
  let at = 0
  while ((packed[at] ?? 0) >= 128) at++
  at++
  let made = 0
  while (at < packed.length) {
    const tag = packed[at++]!
    const kind = tag & 3
    let length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    const bytes = kind === 0 ? Math.max(0, length - 60) : kind === 3 ? 4 : kind
    const value = read(at, bytes) + (kind === 1 ? (tag >>> 5) << 8 : 0)
    if (kind === 0 && bytes > 0) length = value + 1
    if (kind !== 0 && (value === 0 || value > made)) throw new RangeError('a page that cannot be unpacked')
    at += bytes + (kind === 0 ? length : 0)
    made += length
    if (at > packed.length || made > size) throw new RangeError('a page unpacks to more than it says')
  }
}

function checkValues(page: Uint8Array, encoding: number, count: number): void {
  if (encoding === encodings.deltaBytes)
    throw new RangeError('its text is written as DELTA_BYTE_ARRAY, which is not read')
  if (encoding === encodings.rle) checkRuns(page.subarray(4), 1, count)
  else if (encoding === encodings.rleDictionary || encoding === encodings.plainDictionary) {
    const width = page[0] ?? 0
    if (width > 32) throw new RangeError(`numbers of ${width} bits`)
    if (width > 0) checkRuns(page.subarray(1), width, count)
  }
}

/**
 * Runs of one value, and of packed ones in eights: they must not go beyond the values that there are.
 * @returns how many of the values are `wanted`, which has at most eight bits
 */
function checkRuns(bytes: Uint8Array, width: number, count: number, wanted = -1): number {
  let at = 0
  let found = 0
  for (let seen = 0; seen < count;) {
    let head = 0
    for (let shift = 0, isMore = true; isMore; shift += 7) {
      const byte = bytes[at++]
      if (byte === undefined || shift > 28) throw new RangeError('a run breaks off')
      head |= (byte & 127) << shift
      isMore = byte >= 128
    }
    const isPacked = (head & 1) === 1
    const length = isPacked ? (head >>> 1) * 8 : head >>> 1
    // Eights may reach beyond the end; nothing at all would never end.
    if (length === 0 || length > count - seen + (isPacked ? 7 + 8 * 63 : 0))
      throw new RangeError(`a run of ${length} where ${count - seen} are left`)
    const size = isPacked ? (length / 8) * width : (width + 7) >> 3
    if (wanted >= 0) {
      const own = Math.min(length, count - seen)
      if (!isPacked) found += bytes[at] === wanted ? own : 0
      else for (let i = 0; i < own; i++) if (bitsAt(bytes, at, i * width, width) === wanted) found++
    }
    at += size
    seen += length
  }
  return found
}

/** A number of at most eight bits, the lowest first. */
function bitsAt(bytes: Uint8Array, start: number, bit: number, width: number): number {
  const at = start + (bit >> 3)
  return (((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)) >> (bit & 7)) & ((1 << width) - 1)
}

const widthOf = (most: number): number => 32 - Math.clz32(most)

function numberIn(struct: ThriftStruct, field: number): number {
  const value = struct.get(field)
  if (typeof value !== 'number' || value < 0) throw new RangeError('a page says no number where it must')
  return value
}

function structIn(struct: ThriftStruct, field: number): ThriftStruct {
  const value: ThriftValue | undefined = struct.get(field)
  if (!(value instanceof Map)) throw new RangeError('a page of an unknown kind')
  return value
}
