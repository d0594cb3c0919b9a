import { createHash } from 'node:crypto'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Random } from '../../../../dsp/random'
import type { MergeReport } from '../../../../shared/contract/merge'
import { classNames, smallSet } from '../../testing/host-fixture'
import { dumpRows } from '../../testing/small-catalog'
import { createAnnotation, removeAnnotations, setAnnotationLabel, updateAnnotation } from '../annotations'
import { type CatalogFolder, createCatalog, openCatalog } from '../catalog-folder'
import type { Database } from '../database'
import { redo, runCommand, undo } from '../journal'
import { setLabel } from '../labels'
import { setMetadata } from '../metadata'
import { ensureClasses, renameClass } from '../ontology'
import { ensureRoot, ingestRecordings } from '../recordings'
import type { Recorder } from '../recorder'
import { setStatus } from '../review'
import { diffCatalogs } from './changed-rows'
import { decideConflict, listConflicts } from './conflicts'
import { type MergeOptions, mergeCatalog } from './merge-catalogs'
import { identityOf } from './portable-row'

let folder: string
const ignore = (): void => undefined
const opened: Database[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earmark-merge-'))
})
afterEach(() => {
  for (const database of opened.splice(0)) if (database.sqlite.open) database.close()
  rmSync(folder, { recursive: true, force: true })
})

function edit(catalog: CatalogFolder, author: string, work: (recorder: Recorder) => { title: string }): void {
  runCommand(catalog.database, 'test', author, work)
}

function importSet(catalog: CatalogFolder, drafts = smallSet(3)): void {
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

function open(path: string): CatalogFolder {
  const catalog = openCatalog(path, ignore)
  opened.push(catalog.database)
  return catalog
}

/** A catalog with nine clips, and copies of it. */
function makeCopies(names: string[]): CatalogFolder[] {
  const first = createCatalog(join(folder, 'origin'), ignore)
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
  return names.map((name) => {
    cpSync(first.path, join(folder, name), { recursive: true })
    return open(join(folder, name))
  })
}
const annotationId = '01900000-0000-7000-8000-000000000001'

function merge(ours: CatalogFolder, theirs: CatalogFolder, options: Partial<MergeOptions> = {}): MergeReport {
  return mergeCatalog(ours, {
    otherPath: theirs.path,
    basePath: null,
    conflicts: 'ours',
    isDryRun: false,
    author: 'merger',
    ...options,
  }).report
}

const clipIds = ({ database }: CatalogFolder): string[] => database.pluck('SELECT id FROM clips ORDER BY id')
const classId = ({ database }: CatalogFolder, name: string): string =>
  database.get<{ id: string }>('SELECT id FROM ontology_classes WHERE name = ?', name)!.id

function label(
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
function rowsOf(database: Database): Map<string, string> {
  const rows = diffCatalogs(null, database).filter(({ table }) => table !== 'opinions')
  return new Map(
    rows.map(({ table, now }) => [
      `${table} ${identityOf(table, now!)}`,
      JSON.stringify(typeof now!.at === 'number' ? { ...now, at: 0 } : now),
    ]),
  )
}

const fingerprint = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile() && !/-(shm|wal)$/.test(entry.name))
    .map((entry) => {
      const file = join(entry.parentPath, entry.name)
      return `${file} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`
    })
    .sort()

describe('merging a catalog', () => {
  it('with its own copy changes nothing', () => {
    const [ours, theirs] = makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    label(ours, 'ana', 0, 'rain', 'absent')
    ours.database.close()
    cpSync(ours.path, join(folder, 'same'), { recursive: true })
    const again = open(ours.path)
    const before = dumpRows(again.database)
    const report = merge(again, open(join(folder, 'same')))
    expect(report).toMatchObject({ added: 0, changed: 0, removed: 0, conflicts: 0, theirChanges: 0, base: 'journal' })
    expect(dumpRows(again.database)).toBe(before)
    expect(merge(again, theirs)).toMatchObject({ added: 0, changed: 0, removed: 0, conflicts: 0 })
    expect(dumpRows(again.database)).toBe(before)
  })

  it('takes what only they changed, with their name and time, as one edit that can be undone', () => {
    const [ours, theirs] = makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    label(ours, 'ana', 0, 'rain', 'absent')
    label(theirs, 'ben', 1, 'rain', 'present')
    edit(theirs, 'ben', (recorder) =>
      updateAnnotation(theirs.database, recorder, { id: annotationId, endSeconds: 3, note: 'longer' }),
    )
    edit(theirs, 'ben', (recorder) => renameClass(theirs.database, recorder, classId(theirs, 'dog'), 'Dog bark'))
    const theirLabel = theirs.database.all(`SELECT state, author, at FROM clip_labels WHERE author = 'ben'`)
    const before = dumpRows(ours.database)
    const their = rowsOf(theirs.database)
    const [shown] = [merge(ours, theirs, { isDryRun: true })]
    expect(dumpRows(ours.database)).toBe(before)
    theirs.database.close()
    const file = fingerprint(theirs.path)
    const report = merge(ours, theirs)
    expect({ ...report, mergeId: '', isDryRun: true }).toEqual({ ...shown, mergeId: '' })
    expect(report).toMatchObject({ added: 1, changed: 2, removed: 0, conflicts: 0 })
    expect(fingerprint(theirs.path)).toEqual(file)
    expect(ours.database.all(`SELECT state, author, at FROM clip_labels WHERE author = 'ben'`)).toEqual(theirLabel)
    expect(
      ours.database.all(
        `SELECT c.table_name AS "table", o.author FROM journal_origins o JOIN journal_changes c USING (entry_seq, position)
           ORDER BY position`,
      ),
    ).toEqual([
      { table: 'clip_labels', author: 'ben' },
      { table: 'ontology_classes', author: 'ben' },
      { table: 'annotations', author: 'ben' },
    ])
    const merged = rowsOf(ours.database)
    for (const [name, row] of their) expect(merged.get(name)).toBe(row)
    const after = dumpRows(ours.database)
    undo(ours.database)
    expect(dumpRows(ours.database)).toBe(before)
    redo(ours.database)
    expect(dumpRows(ours.database)).toBe(after)
  })

  it('lists what both changed differently, keeps ours, and writes theirs when asked', () => {
    const [ours, theirs] = makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    label(ours, 'ana', 0, 'rain', 'absent')
    label(theirs, 'ben', 0, 'rain', 'present')
    label(ours, 'ana', 1, 'rain', 'absent')
    label(theirs, 'ben', 1, 'rain', 'absent')
    edit(ours, 'ana', (recorder) =>
      updateAnnotation(ours.database, recorder, { id: annotationId, startSeconds: 0.5, note: 'ours' }),
    )
    edit(theirs, 'ben', (recorder) =>
      updateAnnotation(theirs.database, recorder, { id: annotationId, endSeconds: 2.5, note: 'theirs' }),
    )
    const report = merge(ours, theirs)
    expect(report).toMatchObject({ conflicts: 2, agreed: 1, changed: 1, opinions: 4 })
    const { conflicts } = listConflicts(ours.database, { decision: 'open', offset: 0, limit: 10 })
    expect(
      conflicts.map(({ subject, ours: own, theirs: other }) => [
        subject,
        own.text,
        own.author,
        other.text,
        other.author,
      ]),
    ).toEqual([
      ['Label: rain', 'absent', 'ana', 'present', 'ben'],
      ['Segment: note', 'ours', 'ana', 'theirs', 'ben'],
    ])
    expect(conflicts[1]!.ours.span).toEqual({ startSeconds: 0.5, endSeconds: 2.5 })
    const kept = dumpRows(ours.database)
    edit(ours, 'carl', (recorder) => decideConflict(ours.database, recorder, conflicts[0]!.id, 'theirs', 'carl'))
    edit(ours, 'carl', (recorder) => decideConflict(ours.database, recorder, conflicts[1]!.id, 'ours', 'carl'))
    const state = ours.database.get(
      `SELECT l.state, l.author FROM clip_labels l JOIN clips c ON c.key = l.clip_key
         WHERE c.id = ? AND l.class_key = (SELECT key FROM ontology_classes WHERE name = 'rain')`,
      clipIds(ours)[0]!,
    )
    expect(state).toEqual({ state: 1, author: 'ben' })
    expect(listConflicts(ours.database, { decision: 'open', offset: 0, limit: 10 }).total).toBe(0)
    expect(() =>
      edit(ours, 'carl', (recorder) => decideConflict(ours.database, recorder, conflicts[0]!.id, 'ours', 'carl')),
    ).toThrow('decided already')
    undo(ours.database)
    undo(ours.database)
    expect(dumpRows(ours.database)).toBe(kept)
    // Merged once more, what was decided or is still open does not come again.
    expect(merge(ours, theirs)).toMatchObject({ conflicts: 0, theirChanges: 0 })
  })

  it('puts a removal against a change into the list, and can bring the removed back', () => {
    const [ours, theirs, third] = makeCopies(['a', 'b', 'c']) as [CatalogFolder, CatalogFolder, CatalogFolder]
    edit(ours, 'ana', (recorder) => removeAnnotations(ours.database, recorder, [annotationId]))
    edit(theirs, 'ben', (recorder) =>
      setAnnotationLabel(
        theirs.database,
        recorder,
        { id: annotationId, classId: classId(theirs, 'dog'), state: 'present' },
        'ben',
      ),
    )
    expect(merge(ours, theirs)).toMatchObject({ conflicts: 1, added: 0 })
    const [conflict] = listConflicts(ours.database, { decision: 'open', offset: 0, limit: 10 }).conflicts
    expect(conflict).toMatchObject({ ours: { text: 'not there' }, theirs: { text: '1.000–2.000 s: dog' } })
    edit(ours, 'ana', (recorder) => decideConflict(ours.database, recorder, conflict!.id, 'theirs', 'ana'))
    expect(ours.database.all('SELECT author FROM annotation_labels')).toEqual([{ author: 'ben' }])
    // The other way round: theirs removed it, ours has labeled it.
    edit(third, 'cleo', (recorder) => removeAnnotations(third.database, recorder, [annotationId]))
    expect(merge(theirs, third)).toMatchObject({ conflicts: 1, removed: 0 })
    const [other] = listConflicts(theirs.database, { decision: 'open', offset: 0, limit: 10 }).conflicts
    edit(theirs, 'ben', (recorder) => decideConflict(theirs.database, recorder, other!.id, 'theirs', 'ben'))
    expect(theirs.database.all('SELECT * FROM annotations')).toEqual([])
  })

  it('brings an import over whole, and a relabeled accepted clip back to done', () => {
    const [ours, theirs] = makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    const [clip] = clipIds(ours)
    for (const status of ['done', 'reviewed', 'accepted'] as const)
      edit(ours, 'ana', (recorder) =>
        setStatus(ours.database, recorder, { clipIds: [clip!], status, comment: '' }, 'ana'),
      )
    label(theirs, 'ben', 0, 'rain', 'present')
    importSet(theirs, smallSet(5))
    const before = dumpRows(ours.database)
    const report = merge(ours, theirs)
    expect(report).toMatchObject({ conflicts: 0, reopened: 1 })
    expect(clipIds(ours)).toEqual(clipIds(theirs))
    expect(ours.database.all('SELECT status FROM clips WHERE id = ?', clip!)).toEqual([{ status: 'done' }])
    undo(ours.database)
    expect(dumpRows(ours.database)).toBe(before)
    redo(ours.database)
    expect(clipIds(ours)).toEqual(clipIds(theirs))
  })

  it('takes back what they have undone since', () => {
    const [ours] = makeCopies(['a']) as [CatalogFolder]
    label(ours, 'ana', 0, 'rain', 'present')
    ours.database.close()
    cpSync(ours.path, join(folder, 'b'), { recursive: true })
    const [own, theirs] = [open(ours.path), open(join(folder, 'b'))]
    undo(theirs.database)
    expect(merge(own, theirs)).toMatchObject({ removed: 1, conflicts: 0 })
    expect(rowsOf(own.database)).toEqual(rowsOf(theirs.database))
  })

  it('joins catalogs that never were one by what their rows are', () => {
    const make = (name: string): CatalogFolder => {
      const catalog = createCatalog(join(folder, name), ignore)
      opened.push(catalog.database)
      importSet(catalog, smallSet(name === 'a' ? 2 : 3))
      return catalog
    }
    const [ours, theirs] = [make('a'), make('b')]
    expect(merge(ours, theirs)).toMatchObject({ base: 'none', conflicts: 0 })
    expect(clipIds(ours)).toHaveLength(9)
    expect(ours.database.all('SELECT name FROM ontology_classes')).toHaveLength(3)
    expect(ours.database.all('SELECT * FROM clip_labels')).toHaveLength(9)
  })

  it('refuses itself and what is no catalog', () => {
    const [ours] = makeCopies(['a']) as [CatalogFolder]
    expect(() => merge(ours, ours)).toThrow('is the catalog itself')
    expect(() => merge(ours, ours, { otherPath: folder })).toThrow('is not a catalog')
  })
})

/** One edit, chosen by chance, that means the same in every copy. */
function drawEdit(catalog: CatalogFolder, random: Random, clips: string[], author: string) {
  const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
  const clip = one(clips)
  const className = one(classNames)
  const state = one(['present', 'absent', 'unknown'] as const)
  const kind = random.integer(6)
  const [start, tag] = [random.uniform(0, 4), String(random.nextUint32())]
  const newId = `01900000-0000-7000-8000-${String(random.nextUint32()).padStart(12, '0')}`
  const annotations = catalog.database.pluck<string>(
    `SELECT a.id FROM annotations a JOIN clips c ON c.key = a.clip_key
       WHERE c.id IN (SELECT value FROM json_each(?)) ORDER BY a.id`,
    JSON.stringify(clips),
  )
  const annotation = annotations.length > 0 ? one(annotations) : null
  return (on: CatalogFolder): void =>
    edit(on, author, (recorder) => {
      const { database } = on
      const class_ = classId(on, className)
      if (kind === 0 || (kind > 3 && annotation === null))
        return setLabel(database, recorder, { clipIds: [clip], classId: class_, state }, author)
      if (kind === 1) {
        const span = { startSeconds: start, endSeconds: start + 0.5, lowHz: null, highHz: null }
        return createAnnotation(database, recorder, { id: newId, clipId: clip, ...span, classIds: [class_] }, author)
      }
      if (kind === 2) {
        const key = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', clip)!.key
        setMetadata(database, recorder, key, 'take', tag)
        return { title: 'Metadata' }
      }
      if (kind === 3) {
        const key = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', clip)!.key
        recorder.update('clips', [key], start < 2 ? { note: tag } : { fold: tag })
        return { title: 'Clip' }
      }
      if (kind === 4) return setAnnotationLabel(database, recorder, { id: annotation!, classId: class_, state }, author)
      return start < 1
        ? removeAnnotations(database, recorder, [annotation!])
        : updateAnnotation(database, recorder, { id: annotation!, note: tag })
    })
}

describe('merging random edits', () => {
  for (let seed = 1; seed <= 12; seed++) {
    it(`of different clips gives what both edits give one after the other, either way round (seed ${seed})`, () => {
      const [a, b, sequence, a2, b2] = makeCopies(['a', 'b', 's', 'a2', 'b2']) as CatalogFolder[]
      const random = new Random(seed, 'disjoint')
      const clips = clipIds(a!)
      const [left, right] = [clips.slice(0, 4), clips.slice(4)]
      for (let step = 0; step < 30; step++) {
        const ana = drawEdit(a!, random.stream(`a${step}`), left, 'ana')
        ana(a!)
        ana(a2!)
        ana(sequence!)
        const ben = drawEdit(b!, random.stream(`b${step}`), right, 'ben')
        ben(b!)
        ben(b2!)
        ben(sequence!)
      }
      const before = dumpRows(a!.database)
      expect(merge(a!, b!).conflicts).toBe(0)
      expect(merge(b2!, a2!).conflicts).toBe(0)
      expect(rowsOf(a!.database)).toEqual(rowsOf(sequence!.database))
      expect(rowsOf(b2!.database)).toEqual(rowsOf(sequence!.database))
      expect(a!.database.sqlite.pragma('foreign_key_check')).toEqual([])
      undo(a!.database)
      expect(dumpRows(a!.database)).toBe(before)
    })

    it(`of the same clips gives a three-way merge of every row, but for the conflicts listed (seed ${seed})`, () => {
      const [base, a, b] = makeCopies(['base', 'a', 'b']) as [CatalogFolder, CatalogFolder, CatalogFolder]
      const random = new Random(seed, 'overlapping')
      const clips = clipIds(a).slice(0, 3)
      for (let step = 0; step < 25; step++) {
        drawEdit(a, random.stream(`a${step}`), clips, 'ana')(a)
        drawEdit(b, random.stream(`b${step}`), clips, 'ben')(b)
      }
      const [was, ours, theirs] = [base, a, b].map(({ database }) => rowsOf(database)) as Map<string, string>[]
      const given = merge(a, b, { basePath: base.path, isDryRun: true })
      const report = merge(a, b)
      expect({ ...given, base: '', mergeId: '', title: '' }).toEqual({
        ...report,
        base: '',
        mergeId: '',
        title: '',
        isDryRun: true,
      })
      const merged = rowsOf(a.database)
      const disputed = a.database
        .all<{ table: string; row: string }>(
          `SELECT table_name AS "table", row_id AS row FROM merge_conflicts WHERE field = ''`,
        )
        .map(({ table, row }) => `${table} ${row}`)
      const isDisputed = (name: string): boolean =>
        disputed.some((own) => own === name || (own.startsWith('annotations ') && name.includes(own.slice(12))))
      let compared = 0
      for (const name of new Set([...was!.keys(), ...ours!.keys(), ...theirs!.keys()])) {
        const [from, own, other] = [was!.get(name), ours!.get(name), theirs!.get(name)]
        const isConflict = own !== from && other !== from && own !== other
        if (isConflict) continue // fields are compared by the tests above
        compared++
        if (isDisputed(name)) expect(merged.get(name)).toBe(own)
        else expect(merged.get(name), name).toBe(own === from ? other : own)
      }
      expect(compared).toBeGreaterThan(40)
      expect(a.database.sqlite.pragma('foreign_key_check')).toEqual([])
    })
  }
})
