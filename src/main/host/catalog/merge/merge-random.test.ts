import { describe, expect, it } from 'vitest'
import { Random } from '../../../../dsp/random'
import { classNames } from '../../testing/host-fixture'
import { classId, clipIds, edit, merge, MergeBench, rowsOf } from '../../testing/merge-fixture'
import { dumpRows } from '../../testing/small-catalog'
import { createAnnotation, removeAnnotations, setAnnotationLabel, updateAnnotation } from '../annotations'
import type { CatalogFolder } from '../catalog-folder'
import { undo } from '../journal'
import { setLabel } from '../labels'
import { setMetadata } from '../metadata'

const bench = new MergeBench()

/** One edit, chosen by chance, that means the same in every copy. */
function drawEdit(catalog: CatalogFolder, random: Random, clips: string[], author: string) {
  const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
  const clip = one(clips)
  const className = one(classNames)
  const state = one(['present', 'absent', 'unknown', 'unsure'] as const)
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
        if (start < 1) recorder.update('clips', [key], { note: tag })
        else {
          // As an edit of very many clips, whose journal keeps the changed columns alone.
          database.run('CREATE TEMP TABLE IF NOT EXISTS wanted (key INTEGER PRIMARY KEY, fold TEXT, status TEXT)')
          database.run('DELETE FROM wanted')
          database.run('INSERT INTO wanted VALUES (?, ?, ?)', key, tag, start < 2.5 ? 'done' : 'returned')
          recorder.updateAll('clips', start < 2 ? ['fold'] : ['fold', 'status'], 'wanted')
        }
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
      const [a, b, sequence, a2, b2] = bench.makeCopies(['a', 'b', 's', 'a2', 'b2']) as CatalogFolder[]
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
      const [base, a, b] = bench.makeCopies(['base', 'a', 'b']) as [CatalogFolder, CatalogFolder, CatalogFolder]
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
