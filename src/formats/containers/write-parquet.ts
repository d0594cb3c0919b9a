import { ByteWriter, ParquetWriter } from 'hyparquet-writer/src/index.js'
import { concatBytes } from './protobuf'

/** Writes a table of text columns, row group by row group, and hands over the bytes of each as it is made. */
export class ParquetText {
  private readonly bytes = new Passing()
  private readonly writer: ParquetWriter

  /** @param names of the columns */
  constructor(private readonly names: readonly string[]) {
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: [
        { name: 'root', num_children: names.length },
        ...names.map((name) => ({
          name,
          type: 'BYTE_ARRAY' as const,
          converted_type: 'UTF8' as const,
          repetition_type: 'REQUIRED' as const,
        })),
      ],
    })
  }

  /** The bytes of one more row group. @param rows not none */
  write(rows: readonly Record<string, string>[]): Uint8Array {
    const columnData = this.names.map((name) => ({ name, data: rows.map((row) => row[name]!) }))
    void this.writer.write({ columnData, rowGroupSize: rows.length })
    return this.bytes.take()
  }

  /** The bytes of the last rows, which may be none, and of the end. */
  finish(rows: readonly Record<string, string>[]): Uint8Array {
    const last = rows.length > 0 ? this.write(rows) : new Uint8Array()
    void this.writer.finish()
    return concatBytes([last, this.bytes.take()])
  }
}

/** hyparquet's writer, whose bytes can be taken out while its offset counts on. */
class Passing extends ByteWriter {
  take(): Uint8Array {
    const taken = this.getBytes().slice()
    this.index = 0
    return taken
  }
}
