import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { exporters } from '../exporters/exporter'
import { detectImporter, findImporter, importers } from './importer'

const textOf = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

describe('list of import formats', () => {
  it('finds each format by its id and names them all when there is none', () => {
    for (const importer of importers) expect(findImporter(importer.id)).toBe(importer)
    expect(new Set(importers.map(({ id }) => id)).size).toBe(importers.length)
    expect(() => findImporter('wax-cylinder')).toThrow('no import format “wax-cylinder”')
  })

  it('is what the command line’s help and docs/formats.md say', () => {
    const help = /const formatIds =\s+'([^']+)'/.exec(textOf('src/main/cli/commands/import.ts'))![1]!
    expect(help.split(/, | or /)).toEqual(importers.map(({ id }) => id))
    const rows = [...textOf('docs/formats.md').matchAll(/^\| [^|`]+\| `([a-z0-9-]+)` +\| ([^|]+?) *\|/gm)]
    const formats = new Map(rows.map(([, id, does]) => [id!, does!]))
    for (const { id } of importers) expect(formats.get(id), id).toMatch(/read/)
    // Formats in two spellings (CSV and Parquet) have one row, that of what reads them.
    const written = exporters.map(({ id, importer }) => importer ?? id)
    for (const id of written) expect(formats.get(id), id).toMatch(/write/)
    expect(formats.size).toBe(new Set([...importers.map(({ id }) => id), ...written]).size)
  })

  it('is what docs/formats.md says of how each is written, and of what comes back otherwise', () => {
    const rows = [
      ...textOf('docs/formats.md').matchAll(/^\| `([a-z0-9-]+)` +\| (?:`([a-z0-9-]+)`|–) +\| ([^|]+?) *\|$/gm),
    ]
    const said = rows.map(([, id, as, losses]) => [id, as ?? null, losses])
    const held = importers.flatMap(({ id }) => {
      const own = exporters.filter(({ importer }) => importer === id)
      if (own.length === 0) return [[id, null, '–']]
      return own.map(({ id: as, losses }) => [id, as, Object.keys(losses).sort().join(', ') || 'nothing'])
    })
    expect(said).toEqual(held)
    // None is written that cannot be read again.
    expect(exporters.filter(({ importer }) => importer === null)).toEqual([])
  })

  it('names the tests that exist for each format', () => {
    for (const [, path] of textOf('docs/formats.md').matchAll(
      /`((?:(?:importers|exporters)\/)?[a-z0-9-]+\.test\.ts)`/g,
    ))
      expect(textOf(`src/formats/${path!}`), path).toContain('describe(')
  })

  it('looks through 100,000 files in thousands of folders within five seconds', () => {
    const listing = Array.from({ length: 100_000 }, (_, i) => [
      `site${i % 5000}/recordings/${i}.wav`,
      `site${i % 5000}/meta.txt`,
      `site${i % 5000}/UrbanSound8K.csv`,
    ]).flat()
    const started = Date.now()
    expect(detectImporter([...new Set(listing)])?.importer.id).toBe('folder')
    expect(Date.now() - started).toBeLessThan(5000)
  })
})
