/** Tables in Apache Parquet (parquet.apache.org), by hyparquet. */
import { parquetMetadata, parquetReadObjects } from 'hyparquet/src/index.js'
import { AppError } from '../../shared/errors'

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
