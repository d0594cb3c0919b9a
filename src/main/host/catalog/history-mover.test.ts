import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../shared/errors'
import { smallSet } from '../testing/host-fixture'
import { dumpRows } from '../testing/small-catalog'
import { createCatalog } from './catalog-folder'
import type { Database } from './database'
import { moveHistory } from './history-mover'
import { readHistoryState, redo, runCommand, undo } from './journal'
import { addClass } from './ontology'
import { ensureRoot, ingestRecordings } from './recordings'

const outDir = join(import.meta.dirname, '../../../../node_modules/.cache/catalog-thread-test')
let folder = ''

/** The real thread, bundled as the application is bundled. */
beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'earmark-mover-')))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'catalog-thread.ts'),
      outDir,
      rollupOptions: { output: { entryFileNames: 'catalog-thread.mjs' } },
    },
  })
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('moving a large edit through the history', () => {
  let database: Database
  const moved: [number, number][] = []
  const move = (direction: 'undo' | 'redo', signal?: AbortSignal): ReturnType<typeof moveHistory> =>
    moveHistory(
      {
        database,
        file: join(folder, 'c', 'earmark.db'),
        onProgress: (done, total) => void moved.push([done, total]),
        entry: join(outDir, 'catalog-thread.mjs'),
        mostAtOnce: 10,
        ...(signal ? { signal } : {}),
      },
      direction,
    )

  beforeAll(() => {
    database = createCatalog(join(folder, 'c'), () => undefined).database
    runCommand(database, 'import', 'ana', (recorder) => {
      ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), smallSet(6))
      return { title: 'Import 18 clips' }
    })
  })
  afterAll(() => database.close())

  it('takes it back and brings it again, in a thread, telling how far it is', async () => {
    const before = dumpRows(database)
    const undone = await move('undo')
    expect(undone).toMatchObject({ title: 'Import 18 clips', touched: { isOrderTouched: true } })
    expect(dumpRows(database)).toBe('')
    const [done, total] = moved.at(-1)!
    expect([done, total > 80]).toEqual([total, true])
    await move('redo')
    expect(dumpRows(database)).toBe(before)
    expect(readHistoryState(database)).toEqual({ undoTitle: 'Import 18 clips', redoTitle: null })
  })

  it('is cancelled without a trace, in the thread and wherever it is met', async () => {
    const before = dumpRows(database)
    const state = readHistoryState(database)
    await expect(move('undo', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    expect(dumpRows(database)).toBe(before)
    const steps: number[] = []
    undo(database, (done) => void steps.push(done))
    const after = dumpRows(database)
    redo(database)
    expect(steps.length).toBeGreaterThan(3)
    for (const stop of steps)
      for (const direction of ['undo', 'redo'] as const) {
        if (direction === 'redo') undo(database)
        const run = direction === 'undo' ? undo : redo
        const stopped = (): unknown =>
          run(database, (done) => {
            if (done >= stop) throw new AppError('cancelled', 'Enough.')
          })
        expect(stopped).toThrow('Enough.')
        expect(dumpRows(database)).toBe(direction === 'undo' ? before : after)
        if (direction === 'redo') redo(database)
      }
    expect(readHistoryState(database)).toEqual(state)
    await move('undo')
    await move('redo')
    expect(dumpRows(database)).toBe(before)
  })

  it('refuses edits meanwhile, in words, and lets the catalog be read', async () => {
    const before = dumpRows(database)
    const undoing = move('undo')
    expect(dumpRows(database)).toBe(before)
    const edit = (): unknown =>
      runCommand(database, 'ontology.add', 'ana', (recorder) => addClass(database, recorder, 'owl'))
    expect(edit).toThrowError(
      expect.objectContaining({ code: 'conflict', message: '“Import 18 clips” is being undone.' }),
    )
    await expect(move('undo')).rejects.toMatchObject({ code: 'conflict' })
    await undoing
    expect(edit).not.toThrow()
  })
})
