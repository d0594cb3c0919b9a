import { describe, expect, it } from 'vitest'
import { draft, smallSet } from '../testing/host-fixture'
import { createSmallCatalog, type SmallCatalog } from '../testing/small-catalog'
import { createAnnotation } from './annotations'
import { redo, runCommand, undo } from './journal'
import { setLabel } from './labels'
import { renameClass } from './ontology'
import { ensureRoot, ingestRecordings } from './recordings'
import { diffSnapshots } from './snapshot-diff'
import {
  checkSnapshots,
  describeSnapshot,
  listSnapshots,
  makeSnapshot,
  measureSnapshots,
  readSnapshot,
  removeSnapshot,
} from './snapshots'

const make = ({ database }: SmallCatalog, name: string | null): string =>
  makeSnapshot(database, { name, note: '', author: 'ana' }).id

function label(
  catalog: SmallCatalog,
  clip: string,
  name: string,
  state: 'present' | 'absent' | 'unknown',
  author: string,
) {
  const { database, clips, classes } = catalog
  runCommand(database, 'labels.set', author, (recorder) =>
    setLabel(database, recorder, { clipIds: [clips.get(clip)!], classId: classes.get(name)!, state }, author),
  )
}

describe('a snapshot', () => {
  it('is the same for the same content, also after an undo, and another for another', () => {
    const catalog = createSmallCatalog(smallSet())
    const first = make(catalog, 'first')
    expect(makeSnapshot(catalog.database, { name: null, note: '', author: 'bob' })).toEqual({ id: first, isNew: false })
    label(catalog, '0-0', 'rain', 'present', 'ana')
    const second = make(catalog, 'second')
    expect(second).not.toBe(first)
    undo(catalog.database)
    expect(makeSnapshot(catalog.database, { name: null, note: '', author: 'ana' })).toEqual({ id: first, isNew: false })
    expect(listSnapshots(catalog.database).map(({ name }) => name)).toEqual(['second', 'first'])
    expect(checkSnapshots(catalog.database)).toEqual([])
  })

  it('keeps what it held when the catalog changes, and its name alone can be changed', () => {
    const catalog = createSmallCatalog(smallSet())
    const { database, classes } = catalog
    const id = make(catalog, 'first')
    const before = readSnapshot(database, id)
    runCommand(database, 'ontology.rename', 'ana', (recorder) =>
      renameClass(database, recorder, classes.get('dog')!, 'hound'),
    )
    runCommand(database, 'snapshots.describe', 'ana', (recorder) =>
      describeSnapshot(database, recorder, id, { name: 'v1', note: 'as published' }),
    )
    expect(readSnapshot(database, id)).toEqual({ ...before, name: 'v1', note: 'as published' })
    expect(() => make(catalog, 'v1')).toThrow('There is a snapshot “v1” already.')
    undo(database)
    expect(readSnapshot(database, id)).toEqual(before)
    const diff = diffSnapshots(database, before, readSnapshot(database, make(catalog, 'second')))
    expect(diff.classes).toEqual({ added: 0, removed: 0, changed: 1 })
    expect(diff.clips).toEqual({ added: 0, removed: 0, changed: 0, same: 24 })
  })

  it('is deleted and comes back, also when one of its name and content was made meanwhile', () => {
    const catalog = createSmallCatalog(smallSet())
    const { database } = catalog
    const id = make(catalog, 'first')
    const before = readSnapshot(database, id)
    runCommand(database, 'snapshots.remove', 'ana', (recorder) => removeSnapshot(database, recorder, id))
    expect(listSnapshots(database)).toEqual([])
    make(catalog, 'first')
    undo(database)
    expect(readSnapshot(database, id)).toEqual(before)
    redo(database)
    expect(listSnapshots(database)).toHaveLength(1)
    expect(checkSnapshots(database)).toEqual([])
  })

  it('is found out when its stored text is not what it was', () => {
    const catalog = createSmallCatalog(smallSet())
    make(catalog, 'first')
    catalog.database.run(`UPDATE snapshot_chunks SET data = (SELECT data FROM snapshot_chunks ORDER BY key LIMIT 1)
      WHERE key = (SELECT max(key) - 1 FROM snapshot_chunks)`)
    expect(checkSnapshots(catalog.database)).toEqual([expect.stringMatching(/Snapshot “first”: .* is not what it was/)])
  })

  it('shares what did not change: one label among 6000 clips costs a chunk and a manifest', () => {
    const catalog = createSmallCatalog(smallSet(2000))
    make(catalog, 'first')
    const whole = measureSnapshots(catalog.database)
    label(catalog, '0-0', 'rain', 'present', 'ana')
    make(catalog, 'second')
    expect(measureSnapshots(catalog.database) - whole).toBeLessThan(whole / 4)
    expect(checkSnapshots(catalog.database)).toEqual([])
  })
})

describe('the difference of two snapshots', () => {
  it('counts clips, labels, segments and splits, by class and by annotator', () => {
    const catalog = createSmallCatalog(smallSet())
    const { database, clips, classes } = catalog
    const from = readSnapshot(database, make(catalog, 'from'))
    label(catalog, '0-0', 'rain', 'present', 'bob')
    label(catalog, '1-0', 'dog', 'absent', 'ana')
    label(catalog, '2-0', 'dog', 'unknown', 'ana')
    runCommand(database, 'annotations.create', 'bob', (recorder) =>
      createAnnotation(
        database,
        recorder,
        {
          clipId: clips.get('3-0')!,
          startSeconds: 1,
          endSeconds: 2,
          lowHz: null,
          highHz: null,
          classIds: [classes.get('dog')!],
        },
        'bob',
      ),
    )
    runCommand(database, 'clips.move', 'ana', (recorder) => {
      const { key } = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', clips.get('4-0')!)!
      recorder.update('clips', [key], { fold: '9' })
      return { title: 'Move' }
    })
    runCommand(database, 'import', 'ana', (recorder) => {
      ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), [
        draft('new', '1', 'dog'),
      ])
      return { title: 'Import' }
    })
    const diff = diffSnapshots(database, from, readSnapshot(database, make(catalog, 'to')))
    expect(diff.clips).toEqual({ added: 1, removed: 0, changed: 5, same: 19 })
    expect(diff.labels).toEqual({ added: 3, removed: 1, changed: 1 })
    expect(diff.segments).toEqual({ added: 1, removed: 0, changed: 0 })
    expect(diff.splits).toBe(1)
    expect(diff.byClass).toEqual([
      { name: 'dog', added: 2, removed: 1, changed: 1 },
      { name: 'rain', added: 1, removed: 0, changed: 0 },
    ])
    expect(Object.fromEntries(diff.byAuthor.map(({ name, ...counts }) => [name, counts]))).toEqual({
      bob: { added: 2, removed: 0, changed: 0 },
      import: { added: 1, removed: 1, changed: 0 },
      ana: { added: 0, removed: 0, changed: 1 },
    })
    const row = (name: string) => diff.rows.find(({ recording }) => recording === `audio/${name}.wav`)
    expect(row('1-0')!.details).toEqual(['dog: present (import) → absent (ana)'])
    expect(row('4-0')!.details).toEqual(['fold: 1 → 9'])
    expect(row('new')!.verdict).toBe('added')
    expect(diff.changelog).toContain('| dog | 2 | 1 | 1 |')
    // The other way round, what was added is removed.
    const back = diffSnapshots(database, diff.to, diff.from)
    expect(back.clips).toEqual({ added: 0, removed: 1, changed: 5, same: 19 })
  })
})
