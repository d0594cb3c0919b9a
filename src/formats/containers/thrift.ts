/** Thrift's compact protocol (thrift-compact-protocol.md), as much of it as Parquet's footer and page headers use. */

/** A struct by the numbers of its fields. */
export type ThriftStruct = Map<number, ThriftValue>
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftValue[] | ThriftStruct

/** Parquet's own go to nine. */
const mostDeep = 32

/**
 * Reads structs, and takes nobody's word: a list or text that claims more than the bytes that are left is refused before
 * anything is made of it.
 */
export class ThriftReader {
  private readonly view: DataView

  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** @throws RangeError where it breaks off, claims too much or has what Parquet does not use */
  readStruct(depth = 0): ThriftStruct {
    if (depth > mostDeep) throw new RangeError('structs within structs without end')
    const struct: ThriftStruct = new Map()
    let field = 0
    for (;;) {
      const head = this.readByte()
      const type = head & 15
      if (type === 0) return struct
      field = head >> 4 === 0 ? Number(this.readZigzag()) : field + (head >> 4)
      struct.set(field, this.readValue(type, depth))
    }
  }

  private readValue(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
        return true
      case 2:
        return false
      case 3:
        return (this.readByte() << 24) >> 24
      case 4:
      case 5:
        return Number(BigInt.asIntN(32, this.readZigzag()))
      case 6:
        return this.readZigzag()
      case 7:
        this.at += 8
        return this.view.getFloat64(this.at - 8, true)
      case 8: {
        const size = this.readSize()
        this.at += size
        return this.bytes.subarray(this.at - size, this.at)
      }
      case 9:
        return this.readList(depth + 1)
      case 12:
        return this.readStruct(depth + 1)
      default:
        throw new RangeError(`a field of the unknown type ${type}`)
    }
  }

  private readList(depth: number): ThriftValue[] {
    if (depth > mostDeep) throw new RangeError('lists within lists without end')
    const head = this.readByte()
    const type = head & 15
    const size = head >> 4 === 15 ? this.readSize() : head >> 4
    const values: ThriftValue[] = []
    // In a list a yes or no has a byte of its own.
    for (let i = 0; i < size; i++) values.push(type <= 2 ? this.readByte() === 1 : this.readValue(type, depth))
    return values
  }

  private readByte(): number {
    const byte = this.bytes[this.at++]
    if (byte === undefined) throw new RangeError('it breaks off')
    return byte
  }

  /** A length in bytes, or a number of entries, each of at least one. */
  private readSize(): number {
    const size = Number(this.readVarint())
    if (size > this.bytes.length - this.at) throw new RangeError(`a field claims ${size} bytes`)
    return size
  }

  private readVarint(): bigint {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.readByte()
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
    throw new RangeError('a number without end')
  }

  private readZigzag(): bigint {
    const value = this.readVarint()
    return (value >> 1n) ^ -(value & 1n)
  }
}
