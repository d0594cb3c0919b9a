import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, test } from 'vitest'
import { readOntology } from '../../../formats/ontology/read-ontology'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows, type SmallCatalog } from '../testing/small-catalog'
import { createAnnotation } from './annotations'
import { updateClass } from './class-facts'
import { listClips } from './clips'
import { redo, runCommand, undo } from './journal'
import { correctLabel, setFullyAnnotated, setLabel } from './labels'
import { addClass, findNamedClass, listClasses, requireTarget } from './ontology'
import { importOntology } from './ontology-import'
import { mergeClasses, remapClasses, splitClass } from './ontology-moves'
import type { Recorder } from './recorder'

let catalog: SmallCatalog
const edit = <T extends { title: string }>(work: (recorder: Recorder) => T): T =>
  runCommand(catalog.database, 'test', 'anna', work).result
const idOf = (name: string): string => findNamedClass(catalog.database, name)!.id
const statesOf = (clip: string): Record<string, number> =>
  Object.fromEntries(
    catalog.database
      .all<{ name: string; state: number }>(
        `SELECT k.name, l.state FROM clip_labels l JOIN ontology_classes k ON k.key = l.class_key
           WHERE l.clip_key = (SELECT key FROM clips WHERE id = ?) ORDER BY k.name`,
        catalog.clips.get(clip)!,
      )
      .map(({ name, state }) => [name, state]),
  )

beforeEach(() => {
  catalog = createSmallCatalog([draft('a', '1', 'dog'), draft('b', '1', 'rain'), draft('c', '2', 'dog')])
  const { database, clips } = catalog
  const judge = (clip: string, name: string, state: 'present' | 'absent'): unknown =>
    edit((recorder) =>
      setLabel(database, recorder, { clipIds: [clips.get(clip)!], classId: idOf(name), state }, 'anna'),
    )
  judge('a', 'rain', 'absent')
  judge('b', 'dog', 'absent')
  const span = { startSeconds: 0, endSeconds: 0.5, lowHz: null, highHz: null }
  edit((recorder) =>
    createAnnotation(database, recorder, { clipId: clips.get('c')!, ...span, classIds: [idOf('dog')] }, 'anna'),
  )
})

/** Counts first, then does it; both say the same, the count leaves no trace, and one undo takes all back. */
function checkMove(
  work: (writer: Recorder | null) => ReturnType<typeof mergeClasses>,
): ReturnType<typeof mergeClasses> {
  const before = dumpRows(catalog.database)
  const counted = work(null)
  expect(dumpRows(catalog.database)).toBe(before)
  expect(edit((recorder) => work(recorder))).toEqual(counted)
  const after = dumpRows(catalog.database)
  expect(after).not.toBe(before)
  undo(catalog.database)
  expect(dumpRows(catalog.database)).toBe(before)
  redo(catalog.database)
  expect(dumpRows(catalog.database)).toBe(after)
  return counted
}

describe('labels move with the ontology', () => {
  it('merges a class into another: present is kept, its name becomes a synonym', () => {
    const [dog, rain] = [idOf('dog'), idOf('rain')]
    const counted = checkMove((writer) => mergeClasses(catalog.database, writer, { fromId: dog, intoId: rain }))
    expect(counted).toMatchObject({ clips: 3, clipLabels: 3, segmentLabels: 1, joined: 2, conflicts: 2 })
    expect(statesOf('a')).toEqual({ rain: 1 })
    expect(statesOf('b')).toEqual({ rain: 1 })
    expect(listClasses(catalog.database).find(({ id }) => id === rain)!.synonyms).toEqual(['dog'])
    expect(idOf('DOG')).toBe(rain)
    expect(() => mergeClasses(catalog.database, null, { fromId: rain, intoId: rain })).toThrow(/into itself/)
  })

  it('keeps the tree whole where the merged class stands in it', () => {
    const { database } = catalog
    const child = edit((recorder) => addClass(database, recorder, 'puppy')).id
    edit((recorder) => updateClass(database, recorder, child, { parentIds: [idOf('dog')] }))
    edit((recorder) => updateClass(database, recorder, idOf('dog'), { parentIds: [idOf('rain')] }))
    checkMove((writer) => mergeClasses(database, writer, { fromId: idOf('dog'), intoId: idOf('rain') }))
    expect(listClasses(database).find(({ id }) => id === child)!.parentIds).toEqual([idOf('rain')])
    expect(listClasses(database).find(({ name }) => name === 'rain')!.parentIds).toEqual([])
  })

  it('splits the clips of a query off', () => {
    const counted = checkMove((writer) =>
      splitClass(catalog.database, writer, { id: idOf('dog'), name: 'wolf', query: parseClipQuery('fold:2') }),
    )
    expect(counted).toMatchObject({ clips: 1, clipLabels: 1, segmentLabels: 1, joined: 0 })
    expect(statesOf('c')).toEqual({ wolf: 1 })
    expect(statesOf('a')).toEqual({ dog: 1, rain: 0 })
  })

  it('lets two classes change places, and names the pair that is wrong', () => {
    const pairs = [
      { from: 'dog', to: 'rain' },
      { from: 'rain', to: 'dog' },
    ]
    checkMove((writer) => remapClasses(catalog.database, writer, pairs))
    expect(statesOf('a')).toEqual({ dog: 0, rain: 1 })
    expect(statesOf('b')).toEqual({ dog: 1, rain: 0 })
    checkMove((writer) => remapClasses(catalog.database, writer, [{ from: 'rain', to: 'new one' }]))
    expect(statesOf('a')).toEqual({ dog: 0, 'new one': 1 })
    expect(() => remapClasses(catalog.database, null, [{ from: 'yeti', to: 'dog' }])).toThrow(
      /Pair 1 .*no class “yeti”/,
    )
  })

  it('says of each pair of a remap what moves, and adds a new class once', () => {
    const { database } = catalog
    const pairs = [
      { from: 'DOG', to: 'canid' },
      { from: 'rain', to: 'Canid' },
      { from: 'Dog', to: 'canid' },
    ]
    const counted = checkMove((writer) => remapClasses(database, writer, pairs))
    expect(counted).toMatchObject({
      clipLabels: 5,
      segmentLabels: 1,
      joined: 2,
      pairs: [
        { from: 'dog', to: 'canid', isNew: true, labels: 4 },
        { from: 'rain', to: 'Canid', isNew: true, labels: 2 },
      ],
    })
    // What a pair adds is not there for another pair, whether it is counted or done.
    const chain = [
      { from: 'canid', to: 'wolf' },
      { from: 'wolf', to: 'dog' },
    ]
    expect(() => remapClasses(database, null, chain)).toThrow(/Pair 2 .*no class “wolf”/)
    expect(() => edit((recorder) => remapClasses(database, recorder, chain))).toThrow(/Pair 2 .*no class “wolf”/)
    expect(() => remapClasses(database, null, [...chain.slice(0, 1), { from: 'canid', to: 'dog' }])).toThrow(
      /Pair 2 .*already moved/,
    )
  })

  it('refuses a circle and a quick code that is taken', () => {
    const { database } = catalog
    edit((recorder) => updateClass(database, recorder, idOf('dog'), { parentIds: [idOf('rain')], quickCode: 'd' }))
    const before = dumpRows(database)
    expect(() =>
      edit((recorder) => updateClass(database, recorder, idOf('rain'), { parentIds: [idOf('dog')] })),
    ).toThrow(/circle: “(dog|rain)” → “(dog|rain)”/)
    expect(() => edit((recorder) => updateClass(database, recorder, idOf('rain'), { quickCode: 'D' }))).toThrow(
      /already labels “dog”/,
    )
    expect(dumpRows(database)).toBe(before)
  })
})

const ontologyFile = join(process.env['EARMARK_TEST_DATA'] ?? '../shared/data', 'audioset/ontology.json')

test.skipIf(!existsSync(ontologyFile))(
  'AudioSet’s ontology comes in whole, once, and its headings take no label',
  () => {
    const { database, clips } = catalog
    const drafts = readOntology('ontology.json', readFileSync(ontologyFile, 'utf8'))
    const bring = (): ReturnType<typeof importOntology> =>
      edit((recorder) => ({ title: 'Import', ...importOntology(database, recorder, drafts) }))
    expect(bring()).toMatchObject({ classes: 632, restricted: 89 })
    const before = dumpRows(database)
    expect(bring()).toMatchObject({ added: 0, changed: 0 })
    expect(dumpRows(database)).toBe(before)
    expect(idOf('/m/09x0r')).toBe(idOf('Speech'))
    expect(idOf('speech babble')).toBe(idOf('Hubbub, speech noise, speech babble'))
    const heading = idOf('Human sounds')
    expect(() => requireTarget(database, heading)).toThrow(/abstract/)
    const clipIds = [clips.get('a')!]
    for (const work of [
      (recorder: Recorder) => setLabel(database, recorder, { clipIds, classId: heading, state: 'absent' }, 'anna'),
      (recorder: Recorder) => correctLabel(database, recorder, { clipIds, toClassId: heading }, 'anna'),
      (recorder: Recorder) => mergeClasses(database, recorder, { fromId: idOf('Speech'), intoId: heading }),
    ])
      expect(() => edit(work)).toThrow(/cannot be a label/)
    undo(database)
    expect(findNamedClass(database, '/m/09x0r')).toBeNull()
  },
)

test('under: finds what is certainly below a class in the tree', () => {
  const { database, clips } = catalog
  const add = (name: string, parents: string[]): void => {
    const { id } = edit((recorder) => addClass(database, recorder, name))
    edit((recorder) => updateClass(database, recorder, id, { parentIds: parents.map(idOf) }))
  }
  add('animal', [])
  add('cat', ['animal'])
  edit((recorder) => updateClass(database, recorder, idOf('dog'), { parentIds: [idOf('animal')] }))
  add('growl', ['dog', 'cat'])
  edit((recorder) =>
    setLabel(database, recorder, { clipIds: [clips.get('b')!], classId: idOf('growl'), state: 'present' }, 'anna'),
  )
  const find = (text: string): string[] =>
    listClips(database, parseClipQuery(text), 0, 10).rows.map((row) => row.recordingPath.slice(6, 7))
  expect(find('under:animal')).toEqual(['a', 'b', 'c'])
  expect(find('under:dog')).toEqual(['a', 'c'])
  expect(find('under:growl')).toEqual(['b'])
  expect(find('under:rain')).toEqual(['b'])
  expect(find('under:yeti')).toEqual([])
})

test('a clip is marked as fully annotated, in one step that can be undone', () => {
  const { database, clips } = catalog
  const isMarked = (): boolean => listClips(database, parseClipQuery('is:complete'), 0, 10).rows.length === 1
  const clipIds = [clips.get('a')!]
  edit((recorder) => setFullyAnnotated(database, recorder, { clipIds, isFullyAnnotated: true }))
  expect(isMarked()).toBe(true)
  expect(listClips(database, parseClipQuery('is:complete'), 0, 1).rows[0]!.isFullyAnnotated).toBe(true)
  undo(database)
  expect(isMarked()).toBe(false)
})
