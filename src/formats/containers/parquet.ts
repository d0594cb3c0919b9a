/** Tables in Apache Parquet (parquet.apache.org), by hyparquet. */
import { parquetMetadata, parquetReadObjects } from 'hyparquet/src/index.js'
import { ByteWriter, ParquetWriter } from 'hyparquet-writer/src/index.js'
import { AppError } from '../../shared/errors'
import { concatBytes } from './protobuf'

/** A table of more rows is refused: a few bytes can promise any number. */
const maxRows = 10_000_000

/**
 * The rows of a table; columns made of several (audio with bytes and path) are left out. Columns are read one at a time:
 * of several at once, hyparquet would leave failures that nobody hears.
 * @throws AppError bad-file
 */
export async function readParquet(bytes: Uint8Array, name: string): Promise<Record<string, unknown>[]> {
  const file = new Uint8Array(bytes).buffer
  try {
    const metadata = parquetMetadata(file)
    const rows: Record<string, unknown>[] = []
    for (const group of metadata.row_groups) {
      const groupRows = Number(group.num_rows)
      if (!(groupRows >= 0) || rows.length + groupRows > maxRows)
        throw new RangeError(`it says it has ${groupRows} rows`)
      const first = rows.length
      const tops = group.columns.map((column) => column.meta_data?.path_in_schema[0])
      const single = tops.filter((top) => top !== undefined && tops.indexOf(top) === tops.lastIndexOf(top))
      for (const column of single) {
        if (column === undefined) continue
        const own = { ...metadata, row_groups: [group], num_rows: group.num_rows }
        const values = await parquetReadObjects({ file, metadata: own, columns: [column] })
        values.slice(0, groupRows).forEach((value, index) => {
          const row = (rows[first + index] ??= {})
          row[column] = value[column]
        })
      }
    }
    return rows
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('bad-file', `${name} cannot be read as Parquet: ${(cause as Error).message}.`, { cause })
  }
}

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
