import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { folderOf, type Dataset } from '../src/formats/testing/fuzz/dataset'
import { openDatabase, type Database } from '../src/main/host/catalog/database'
import { catalogJobStore } from '../src/main/host/catalog/jobs'
import { findNext, undo } from '../src/main/host/catalog/journal'
import { ImportComparison } from '../src/main/host/catalog/import-comparison'
import { createImportWork } from '../src/main/host/jobs/import-work'
import { JobQueue } from '../src/main/host/jobs/queue'
import { createFakeLauncher, type FakeScript } from '../src/main/host/testing/fake-worker'
import { importScript, smallSet } from '../src/main/host/testing/host-fixture'
import { dumpRows } from '../src/main/host/testing/small-catalog'
import { runImport } from '../src/main/worker/import'
import type { MediaRunner } from '../src/main/worker/media-runner'
import { previewImport } from '../src/main/worker/preview-import'
import { toAppError } from '../src/shared/errors'
import type { Job } from '../src/shared/contract/jobs'

/** Sound of five seconds, whatever the file. */
const fakeMedia = {
  run: (kind: string, { path }: { path: string }) => {
    if (kind !== 'probe') throw new Error(`nobody should ask for ${kind}`)
    const facts = {
      sizeBytes: 1,
      modifiedMs: 1,
      format: 'wav',
      sampleRateHz: 8000,
      channelCount: 1,
      durationSeconds: 5,
    }
    return Promise.resolve({ ...facts, contentHash: `hash of ${path}`, warning: null })
  },
} as unknown as MediaRunner

/** What the worker process does, in this one. */
const importing: FakeScript = async (worker) => {
  try {
    if (worker.manifest.kind !== 'import') throw new Error('this worker imports')
    await runImport(worker.manifest, (event) => worker.tell(event), fakeMedia)
    worker.tell({ type: 'done' })
  } catch (thrown) {
    worker.tell({ type: 'failed', error: toAppError(thrown).toData() })
  }
}

/**
 * A catalog with a few clips, into which datasets are imported as the application does it: worker, events, queue, journal;
 * only sound is not opened. After each import the catalog must be as before: by itself where it was refused, undone where
 * it was taken.
 */
export class ScratchCatalog {
  private readonly folder = mkdtempSync(join(tmpdir(), 'earmark-fuzz-'))
  private readonly database: Database
  private before = ''
  private count = 0

  private constructor() {
    this.database = openDatabase(join(this.folder, 'earmark.db'), { create: true })
  }

  static async open(): Promise<ScratchCatalog> {
    const catalog = new ScratchCatalog()
    await catalog.import(
      '/data/set',
      'esc50',
      undefined,
      importScript(() => smallSet(2)),
    )
    catalog.before = dumpRows(catalog.database)
    return catalog
  }

  close(): void {
    this.database.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /**
   * Imports a dataset, and takes it back.
   * @returns whether it was taken
   * @throws Error where the catalog stumbled over it, or is not as before
   */
  async try(dataset: Dataset, format: string): Promise<boolean> {
    const folder = join(this.folder, `set-${this.count++}`)
    try {
      writeDataset(folder, dataset)
      const newest = findNext(this.database, 'undo')?.seq
      const job = await this.import(folder, format, dataset.options?.table, importing)
      if (job.error?.code === 'internal') throw new Error(`the import failed as internal: ${job.error.message}`)
      const broken = this.database.sqlite.pragma('foreign_key_check') as unknown[]
      if (broken.length > 0) throw new Error(`rows without the rows that they name: ${JSON.stringify(broken[0])}`)
      if (job.status === 'done') await this.tryAgain(folder, format, dataset)
      else if (findNext(this.database, 'undo')?.seq !== newest)
        throw new Error('a refused import stands in the history')
      while (findNext(this.database, 'undo')?.seq !== newest) undo(this.database)
      if (dumpRows(this.database) !== this.before)
        throw new Error(job.status === 'done' ? 'undoing the import left something' : 'a refused import left something')
      return job.status === 'done'
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }

  /** What was taken can be held against the catalog, and taken again without a change. */
  private async tryAgain(folder: string, format: string, { options }: Dataset): Promise<void> {
    const comparison = new ImportComparison(this.database, folder)
    await previewImport(
      { kind: 'preview', path: folder, format, ...options },
      (event) => {
        if (event.type === 'planned') comparison.addPlanned(event.recordings)
        if (event.type === 'named') comparison.addNamed(event.rows)
        if (event.type === 'interactions') comparison.addInteractions(event.rows)
        if (event.type === 'issues') comparison.addIssues(event.issues)
      },
      () => Promise.resolve(),
    )
    comparison.finish()
    const after = dumpRows(this.database)
    const again = await this.import(folder, format, options?.table, importing)
    if (again.status !== 'done') throw new Error(`taken once, and refused again: ${again.error?.message}`)
    if (dumpRows(this.database) !== after) throw new Error('taken again, it changed something')
  }

  private import(path: string, format: string, table: object | undefined, script: FakeScript): Promise<Job> {
    return new Promise((resolve) => {
      const queue = new JobQueue({
        store: catalogJobStore(this.database),
        launchWorker: createFakeLauncher(script).launchWorker,
        announce: (job) => {
          if (job.finishedAt) resolve(job)
        },
        log: () => undefined,
      })
      queue.enqueue(
        createImportWork(this.database, {
          kind: 'import',
          path,
          format,
          author: 'fuzz',
          manifest: (known) => ({ kind: 'import', format, path, known, ...(table ? { table } : {}) }) as never,
          tell: () => undefined,
        }),
      )
    })
  }
}

/** The files as far as the disk takes their names; sound is one byte. */
function writeDataset(root: string, dataset: Dataset): void {
  mkdirSync(root)
  for (const path of folderOf(dataset).listing) {
    try {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), dataset.files.get(path) ?? Uint8Array.of(0))
    } catch {
      // A name that this disk does not know is no input that could come from it.
    }
  }
}
