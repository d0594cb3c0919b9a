/** Tables in Apache Parquet (parquet.apache.org), by hyparquet. */
import { parquetMetadata, parquetRead } from 'hyparquet/src/index.js'
import { AppError } from '../../shared/errors'
import { checkFooter, PageChecker } from './check-parquet'

type Metadata = ReturnType<typeof parquetMetadata>

/** A table of more columns is none. */
const mostColumns = 10_000

/**
 * The rows of a table; columns made of several (audio with bytes and path) are left out. Columns are read one at a time:
 * of several at once, hyparquet would leave failures that nobody hears.
 * @throws AppError bad-file
 */
export async function readParquet(bytes: Uint8Array, name: string): Promise<Record<string, unknown>[]> {
  const file = new Uint8Array(bytes).buffer
  try {
    checkFooter(bytes)
    const metadata = parquetMetadata(file, { geoparquet: false })
    const pages = new PageChecker(bytes, metadata)
    const rows: Record<string, unknown>[] = []
    for (const group of metadata.row_groups) {
      const groupRows = Number(group.num_rows)
      // Every row has a name of its own, of at least one byte.
      if (!(groupRows >= 0) || rows.length + groupRows > bytes.length)
        throw new RangeError(`it says it has ${groupRows} rows in ${bytes.length} bytes`)
      if (group.columns.length > mostColumns) throw new RangeError(`it has ${group.columns.length} columns`)
      const first = rows.length
      for (const [column, chunks] of groupByTop(group.columns)) {
        if (chunks.length > 1) continue
        pages.check(chunks[0]!, groupRows)
        const own = { ...metadata, row_groups: [group], num_rows: group.num_rows }
        const values = await readColumn(file, own, column)
        values.slice(0, groupRows).forEach((value, index) => {
          // Whatever a column is called, it is one.
          const row = (rows[first + index] ??= Object.create(null) as Record<string, unknown>)
          row[column] = value
        })
      }
    }
    return rows
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('bad-file', `${name} cannot be read as Parquet: ${(cause as Error).message}.`, { cause })
  }
}

async function readColumn(file: ArrayBuffer, metadata: Metadata, column: string): Promise<unknown[]> {
  let rows: unknown[][] = []
  await parquetRead({
    file,
    metadata,
    columns: [column],
    onComplete: (read) => {
      rows = read as unknown as unknown[][] // rows are lists unless asked for as objects
    },
  })
  return rows.map(([value]) => value)
}

/** Columns by the name of the field that they are a part of. */
function groupByTop<C extends { meta_data?: { path_in_schema: string[] } }>(columns: readonly C[]): Map<string, C[]> {
  const byTop = new Map<string, C[]>()
  for (const column of columns) {
    const top = column.meta_data?.path_in_schema[0]
    if (top === undefined) continue
    const own = byTop.get(top)
    if (own) own.push(column)
    else byTop.set(top, [column])
  }
  return byTop
}
