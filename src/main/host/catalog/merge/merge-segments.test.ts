import { describe, expect, it } from 'vitest'
import type { Verdict } from '../../../../shared/contract/labels'
import { annotationId, classId, edit, merge, MergeBench } from '../../testing/merge-fixture'
import { copyAnnotations } from '../annotation-operations'
import { readAnnotation, removeAnnotations, setAnnotationLabel } from '../annotations'
import type { CatalogFolder } from '../catalog-folder'
import { undo } from '../journal'
import { decideConflict, listConflicts } from './conflicts'

const bench = new MergeBench()
const copyId = '01900000-0000-7000-8000-000000000002'

const judge = (catalog: CatalogFolder, author: string, id: string, name: string, state: Verdict): void =>
  edit(catalog, author, (recorder) =>
    setAnnotationLabel(catalog.database, recorder, { id, classId: classId(catalog, name), state }, author),
  )
const remove = (catalog: CatalogFolder, author: string, id: string): void =>
  edit(catalog, author, (recorder) => removeAnnotations(catalog.database, recorder, [id]))
const says = (catalog: CatalogFolder, id: string): unknown => {
  const { labels, doubts, origin, verdict } = readAnnotation(catalog.database, id)
  return [
    labels.map(({ name, state }) => `${name} ${state}`),
    doubts.map(({ name }) => name),
    origin?.act ?? null,
    verdict,
  ]
}

/** Two copies of a catalog in which a segment, and a copy of it, are judged, doubted and decided about. */
function makePair(): [ours: CatalogFolder, theirs: CatalogFolder] {
  const [base] = bench.makeCopies(['base']) as [CatalogFolder]
  const { database } = base
  judge(base, 'ana', annotationId, 'dog', 'present')
  edit(base, 'ana', (recorder) =>
    copyAnnotations(database, recorder, { copies: [{ id: annotationId, newId: copyId }], tier: 'model' }, 'ana'),
  )
  edit(base, 'ana', (recorder) => {
    const { key } = database.get<{ key: number }>('SELECT key FROM annotations WHERE id = ?', copyId)!
    recorder.insert('annotation_verdicts', { annotation_key: key, verdict: 'accepted', author: 'ana', at: 1 })
    return { title: 'Accept' }
  })
  database.close()
  return [bench.copy(base, 'x'), bench.copy(base, 'y')]
}

describe('merging segments', () => {
  it('keeps all of a segment that is doubted here and removed there, or nothing of it', () => {
    const [ours, theirs] = makePair()
    judge(ours, 'ana', copyId, 'rain', 'unsure')
    remove(theirs, 'ben', copyId)
    expect(merge(ours, theirs)).toMatchObject({ removed: 0, conflicts: 1 })
    expect(says(ours, copyId)).toEqual([['dog present'], ['rain'], 'copied', 'accepted'])
    const { conflicts } = listConflicts(ours.database, { decision: 'open', offset: 0, limit: 10 })
    expect(conflicts).toMatchObject([{ table: 'annotations', reason: 'It was changed here and removed there.' }])
    edit(ours, 'ana', (recorder) => decideConflict(ours.database, recorder, conflicts[0]!.id, 'theirs', 'ana'))
    expect(() => readAnnotation(ours.database, copyId)).toThrow('There is no annotation')
    expect(ours.database.sqlite.pragma('foreign_key_check')).toEqual([])
  })

  it('removes a segment with all that belongs to it where nothing of it was changed here', () => {
    const [ours, theirs] = makePair()
    remove(theirs, 'ben', copyId)
    // The segment, its label, its origin and the verdict.
    expect(merge(ours, theirs)).toMatchObject({ removed: 4, conflicts: 0 })
    expect(() => readAnnotation(ours.database, copyId)).toThrow('There is no annotation')
    undo(ours.database)
    expect(says(ours, copyId)).toEqual([['dog present'], [], 'copied', 'accepted'])
  })

  it('has a doubt about a segment that is gone here as one conflict, which can bring all of it back', () => {
    const [ours, theirs] = makePair()
    remove(ours, 'ana', copyId)
    judge(theirs, 'ben', copyId, 'rain', 'unsure')
    judge(theirs, 'ben', copyId, 'crying baby', 'absent')
    expect(merge(ours, theirs)).toMatchObject({ added: 0, conflicts: 1 })
    const { conflicts } = listConflicts(ours.database, { decision: 'open', offset: 0, limit: 10 })
    expect(conflicts).toMatchObject([{ table: 'annotations', subject: 'Segment' }])
    expect(conflicts[0]!.theirs.text).toContain('dog, not crying baby, rain?')
    edit(ours, 'ana', (recorder) => decideConflict(ours.database, recorder, conflicts[0]!.id, 'theirs', 'ana'))
    expect(says(ours, copyId)).toEqual(says(theirs, copyId))
    expect(says(ours, copyId)).toEqual([['dog present', 'crying baby absent'], ['rain'], 'copied', 'accepted'])
    undo(ours.database)
    expect(() => readAnnotation(ours.database, copyId)).toThrow('There is no annotation')
  })

  it('shows the label, and takes the next judgement, where one said it and the other could not tell', () => {
    const [ours, theirs] = makePair()
    judge(ours, 'ana', annotationId, 'rain', 'unsure')
    judge(theirs, 'ben', annotationId, 'rain', 'absent')
    expect(merge(ours, theirs).conflicts).toBe(0)
    expect(says(ours, annotationId)).toEqual([['dog present', 'rain absent'], [], null, null])
    judge(ours, 'ana', annotationId, 'rain', 'unsure')
    expect(says(ours, annotationId)).toEqual([['dog present'], ['rain'], null, null])
    judge(ours, 'ana', annotationId, 'rain', 'unknown')
    expect(says(ours, annotationId)).toEqual([['dog present'], [], null, null])
  })
})
