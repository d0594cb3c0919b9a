/** Catalogs that were one, for tests of merging them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { MergeReport } from '../../../shared/contract/merge'
import { createAnnotation } from '../catalog/annotations'
import { type CatalogFolder, createCatalog, openCatalog } from '../catalog/catalog-folder'
import type { Database } from '../catalog/database'
import { runCommand } from '../catalog/journal'
import { setLabel } from '../catalog/labels'
import { diffCatalogs } from '../catalog/merge/changed-rows'
import { type MergeOptions, mergeCatalog } from '../catalog/merge/merge-catalogs'
import { identityOf } from '../catalog/merge/portable-row'
import { ensureClasses } from '../catalog/ontology'
import { ensureRoot, ingestRecordings } from '../catalog/recordings'
import type { Recorder } from '../catalog/recorder'
import { classNames, smallSet } from './host-fixture'

const ignore = (): void => undefined

/** Folders of one test, and the catalogs opened in them; both are gone after each test. */
export class MergeBench {
  folder = ''
  private readonly opened: Database[] = []

  constructor() {
    beforeEach(() => {
      this.folder = mkdtempSync(join(tmpdir(), 'earmark-merge-'))
    })
    afterEach(() => {
      for (const database of this.opened.splice(0)) if (database.sqlite.open) database.close()
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  create(name: string): CatalogFolder {
    const catalog = createCatalog(join(this.folder, name), ignore)
    this.opened.push(catalog.database)
    return catalog
  }

  open(path: string): CatalogFolder {
    const catalog = openCatalog(path, ignore)
    this.opened.push(catalog.database)
    return catalog
  }

  /** Copies of a catalog with nine clips and a segment. */
  makeCopies(names: string[]): CatalogFolder[] {
    const first = this.create('origin')
    importSet(first)
    const clip = first.database.pluck<string>('SELECT id FROM clips ORDER BY id')[0]!
    edit(first, 'ana', (recorder) =>
      createAnnotation(
        first.database,
        recorder,
        { id: annotationId, clipId: clip, startSeconds: 1, endSeconds: 2, lowHz: null, highHz: null, classIds: [] },
        'ana',
      ),
    )
    first.database.close()
    return names.map((name) => this.copy(first, name))
  }

  /** A copy of a catalog that is closed. */
  copy(closed: CatalogFolder, name: string): CatalogFolder {
    cpSync(closed.path, join(this.folder, name), { recursive: true })
    return this.open(join(this.folder, name))
  }
}

export function edit(catalog: CatalogFolder, author: string, work: (recorder: Recorder) => { title: string }): void {
  runCommand(catalog.database, 'test', author, work)
}

export function importSet(catalog: CatalogFolder, drafts = smallSet(3)): void {
  edit(catalog, 'ana', (recorder) => {
    const { database } = catalog
    ensureClasses(
      database,
      recorder,
      classNames.map((name, code) => ({ name, code, mid: null })),
    )
    ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), drafts)
    return { title: 'Import' }
  })
}

export const annotationId = '01900000-0000-7000-8000-000000000001'

export function merge(ours: CatalogFolder, theirs: CatalogFolder, options: Partial<MergeOptions> = {}): MergeReport {
  return mergeCatalog(ours, {
    otherPath: theirs.path,
    basePath: null,
    conflicts: 'ours',
    isDryRun: false,
    author: 'merger',
    ...options,
  }).report
}

export const clipIds = ({ database }: CatalogFolder): string[] => database.pluck('SELECT id FROM clips ORDER BY id')
export const classId = ({ database }: CatalogFolder, name: string): string =>
  database.get<{ id: string }>('SELECT id FROM ontology_classes WHERE name = ?', name)!.id

export function label(
  catalog: CatalogFolder,
  author: string,
  clip: number,
  name: string,
  state: 'present' | 'absent' | 'unknown',
): void {
  edit(catalog, author, (recorder) =>
    setLabel(
      catalog.database,
      recorder,
      { clipIds: [clipIds(catalog)[clip]!], classId: classId(catalog, name), state },
      author,
    ),
  )
}

/** Rows by table and name as every copy writes them; times left out, for edits that are made twice. */
export function rowsOf(database: Database): Map<string, string> {
  const rows = diffCatalogs(null, database).filter(({ table }) => table !== 'opinions')
  return new Map(
    rows.map(({ table, now }) => [
      `${table} ${identityOf(table, now!)}`,
      JSON.stringify(typeof now!.at === 'number' ? { ...now, at: 0 } : now),
    ]),
  )
}
