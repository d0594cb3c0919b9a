import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parquetWriteBuffer } from 'hyparquet-writer/src/index.js'
import { describe, expect, it } from 'vitest'
import { checkFooter } from './check-parquet'
import { readParquet } from './parquet'
import { ThriftReader } from './thrift'

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.parquet`)))
const count = 300

/** scripts/make-parquet-fixtures.py says the same. */
const rowOf = (i: number): Record<string, unknown> => ({
  file_name: `clip ${String(i).padStart(3, '0')}.wav`,
  label: ['dog', 'Vögel', null][i % 3],
  take: i * i - 100,
  bytes: BigInt(i) * 10n ** 9n,
  score: i / 8,
  checked: i % 5 === 0,
  labels: [...Array<string>(i % 4).fill('dog'), ...Array<string>(i % 2).fill('cat')],
  same: 'constant',
})

describe('Parquet', () => {
  it('refuses at once what unpacks backwards, which the fuzzer made and hyparquet took seconds for', async () => {
    const cpu = process.cpuUsage()
    await expect(readParquet(fixture('backwards'), 'x.parquet')).rejects.toThrow(
      /^x\.parquet cannot be read as Parquet: a page (that cannot be unpacked|unpacks to more than it says)\.$/,
    )
    expect(process.cpuUsage(cpu).user).toBeLessThan(1e6)
  })

  it.each(['snappy', 'pages-v2', 'plain', 'deltas'])('as pyarrow writes it (%s) is read row by row', async (name) => {
    const rows = await readParquet(fixture(name), name)
    expect(rows.map((row) => ({ ...row }))).toEqual(Array.from({ length: count }, (_, i) => rowOf(i)))
  })

  it.each([
    ['delta-bytes', /DELTA_BYTE_ARRAY, which is not read/],
    ['zstd', /packed as ZSTD; only Snappy can be read/],
  ])('written in a way that is not read (%s) is refused by name', async (name, reason) => {
    await expect(readParquet(fixture(name), `${name}.parquet`)).rejects.toMatchObject({
      code: 'bad-file',
      message: expect.stringMatching(reason) as string,
    })
  })

  it('takes a column of any name as one', async () => {
    const columnData = ['file_name', '__proto__', 'constructor'].map((name) => ({
      name,
      data: ['a', 'b'],
      type: 'STRING' as const,
      nullable: false,
    }))
    const rows = await readParquet(new Uint8Array(parquetWriteBuffer({ columnData })), 'x')
    expect(rows.map((row) => Object.entries(row))).toEqual(
      ['a', 'b'].map((text) => [
        ['file_name', text],
        ['__proto__', text],
        ['constructor', text],
      ]),
    )
  })

  it('refuses a few bytes that promise many rows', async () => {
    const bytes = fixture('plain')
    const footer = bytes.length - 8 - new DataView(bytes.buffer).getUint32(bytes.length - 8, true)
    // The number of rows, 300 as zigzag, wherever it stands in the footer.
    let changed = 0
    for (let at = footer; at < bytes.length - 8; at++)
      if (bytes[at] === 0xd8 && bytes[at + 1] === 0x04) {
        bytes.set([0xff, 0x7f], at)
        changed++
      }
    expect(changed).toBeGreaterThan(1)
    await expect(readParquet(fixture('backwards'), 'x.parquet')).rejects.toThrow(
      /x\.parquet cannot be read as Parquet: /,
    )
  })
})

describe('Thrift’s compact protocol', () => {
  it.each([
    ['a list of 2³¹ entries', [0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0x07], /claims 2147483647 bytes/],
    ['a text of gigabytes', [0x18, 0x80, 0x80, 0x80, 0x80, 0x08], /claims 2147483648 bytes/],
    ['structs in structs', Array<number>(100).fill(0x1c), /without end/],
    ['lists in lists', [0x19, ...Array<number>(100).fill(0x19)], /without end/],
    ['a number without end', [0x15, ...Array<number>(20).fill(0x80)], /number without end/],
    ['an unknown type', [0x1b, 0, 0], /unknown type 11/],
    ['nothing', [], /breaks off/],
  ])('refuses %s', (_, bytes, reason) => {
    expect(() => new ThriftReader(Uint8Array.from(bytes)).readStruct()).toThrow(reason)
  })

  it('refuses a footer longer than its file', () => {
    expect(() => checkFooter(Uint8Array.from([0x50, 0x41, 0x52, 0x31, 0xff, 0, 0, 0, 0x50, 0x41, 0x52, 0x31]))).toThrow(
      /longer than the file/,
    )
  })
})
