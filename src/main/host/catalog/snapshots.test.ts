import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import { v7 as createId } from 'uuid'
import { describe, expect, it } from 'vitest'
import { draft, smallSet } from '../testing/host-fixture'
import { createSmallCatalog, type SmallCatalog } from '../testing/small-catalog'
import { createAnnotation, setAnnotationLabel } from './annotations'
import { openDatabase } from './database'
import { redo, runCommand, undo } from './journal'
import { setLabel } from './labels'
import { setMetadata } from './metadata'
import { migrations } from './migrations/migrations'
import { renameClass } from './ontology'
import { ensureRoot, ingestRecordings } from './recordings'
import { setStatus } from './review'
import { diffSnapshots } from './snapshot-diff'
import { type ClipLine, hashText, readChunk, readManifest } from './snapshot-reader'
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

describe('what a snapshot keeps of the work on a clip', () => {
  it('is absent as well as present classes of segments, the status, the note, and whether all that is heard is labeled', () => {
    const catalog = createSmallCatalog(smallSet())
    const { database, clips, classes } = catalog
    const id = createId()
    const clipId = clips.get('0-0')!
    runCommand(database, 'annotations.create', 'ana', (recorder) =>
      createAnnotation(
        database,
        recorder,
        { id, clipId, startSeconds: 1, endSeconds: 2, lowHz: null, highHz: null, classIds: [classes.get('dog')!] },
        'ana',
      ),
    )
    const from = readSnapshot(database, make(catalog, 'from'))
    runCommand(database, 'annotations.setLabel', 'ana', (recorder) =>
      setAnnotationLabel(database, recorder, { id, classId: classes.get('rain')!, state: 'absent' }, 'ana'),
    )
    runCommand(database, 'review.setStatus', 'ana', (recorder) =>
      setStatus(database, recorder, { clipIds: [clipId], status: 'done', comment: '' }, 'ana'),
    )
    const { key } = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', clipId)!
    runCommand(database, 'clips.note', 'ana', (recorder) => {
      recorder.update('clips', [key], { is_fully_annotated: 1, note: 'far away' })
      return { title: 'Note' }
    })
    const diff = diffSnapshots(database, from, readSnapshot(database, make(catalog, 'to')))
    expect(diff.rows).toEqual([
      {
        clipId,
        recording: 'audio/0-0.wav',
        verdict: 'changed',
        details: [
          'rain: absent (ana)',
          'segments: 1 changed',
          'status: unlabeled → done',
          'fully annotated: no → yes',
          'note: – → far away',
        ],
      },
    ])
  })
})

describe('the metadata in snapshots', () => {
  function setValue({ database, clips }: SmallCatalog, clip: string, name: string, value: string | null): void {
    runCommand(database, 'metadata.set', 'ana', (recorder) => {
      const { key } = database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', clips.get(clip)!)!
      setMetadata(database, recorder, key, name, value)
      return { title: 'Metadata' }
    })
  }

  /** As versions before metadata have made it: the same content in layout 1. */
  function makeOld(catalog: SmallCatalog, name: string): string {
    const { database } = catalog
    const id = make(catalog, name)
    const { contentHash } = readSnapshot(database, id)
    const keep = (text: string): string => {
      database.run(
        'INSERT OR IGNORE INTO snapshot_chunks (hash, data) VALUES (?, ?)',
        hashText(text),
        deflateRawSync(text),
      )
      return hashText(text)
    }
    const manifest = readManifest(database, contentHash)
    delete manifest.metadata
    const chunks = manifest.chunks.map((hash) =>
      keep(
        readChunk(database, hash)
          .split('\n')
          .map((line) => JSON.stringify((JSON.parse(line) as ClipLine).slice(0, 13)))
          .join('\n'),
      ),
    )
    const hash = keep(JSON.stringify({ ...manifest, layout: 1, chunks }))
    database.run('UPDATE snapshots SET content_hash = ?, metadata_count = NULL WHERE id = ?', hash, id)
    return id
  }

  it('is kept, in whatever order it was given, and its changes are counted by name', () => {
    const catalog = createSmallCatalog(smallSet())
    const { database } = catalog
    setValue(catalog, '0-0', 'site', 'harbour')
    setValue(catalog, '0-0', 'licence', 'CC0')
    setValue(catalog, '0-0', 'attribution', 'ana')
    setValue(catalog, '1-0', 'licence', 'CC0')
    const from = readSnapshot(database, make(catalog, 'from'))
    expect(from.metadataCount).toBe(database.pluck<number>('SELECT count(*) FROM clip_metadata')[0])
    for (const name of ['site', 'licence', 'attribution']) setValue(catalog, '0-0', name, null)
    setValue(catalog, '0-0', 'attribution', 'ana')
    setValue(catalog, '0-0', 'licence', 'CC0')
    setValue(catalog, '0-0', 'site', 'harbour')
    expect(makeSnapshot(database, { name: null, note: '', author: 'ana' })).toEqual({ id: from.id, isNew: false })
    setValue(catalog, '0-0', 'licence', 'CC BY 4.0')
    setValue(catalog, '0-0', 'site', null)
    setValue(catalog, '2-0', 'licence', 'CC0')
    const diff = diffSnapshots(database, from, readSnapshot(database, make(catalog, 'to')))
    expect(diff.metadata).toEqual({ added: 1, removed: 1, changed: 1 })
    expect(diff.byMetadata).toEqual([
      { name: 'licence', added: 1, removed: 0, changed: 1 },
      { name: 'site', added: 0, removed: 1, changed: 0 },
    ])
    expect(diff.clips).toEqual({ added: 0, removed: 0, changed: 2, same: 22 })
    expect(diff.labels).toEqual({ added: 0, removed: 0, changed: 0 })
    expect(diff.rows.find(({ recording }) => recording === 'audio/0-0.wav')!.details).toEqual([
      'licence: CC0 → CC BY 4.0',
      'site: harbour → –',
    ])
    expect(diff.changelog).toContain('- metadata: 1 added, 1 removed, 1 changed\n')
    expect(diff.changelog).toContain('| licence | 1 | 0 | 1 |')
  })

  it('is not there in older snapshots, which say so and are compared without it', () => {
    const catalog = createSmallCatalog(smallSet())
    const { database } = catalog
    setValue(catalog, '0-0', 'licence', 'CC0')
    const old = readSnapshot(database, makeOld(catalog, 'old'))
    expect(old.metadataCount).toBeNull()
    expect(checkSnapshots(database)).toEqual([])
    label(catalog, '1-0', 'rain', 'present', 'ana')
    const now = readSnapshot(database, make(catalog, 'now'))
    for (const [from, to] of [
      [old, now],
      [now, old],
    ] as const) {
      const diff = diffSnapshots(database, from, to)
      expect(diff.clips).toEqual({ added: 0, removed: 0, changed: 1, same: 23 })
      expect([diff.metadata, diff.byMetadata]).toEqual([null, []])
      expect(diff.changelog).toContain('- metadata: not compared; old was made before snapshots held metadata\n')
    }
    // What the catalog is now is another snapshot than the old one of the same labels.
    undo(database)
    expect(makeSnapshot(database, { name: null, note: '', author: 'ana' }).isNew).toBe(true)
  })

  it('comes with a layout that older catalogs are brought to, with their snapshots', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earmark-snapshots-'))
    try {
      const file = join(folder, 'earmark.db')
      const before = openDatabase(
        file,
        { create: true },
        migrations.filter(({ version }) => version < 8),
      )
      before.run(`INSERT INTO snapshots (id, name, author, at, content_hash, ontology_hash, ontology_version, clip_count,
        label_count, segment_count) VALUES ('s', 'v1', 'ana', '2026-01-01T00:00:00Z', 'c', 'o', 1, 3, 2, 1)`)
      before.close()
      const database = openDatabase(file, { create: false })
      expect(listSnapshots(database)).toMatchObject([
        { name: 'v1', clipCount: 3, segmentCount: 1, metadataCount: null },
      ])
      database.close()
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
