import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../shared/errors'
import { smallSet } from '../../testing/host-fixture'
import {
  annotationId,
  classId,
  clipIds,
  edit,
  importSet,
  label,
  merge,
  MergeBench,
  rowsOf,
} from '../../testing/merge-fixture'
import { dumpRows } from '../../testing/small-catalog'
import { removeAnnotations, setAnnotationLabel, updateAnnotation } from '../annotations'
import type { CatalogFolder } from '../catalog-folder'
import { redo, undo } from '../journal'
import { renameClass } from '../ontology'
import { setStatus } from '../review'
import { decideConflict, listConflicts } from './conflicts'
import { mergeCatalog } from './merge-catalogs'

const bench = new MergeBench()

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
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    label(ours, 'ana', 0, 'rain', 'absent')
    ours.database.close()
    const same = bench.copy(ours, 'same')
    const again = bench.open(ours.path)
    const before = dumpRows(again.database)
    const report = merge(again, same)
    expect(report).toMatchObject({ added: 0, changed: 0, removed: 0, conflicts: 0, theirChanges: 0, base: 'journal' })
    expect(dumpRows(again.database)).toBe(before)
    expect(merge(again, theirs)).toMatchObject({ added: 0, changed: 0, removed: 0, conflicts: 0 })
    expect(dumpRows(again.database)).toBe(before)
  })

  it('takes what only they changed, with their name and time, as one edit that can be undone', () => {
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
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
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
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
    const [ours, theirs, third] = bench.makeCopies(['a', 'b', 'c']) as [CatalogFolder, CatalogFolder, CatalogFolder]
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
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
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
    const [ours] = bench.makeCopies(['a']) as [CatalogFolder]
    label(ours, 'ana', 0, 'rain', 'present')
    ours.database.close()
    const theirs = bench.copy(ours, 'b')
    const own = bench.open(ours.path)
    undo(theirs.database)
    expect(merge(own, theirs)).toMatchObject({ removed: 1, conflicts: 0 })
    expect(rowsOf(own.database)).toEqual(rowsOf(theirs.database))
  })

  it('joins catalogs that never were one by what their rows are', () => {
    const make = (name: string): CatalogFolder => {
      const catalog = bench.create(name)
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
    const [ours] = bench.makeCopies(['a']) as [CatalogFolder]
    expect(() => merge(ours, ours)).toThrow('is the catalog itself')
    expect(() => merge(ours, ours, { otherPath: bench.folder })).toThrow('is not a catalog')
  })
})

describe('a merge that is cancelled', () => {
  it('leaves nothing, wherever it is met', () => {
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    importSet(theirs, smallSet(5))
    label(ours, 'ana', 0, 'rain', 'absent')
    label(theirs, 'ben', 0, 'rain', 'present')
    label(theirs, 'ben', 1, 'rain', 'present')
    const before = dumpRows(ours.database)
    const options = { otherPath: theirs.path, basePath: null, isDryRun: false, author: 'merger' }
    const seen: [number, number][] = []
    mergeCatalog(ours, { ...options, conflicts: 'ours', isDryRun: true }, (...step) => void seen.push(step))
    const [done, total] = seen.at(-1)!
    expect(done).toBe(total)
    for (const stop of [1, Math.floor(total / 2), total]) {
      const run = (): unknown =>
        mergeCatalog(ours, { ...options, conflicts: 'theirs' }, (at) => {
          if (at === stop) throw new AppError('cancelled', 'It was cancelled.')
        })
      expect(run).toThrow('It was cancelled.')
      expect(dumpRows(ours.database)).toBe(before)
    }
    expect(ours.database.all('SELECT * FROM merges')).toEqual([])
    expect(merge(ours, theirs)).toMatchObject({ conflicts: 1 })
  })
})
