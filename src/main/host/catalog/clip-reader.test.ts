import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { draft, smallSet } from '../testing/host-fixture'
import { createCatalog } from './catalog-folder'
import { ClipReader } from './clip-reader'
import type { Database } from './database'
import { redo, runCommand, undo } from './journal'
import { setLabel } from './labels'
import { listClasses } from './ontology'
import { ensureRoot, ingestRecordings } from './recordings'
import type { Touched } from './touched'

let folder = ''
let entry = ''
const logged: string[] = []
let loadedCount = 0
const onLoaded = (): void => void loadedCount++
const log = (line: string): void => void logged.push(line)

/** The real thread, bundled as the application is bundled. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-reader-')))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'clip-thread.ts'),
      outDir: join(import.meta.dirname, '../../../../node_modules/.cache/clip-thread-test'),
      rollupOptions: { output: { entryFileNames: 'clip-thread.mjs' } },
    },
  })
  entry = join(import.meta.dirname, '../../../../node_modules/.cache/clip-thread-test/clip-thread.mjs')
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the reader of a large catalog', () => {
  let database: Database
  let small: ClipReader
  let large: ClipReader
  const queries = ['', 'label:dog', 'unknown:rain sort:-duration', '1-', 'is:labeled fold:2', 'group:source-0-0']

  const note = (touched: Touched): void => {
    large.note(touched)
    small.note(touched)
  }

  const importDrafts = (drafts: ReturnType<typeof smallSet>): void =>
    note(
      runCommand(database, 'import', 'ana', (recorder) => {
        ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), drafts)
        return { title: 'Import' }
      }).touched,
    )

  /** Both say the same, again and again: while the thread still reads the columns, and when it has. */
  const compare = async (): Promise<void> => {
    for (let turn = 0; turn < 2; turn++) {
      for (const kind of ['counts', 'classes'] as const)
        expect(await large.ask({ kind })).toEqual(await small.ask({ kind }))
      for (const text of queries) {
        const query = parseClipQuery(text)
        const page = await small.ask({ kind: 'page', query, offset: 1, limit: 5 })
        expect(await large.ask({ kind: 'page', query, offset: 1, limit: 5 })).toEqual(page)
        expect(await large.ask({ kind: 'facets', query })).toEqual(await small.ask({ kind: 'facets', query }))
        for (const facet of [{ kind: 'author' }, { kind: 'metadata', name: 'take' }] as const) {
          const values = { kind: 'facetValues' as const, query, facet, search: '', limit: 3 }
          expect(await large.ask(values)).toEqual(await small.ask(values))
        }
        for (const limit of [null, 3]) {
          const ids = { kind: 'ids' as const, query, offset: 1, limit }
          expect(await large.ask(ids)).toEqual(await small.ask(ids))
        }
        for (const { id } of page.rows)
          expect(await large.ask({ kind: 'position', query, id })).toEqual(
            await small.ask({ kind: 'position', query, id }),
          )
      }
      await new Promise((resolve) => setTimeout(resolve, 600))
    }
  }

  beforeAll(() => {
    const catalog = createCatalog(join(folder, 'catalog'), () => undefined)
    database = catalog.database
    const file = join(catalog.path, 'earmark.db')
    small = new ClipReader({ database, file, log, onLoaded })
    large = new ClipReader({ database, file, log, onLoaded, entry, fromClips: 0 })
    importDrafts(smallSet(6))
  })
  afterAll(async () => {
    await large.close()
    database.close()
  })

  it('answers as the small one does, through edits, imports, undo and redo', { timeout: 30_000 }, async () => {
    await compare()
    const clipIds = await small.ask({ kind: 'ids', query: parseClipQuery('fold:1'), offset: 0, limit: null })
    const classId = listClasses(database).find((entry) => entry.name === 'rain')!.id
    note(
      runCommand(database, 'labels.set', 'ana', (recorder) =>
        setLabel(database, recorder, { clipIds, classId, state: 'present' }, 'ana'),
      ).touched,
    )
    await compare()
    importDrafts([draft('later', '3', 'owl')])
    await compare()
    note(undo(database).touched)
    note(undo(database).touched)
    await compare()
    note(redo(database).touched)
    await compare()
    expect(logged).toEqual([])
  })

  it('answers at once from what it knew of very many clips, and tells when it knows more', async () => {
    const many = new ClipReader({
      database,
      file: join(folder, 'catalog', 'earmark.db'),
      log,
      onLoaded,
      entry,
      fromClips: 0,
      manyClips: 0,
    })
    const query = parseClipQuery('label:dog')
    const total = async (reader: ClipReader): Promise<number> =>
      (await reader.ask({ kind: 'page', query, offset: 0, limit: 1 })).total
    const before = await total(small)
    // The first answer waits for the columns.
    expect(await total(many)).toBe(before)
    loadedCount = 0
    const { touched } = runCommand(database, 'import', 'ana', (recorder) => {
      const root = ensureRoot(database, recorder, '/data/set', 'esc50')
      ingestRecordings(database, recorder, root, [draft('still later', '3', 'dog')])
      return { title: 'Import' }
    })
    many.note(touched)
    expect(await total(many)).toBe(before)
    await expect.poll(() => loadedCount).toBe(1)
    expect(await total(many)).toBe(before + 1)
    await many.close()
  })

  it('rejects what waits when it is closed', async () => {
    const other = new ClipReader({
      database,
      file: join(folder, 'catalog', 'earmark.db'),
      log,
      onLoaded,
      entry,
      fromClips: 0,
    })
    const answer = expect(other.ask({ kind: 'facets', query: parseClipQuery('') })).rejects.toMatchObject({
      code: 'cancelled',
    })
    await other.close()
    await answer
  })
})
