import { describe, expect, it } from 'vitest'
import { classId, edit, merge, MergeBench } from '../../testing/merge-fixture'
import { dumpRows } from '../../testing/small-catalog'
import type { CatalogFolder } from '../catalog-folder'
import { placeClass, refuseCircles } from '../class-places'
import { undo } from '../journal'
import { addClass } from '../ontology'
import { decideConflict, listConflicts } from './conflicts'

const bench = new MergeBench()

/** Puts classes, by name, under others. */
function place({ database, ...rest }: CatalogFolder, author: string, name: string, parents: string[]): void {
  edit({ database, ...rest }, author, (recorder) => {
    const key = (wanted: string): number =>
      database.get<{ key: number }>('SELECT key FROM ontology_classes WHERE name = ?', wanted)!.key
    placeClass(database, recorder, key(name), parents.map(key))
    return { title: `Place ${name}` }
  })
}

const placesOf = ({ database }: CatalogFolder): string[] =>
  database.pluck(`SELECT c.name || ' < ' || p.name FROM class_parents x JOIN ontology_classes c ON c.key = x.child_key
    JOIN ontology_classes p ON p.key = x.parent_key ORDER BY 1`)

const open = ({ database }: CatalogFolder) => listConflicts(database, { decision: 'open', offset: 0, limit: 10 })

describe('places of classes that go round in a circle once they are put together', () => {
  it('are conflicts that name the classes, and are not written', () => {
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    place(ours, 'ana', 'rain', ['dog'])
    place(theirs, 'ben', 'dog', ['rain'])
    const before = dumpRows(ours.database)
    expect(merge(ours, theirs)).toMatchObject({ conflicts: 1, added: 0 })
    expect(placesOf(ours)).toEqual(['rain < dog'])
    expect(() => refuseCircles(ours.database)).not.toThrow()
    const [conflict] = open(ours).conflicts
    expect(conflict).toMatchObject({
      subject: 'Class dog under rain',
      reason: 'The classes would go round in a circle: “dog” → “rain” → “dog”.',
      ours: { text: 'not there' },
      theirs: { text: 'there', author: 'ben' },
    })
    expect(() =>
      edit(ours, 'ana', (recorder) => decideConflict(ours.database, recorder, conflict!.id, 'theirs', 'ana')),
    ).toThrow('The classes would go round in a circle: “dog” → “rain” → “dog”.')
    expect(placesOf(ours)).toEqual(['rain < dog'])
    expect(open(ours).open).toBe(1)
    // With room made for it, theirs can be taken.
    place(ours, 'ana', 'rain', [])
    edit(ours, 'ana', (recorder) => decideConflict(ours.database, recorder, conflict!.id, 'theirs', 'ana'))
    expect(placesOf(ours)).toEqual(['dog < rain'])
    for (let step = 0; step < 3; step++) undo(ours.database)
    expect(dumpRows(ours.database)).toBe(before)
  })

  it('are found over a class between them, and what was moved keeps its old place', () => {
    const [first] = bench.makeCopies(['first']) as [CatalogFolder]
    for (const name of ['animal', 'weather', 'sound'])
      edit(first, 'ana', (recorder) => addClass(first.database, recorder, name))
    place(first, 'ana', 'dog', ['animal'])
    place(first, 'ana', 'animal', ['sound'])
    place(first, 'ana', 'rain', ['weather'])
    first.database.close()
    const [ours, theirs] = [bench.copy(first, 'a'), bench.copy(first, 'b')]
    place(ours, 'ana', 'weather', ['dog'])
    place(theirs, 'ben', 'animal', ['rain'])
    expect(merge(ours, theirs)).toMatchObject({ conflicts: 2, added: 0, removed: 0 })
    expect(placesOf(ours)).toEqual(['animal < sound', 'dog < animal', 'rain < weather', 'weather < dog'])
    expect(open(ours).conflicts.map(({ subject, reason }) => [subject, reason])).toEqual([
      [
        'Class animal under rain',
        'The classes would go round in a circle: “animal” → “rain” → “weather” → “dog” → “animal”.',
      ],
      ['Class animal under sound', 'It was moved there to a place that was not taken here.'],
    ])
    // Where nothing of ours stands against it, it is taken as ever.
    const other = bench.copy(first, 'c')
    expect(merge(other, theirs)).toMatchObject({ conflicts: 0, added: 1, removed: 1 })
    expect(placesOf(other)).toEqual(['animal < rain', 'dog < animal', 'rain < weather'])
  })

  it('stay a conflict when theirs is taken in every conflict', () => {
    const [ours, theirs] = bench.makeCopies(['a', 'b']) as [CatalogFolder, CatalogFolder]
    place(ours, 'ana', 'rain', ['dog'])
    place(theirs, 'ben', 'dog', ['rain'])
    merge(ours, theirs, { conflicts: 'theirs' })
    expect(open(ours).open).toBe(1)
    expect(placesOf(ours)).toEqual(['rain < dog'])
    expect(classId(ours, 'dog')).toBe(classId(theirs, 'dog'))
  })
})
