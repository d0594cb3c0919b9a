/** What spreadsheets and hands do to tables, on every format that has one. */
import { describe, expect, it } from 'vitest'
import { importers } from '../importers/importer'
import { readCsv } from '../importers/read-csv'
import { isNever, linesOf, type Read, readAll, textOf, withText } from './read-all'
import { type TableCase, tables } from './tables'

const cases = Object.entries(tables).flatMap(([id, own]) =>
  isNever(own) ? [] : own.map((table) => [id, table.path, table] as const),
)

/** The table's lines divided into fields. */
const linesIn = ({ dataset, path, isQuoted, delimiter }: TableCase): string[] => {
  const text = textOf(dataset, path).trimEnd()
  // AudioSet's lists have a blank after each comma, which CSV does not know.
  return (isQuoted || delimiter !== ',' ? text : text.replaceAll(', ', ',')).split('\n')
}

/** Changes one field of the row that is to be damaged. */
function editField(table: TableCase, column: number, edit: (field: string) => string): Promise<Read> {
  const lines = linesIn(table)
  const row = readCsv(lines[table.line - 1]!, table.delimiter).header!.fields.map((field, index) =>
    index === column ? edit(field) : quoteIfNeeded(field, table.delimiter),
  )
  lines[table.line - 1] = row.join(table.delimiter)
  return read(table, lines)
}

const quoteIfNeeded = (field: string, delimiter: string): string =>
  field.includes(delimiter) || /["\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field

const formatOf = (table: TableCase): string => cases.find(([, , own]) => own === table)![0]
const read = (table: TableCase, lines: readonly string[]): Promise<Read> =>
  readAll(formatOf(table), withText(table.dataset, table.path, `${lines.join('\n')}\n`))

/** What the other rows tell stays as it is. */
async function expectOthers(table: TableCase, changed: Read): Promise<void> {
  const { recordings } = await readAll(formatOf(table), table.dataset)
  expect(Object.keys(recordings)).toContain(table.recording)
  for (const [path, clips] of Object.entries(recordings))
    if (path !== table.recording) expect(changed.recordings[path], path).toEqual(clips)
}

it('every format has its tables here, or the reason why not', () => {
  expect(Object.keys(tables).sort()).toEqual(importers.map(({ id }) => id).sort())
})

describe.each(cases)('%s, %s', (id, path, table) => {
  it('is read with semicolons, as a spreadsheet saves it', async () => {
    const lines = linesIn(table).map((line) =>
      line.startsWith('#')
        ? line
        : (readCsv(line, table.delimiter).header?.fields ?? [])
            .map((field) => quoteIfNeeded(field.trim(), ';'))
            .join(';'),
    )
    expect(await read(table, lines)).toEqual(await readAll(id, table.dataset))
  })

  it('is read with decimal commas', async () => {
    const isTime = (field: string): boolean => /^-?\d+\.\d+$/.test(field.trim())
    const lines = linesIn(table).map((line) =>
      line.startsWith('#')
        ? line
        : (readCsv(line, table.delimiter).header?.fields ?? [])
            .map((field) => (isTime(field) ? field.trim().replace('.', ',') : quoteIfNeeded(field.trim(), ';')))
            .join(';'),
    )
    const [changed, whole] = [await read(table, lines), await readAll(id, table.dataset)]
    // Numbers that are kept as text are kept as they stand.
    const plain = (value: unknown): unknown =>
      JSON.parse(JSON.stringify(value).replaceAll(/(?<=":"\d+),(?=\d+")/g, '.'))
    expect(plain(changed)).toEqual(plain(whole))
  })

  it('reports a #NAME? that stands where an id was, with its row, and takes the others', async () => {
    const changed = await editField(table, table.id, () => '#NAME?')
    const said = linesOf(changed)
    expect(said).toContainEqual(
      expect.stringMatching(new RegExp(`^${path.replaceAll('.', '\\.')} ${table.line} spreadsheet damage: “#NAME\\?”`)),
    )
    await expectOthers(table, changed)
  })

  it('takes or reports a row whose quotation marks are wrongly doubled, and takes the others', async () => {
    const changed = await editField(table, table.id, (field) => `""${field}""`)
    await expectOthers(table, changed)
    const isTaken = changed.recordings[table.recording] !== undefined
    if (!isTaken) expect(linesOf(changed).join('\n')).toContain(` ${table.line} `)
  })

  it('loses no more than its own row to a stray quotation mark', async () => {
    const changed = await editField(table, table.id, (field) => `"${field}`)
    await expectOthers(table, changed)
  })

  it.skipIf(table.text === null)('keeps rows apart where a field has a line break', async () => {
    const changed = await editField(table, table.text!, (field) => `"${field}\nand more"`)
    await expectOthers(table, changed)
    if (table.isQuoted) expect(Object.keys(changed.recordings)).toContain(table.recording)
    else expect(linesOf(changed).join('\n')).toMatch(new RegExp(` ${table.line + 1} `))
  })

  it('refuses or passes over a line of a million columns, quickly and in a few words', async () => {
    const lines = linesIn(table)
    const wide = table.delimiter.repeat(1_000_000)
    for (const [index, line] of [
      [0, `${lines[0]!}${wide}`],
      [table.line - 1, `${lines[table.line - 1]!}${wide}`],
    ] as const) {
      const startedMs = performance.now()
      const changed = await read(table, lines.with(index, line)).catch((error: unknown) => error)
      // Twice what it is given in the fuzzer, since tests run beside others.
      expect(performance.now() - startedMs).toBeLessThan(4000)
      const reasons =
        changed instanceof Error ? [changed.message] : (changed as Read).issues.map(({ reason }) => reason)
      for (const reason of reasons) expect(reason.length).toBeLessThan(1000)
      if (!(changed instanceof Error) && index > 0) await expectOthers(table, changed as Read)
    }
  })
})
