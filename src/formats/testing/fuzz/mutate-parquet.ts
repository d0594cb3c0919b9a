import { parquetReadObjects } from 'hyparquet/src/index.js'
import { parquetWriteBuffer } from 'hyparquet-writer/src/index.js'
import { concat, mutateBytes, mutateWithin } from './mutate-bytes'
import { mutateJson } from './mutate-json'
import { nastyTexts } from './mutate-text'
import { below, isOneIn, pick, pickWeighted, type Random } from './random'

const tailBytes = 8

/** Numbers of Thrift's compact protocol (varints, zigzag) that claim much. */
const varints = [
  [0x00],
  [0x01],
  [0xfe, 0xff, 0xff, 0xff, 0x0f],
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x20],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80],
]

/** Writes a large number into the footer and says its new length, so that the reader comes so far. */
function claimInFooter(file: Uint8Array, footerStart: number, random: Random): Uint8Array {
  const end = file.length - tailBytes
  const at = footerStart + below(random, end - footerStart)
  const footer = concat(
    file.subarray(footerStart, at),
    Uint8Array.from(pick(random, varints)),
    file.subarray(Math.min(end, at + 1 + below(random, 3)), end),
  )
  const tail = new Uint8Array(tailBytes)
  new DataView(tail.buffer).setUint32(0, footer.length, true)
  tail.set([0x50, 0x41, 0x52, 0x31], 4)
  return concat(file.subarray(0, footerStart), footer, tail)
}

/** The same table with other values and columns, written as it should be. */
function rewrite(rows: Record<string, unknown>[], random: Random): Uint8Array {
  const names = Object.keys(rows[0] ?? {})
  const columns = names.map((name) => ({
    name,
    data: rows.map((row) => {
      const value = String(row[name])
      if (!isOneIn(random, 8)) return value
      return /^[[{]/.test(value) ? mutateJson(value, random) : pick(random, nastyTexts)
    }),
    type: 'STRING' as const,
    nullable: false,
  }))
  if (isOneIn(random, 4)) columns.splice(below(random, columns.length), 1)
  if (isOneIn(random, 6))
    columns.push({ ...columns[0]!, name: pick(random, ['__proto__', 'x.y', 'FILE_NAME', 'split', '']) })
  const numbers = isOneIn(random, 3) ? [{ name: 'score', data: rows.map(() => random()), type: 'DOUBLE' as const }] : []
  return new Uint8Array(parquetWriteBuffer({ columnData: [...columns, ...numbers] }))
}

/**
 * Damages a Parquet file: the footer with its schema and places, the pages before it, the file as bytes; and writes other
 * values as they should be.
 */
export async function mutateParquet(file: Uint8Array, random: Random): Promise<Uint8Array> {
  const length =
    file.length > 12 ? new DataView(file.buffer, file.byteOffset).getUint32(file.length - tailBytes, true) : 0
  const footerStart = file.length - tailBytes - length
  if (length === 0 || footerStart < 4) return mutateBytes(file, random)
  const kind = pickWeighted(random, [
    [4, 'claim'],
    [3, 'footer'],
    [3, 'pages'],
    [2, 'bytes'],
    [3, 'values'],
  ] as const)
  switch (kind) {
    case 'claim':
      return claimInFooter(file, footerStart, random)
    case 'footer':
      return mutateWithin(file, footerStart, file.length - tailBytes, random)
    case 'pages':
      return mutateWithin(file, 4, footerStart, random)
    case 'bytes':
      return mutateBytes(file, random)
    case 'values':
      return rewrite(await parquetReadObjects({ file: file.slice().buffer }), random)
  }
}
