import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Job } from '../../../shared/contract/jobs'
import { type Database, openDatabase } from '../catalog/database'
import { catalogJobStore } from '../catalog/jobs'
import { listHistory } from '../catalog/history-list'
import { runCommand, undo } from '../catalog/journal'
import { setLabel } from '../catalog/labels'
import { listClasses } from '../catalog/ontology'
import { createFakeLauncher } from '../testing/fake-worker'
import { draft, importScript, smallSet } from '../testing/host-fixture'
import { dumpRows } from '../testing/small-catalog'
import { createImportWork } from './import-work'
import { JobQueue } from './queue'

/** A full disk, as SQLite sees it: no page beyond those there are. */
describe('an import on a disk that becomes full', () => {
  let folder = ''
  let database: Database
  let drafts = smallSet(4)

  const runImport = (): Promise<Job> =>
    new Promise((resolve) => {
      const queue = new JobQueue({
        store: catalogJobStore(database),
        launchWorker: createFakeLauncher(importScript(() => drafts)).launchWorker,
        announce: (job) => {
          if (job.finishedAt) resolve(job)
        },
        log: () => undefined,
      })
      queue.enqueue(
        createImportWork(database, {
          kind: 'import',
          path: '/data/set',
          format: 'folder',
          author: 'ana',
          manifest: (known) => ({ kind: 'import', format: 'folder', path: '/data/set', known }),
          tell: () => undefined,
        }),
      )
    })

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'earmark-full-'))
    database = openDatabase(join(folder, 'earmark.db'), { create: true })
    drafts = smallSet(4)
    await runImport()
  })
  afterEach(() => {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  for (const spare of [0, 1, 5, 20, 60])
    it(`says so, takes the import back and stays sound (${spare} pages left)`, async () => {
      const before = dumpRows(database)
      const pages = database.sqlite.pragma('page_count', { simple: true }) as number
      database.sqlite.pragma(`max_page_count = ${pages + spare}`)
      drafts = Array.from({ length: 4000 }, (_, index) => draft(`big-${index}`, '1', 'siren'))
      const job = await runImport()
      expect(job).toMatchObject({ status: 'failed', error: { code: 'no-space', hint: expect.any(String) } })
      expect(dumpRows(database)).toBe(before)
      expect(listHistory(database, 0, 10).entries.map((entry) => entry.title)).toEqual(['Import set: 12 clips'])
      expect(database.sqlite.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(database.sqlite.pragma('foreign_key_check')).toEqual([])

      // With room again, work goes on where it was.
      database.sqlite.pragma('max_page_count = 1000000')
      const rain = listClasses(database).find((entry) => entry.name === 'rain')!
      const { id } = database.get<{ id: string }>('SELECT id FROM clips LIMIT 1')!
      runCommand(database, 'labels.set', 'ana', (recorder) =>
        setLabel(database, recorder, { clipIds: [id], classId: rain.id, state: 'absent' }, 'ana'),
      )
      expect(undo(database).title).toBe('Label 1 clip: rain absent')
      expect(dumpRows(database)).toBe(before)
    })
})
