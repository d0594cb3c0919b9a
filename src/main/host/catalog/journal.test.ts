import { beforeEach, describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { draft, smallSet } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows, type SmallCatalog } from '../testing/small-catalog'
import {
  createAnnotation,
  listAnnotations,
  removeAnnotations,
  setAnnotationLabel,
  updateAnnotation,
} from './annotations'
import type { Database } from './database'
import { listHistory } from './history-list'
import { readHistoryState, redo, runCommand, takeBack, undo } from './journal'
import { rangedTableNames, rangedTables } from './journal-tables'
import { correctLabel, setLabel } from './labels'
import { addClass, listClasses, renameClass } from './ontology'
import { ensureRoot, ingestRecordings } from './recordings'
import { Recorder } from './recorder'

/** One random edit of any kind, by its seed. */
function editAtRandom(database: Database, random: Random): void {
  const clips = database.all<{ id: string }>('SELECT id FROM clips ORDER BY id').map((row) => row.id)
  const classes = listClasses(database).map((row) => row.id)
  const annotations = clips.flatMap((id) => listAnnotations(database, id)).map((row) => row.id)
  const one = <T>(list: T[]): T => list[random.integer(list.length)]!
  const some = <T>(list: T[]): T[] => random.shuffle(list).slice(0, 1 + random.integer(4))
  const state = one(['present', 'absent', 'unknown'] as const)
  const kinds = [
    (recorder: Recorder) =>
      setLabel(database, recorder, { clipIds: some(clips), classId: one(classes), state }, 'fuzz'),
    (recorder: Recorder) => correctLabel(database, recorder, { clipIds: some(clips), toClassId: one(classes) }, 'fuzz'),
    (recorder: Recorder) => {
      const startSeconds = random.uniform(0, 4)
      const span = { startSeconds, endSeconds: startSeconds + 0.5, lowHz: null, highHz: random.uniform(100, 8000) }
      return createAnnotation(database, recorder, { clipId: one(clips), ...span, classIds: some(classes) }, 'fuzz')
    },
    (recorder: Recorder) => {
      database.run('CREATE TEMP TABLE IF NOT EXISTS wanted (key INTEGER PRIMARY KEY, split TEXT, status TEXT)')
      database.run('DELETE FROM wanted')
      database.run(
        `INSERT INTO wanted SELECT key, ?, ? FROM clips WHERE id IN (SELECT value FROM json_each(?))`,
        one(['train', 'test', null]),
        one(['unlabeled', 'done']),
        JSON.stringify(some(clips)),
      )
      return { title: `Change ${recorder.updateAll('clips', ['split', 'status'], 'wanted')} clips` }
    },
    (recorder: Recorder) => addClass(database, recorder, `class ${random.nextUint32()}`),
    (recorder: Recorder) => renameClass(database, recorder, one(classes), `renamed ${random.nextUint32()}`),
    (recorder: Recorder) => {
      const drafts = [draft(`late-${random.nextUint32()}`, '1', 'dog'), draft('0-0', '1', 'rain')]
      ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), drafts)
      return { title: 'Import' }
    },
    ...(annotations.length === 0
      ? []
      : [
          (recorder: Recorder) =>
            updateAnnotation(database, recorder, { id: one(annotations), startSeconds: random.uniform(0, 0.4) }),
          (recorder: Recorder) =>
            setAnnotationLabel(database, recorder, { id: one(annotations), classId: one(classes), state }, 'fuzz'),
          (recorder: Recorder) => removeAnnotations(database, recorder, some(annotations)),
        ]),
  ]
  runCommand(database, 'fuzz', 'fuzz', one(kinds))
}

describe('the journal', () => {
  let catalog: SmallCatalog
  let database: Database

  beforeEach(() => {
    catalog = createSmallCatalog(smallSet(3))
    database = catalog.database
  })

  const label = (name: string, className: string, state: 'present' | 'absent' | 'unknown'): void => {
    runCommand(database, 'labels.set', 'ana', (recorder) =>
      setLabel(
        database,
        recorder,
        { clipIds: [catalog.clips.get(name)!], classId: catalog.classes.get(className)!, state },
        'ana',
      ),
    )
  }

  for (let seed = 1; seed <= 20; seed++)
    it(`returns to every state it was in, edit by edit (seed ${seed})`, () => {
      const random = new Random(seed, 'journal')
      // States by the number of edits that lead to them.
      const states = [dumpRows(database)]
      let depth = 0
      for (let step = 0; step < 60; step++) {
        const choice = random.uniform()
        if (choice < 0.6) {
          const before = readHistoryState(database)
          editAtRandom(database, random)
          const now = dumpRows(database)
          // An edit that changed nothing is no entry and keeps the branch.
          if (now === states[depth]) expect(readHistoryState(database)).toEqual(before)
          else states.splice(++depth, Infinity, now)
        } else if (choice < 0.85) {
          // The very first entry is the import of the set-up.
          if (depth > 0) {
            undo(database)
            depth--
          }
        } else if (redo(database).title !== null) depth++
        expect(dumpRows(database)).toBe(states[depth])
      }
      while (depth > 0) {
        undo(database)
        depth--
        expect(dumpRows(database)).toBe(states[depth])
      }
      while (redo(database).title !== null) depth++
      expect(dumpRows(database)).toBe(states.at(-1))
      expect(database.sqlite.pragma('foreign_key_check')).toEqual([])
    })

  it('writes who did what and when, with what was before and after', () => {
    label('0-0', 'dog', 'absent')
    const [entry] = listHistory(database, 0, 1).entries
    expect(entry).toMatchObject({ title: 'Label 1 clip: dog absent', author: 'ana', isUndone: false, changeCount: 1 })
    expect(Date.parse(entry!.at)).toBeGreaterThan(Date.now() - 60_000)
    const change = database.get<{ before: string; after: string }>(
      'SELECT before, after FROM journal_changes ORDER BY entry_seq DESC LIMIT 1',
    )!
    expect(JSON.parse(change.before)).toMatchObject({ state: 1, author: 'import' })
    expect(JSON.parse(change.after)).toMatchObject({ state: 0, author: 'ana' })
  })

  it('ends the branch that could be redone when something new is done, and keeps its rows', () => {
    label('0-0', 'rain', 'present')
    undo(database)
    label('0-1', 'dog', 'absent')
    expect(readHistoryState(database).redoTitle).toBeNull()
    expect(redo(database).title).toBeNull()
    expect(database.all(`SELECT 1 FROM journal WHERE state = 'abandoned'`)).toHaveLength(1)
    expect(listHistory(database, 0, 10).entries.map((entry) => entry.title)).toEqual([
      'Label 1 clip: dog absent',
      'Import',
    ])
  })

  it('leaves no entry for an edit that changes nothing, and keeps what can be redone', () => {
    label('0-0', 'rain', 'present')
    undo(database)
    label('0-0', 'dog', 'present')
    expect(readHistoryState(database)).toEqual({ undoTitle: 'Import', redoTitle: 'Label 1 clip: rain present' })
  })

  it('refuses to undo over a row that was changed from outside, and changes nothing', () => {
    const clipIds = ['0-0', '1-0', '2-0'].map((name) => catalog.clips.get(name)!)
    runCommand(database, 'labels.set', 'ana', (recorder) =>
      setLabel(database, recorder, { clipIds, classId: catalog.classes.get('rain')!, state: 'present' }, 'ana'),
    )
    database.run(
      `UPDATE clip_labels SET state = 0 WHERE clip_key = (SELECT key FROM clips WHERE id = ?)
         AND class_key = (SELECT key FROM ontology_classes WHERE id = ?)`,
      clipIds[0]!,
      catalog.classes.get('rain')!,
    )
    const before = dumpRows(database)
    expect(() => undo(database)).toThrowError(
      expect.objectContaining({ code: 'conflict', message: expect.stringContaining('Label 3 clips: rain present') }),
    )
    expect(dumpRows(database)).toBe(before)
    expect(readHistoryState(database).undoTitle).toBe('Label 3 clips: rain present')
  })

  it('refuses to undo when something outside the history stands on the row', () => {
    const added = runCommand(database, 'ontology.add', 'ana', (recorder) =>
      addClass(database, recorder, 'siren'),
    ).result
    database.run(
      `INSERT INTO clip_labels SELECT c.key, k.key, 1, 'somebody', 0 FROM clips c, ontology_classes k
         WHERE c.id = ? AND k.id = ?`,
      catalog.clips.get('0-0')!,
      added.id,
    )
    expect(() => undo(database)).toThrowError(expect.objectContaining({ code: 'conflict' }))
    expect(listClasses(database)).toHaveLength(4)
  })

  it('writes an edit whole or not at all', () => {
    const before = dumpRows(database)
    const history = listHistory(database, 0, 10)
    expect(() =>
      runCommand(database, 'labels.set', 'ana', (recorder) =>
        setLabel(
          database,
          recorder,
          { clipIds: [catalog.clips.get('0-0')!, 'nobody'], classId: catalog.classes.get('rain')!, state: 'present' },
          'ana',
        ),
      ),
    ).toThrowError(expect.objectContaining({ code: 'not-found', message: expect.stringContaining('nobody') }))
    expect(dumpRows(database)).toBe(before)
    expect(listHistory(database, 0, 10)).toEqual(history)
  })

  it('guards what an unfinished import has added, and takes it back whole', () => {
    const before = dumpRows(database)
    const importer = new Recorder(database, { kind: 'import', title: 'Import', author: 'ana' }, 'open')
    database.transaction(() => {
      const root = ensureRoot(database, importer, '/data/set', 'esc50')
      ingestRecordings(database, importer, root, [draft('new', '1', 'siren')])
      importer.writeCount()
    })
    const clip = database.get<{ id: string }>(
      `SELECT c.id FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE r.path = 'audio/new.wav'`,
    )!
    const siren = listClasses(database).find((entry) => entry.name === 'siren')!
    const edit = (clipId: string, classId: string): void => {
      runCommand(database, 'labels.set', 'ana', (recorder) =>
        setLabel(database, recorder, { clipIds: [clipId], classId, state: 'absent' }, 'ana'),
      )
    }
    const conflict = expect.objectContaining({ code: 'conflict' })
    expect(() => edit(clip.id, catalog.classes.get('dog')!)).toThrowError(conflict)
    expect(() => edit(catalog.clips.get('0-0')!, siren.id)).toThrowError(conflict)
    expect(() => undo(database)).toThrowError(conflict)
    takeBack(database, importer.seq!)
    expect(dumpRows(database)).toBe(before)
    edit(catalog.clips.get('0-0')!, catalog.classes.get('dog')!)
    expect(undo(database).title).toBe('Label 1 clip: dog absent')
  })

  it('keeps an import as ranges, however many rows it has, and brings back the same rows', () => {
    const after = dumpRows(database)
    const ranges = database.all<{ table_name: string; row_count: number }>(
      'SELECT table_name, row_count FROM journal_ranges ORDER BY table_name',
    )
    expect(ranges).toEqual([
      { table_name: 'clip_labels', row_count: 9 },
      { table_name: 'clip_metadata', row_count: 18 },
      { table_name: 'clips', row_count: 9 },
      { table_name: 'recordings', row_count: 9 },
    ])
    // The three classes and the folder.
    expect(database.all('SELECT 1 FROM journal_changes')).toHaveLength(4)
    undo(database)
    expect(dumpRows(database)).toBe('')
    redo(database)
    expect(dumpRows(database)).toBe(after)
    expect(database.all('SELECT 1 FROM aside_clips')).toEqual([])
  })

  it('does not count another’s rows into the range of an import', () => {
    const importer = new Recorder(database, { kind: 'import', title: 'Import', author: 'ana' }, 'open')
    const ingest = (name: string): void =>
      database.transaction(() => {
        const root = ensureRoot(database, importer, '/data/set', 'esc50')
        ingestRecordings(database, importer, root, [draft(name, '1', 'dog')])
        importer.writeCount()
      })
    ingest('first')
    const foreign = database.insert(
      `INSERT INTO clips (id, recording_key, start_seconds, end_seconds)
         SELECT 'foreign', min(key), 1, 2 FROM recordings`,
    )
    ingest('second')
    takeBack(database, importer.seq!)
    expect(database.all(`SELECT key FROM clips WHERE id = 'foreign'`)).toEqual([{ key: foreign }])
    expect(database.all('SELECT 1 FROM clips')).toHaveLength(10)
  })

  it('goes back in order where an import changed rows between those it added', () => {
    const before = dumpRows(database)
    runCommand(database, 'import', 'ana', (recorder) => {
      const root = ensureRoot(database, recorder, '/data/set', 'esc50')
      const longer = draft('0-0', '1', 'rain')
      ingestRecordings(database, recorder, root, [
        draft('new-1', '1', 'owl'),
        { ...longer, contentHash: 'other', durationSeconds: 4 },
        draft('new-2', '1', 'dog'),
        draft('new-1', '2', 'rain'),
      ])
      return { title: 'Import' }
    })
    const after = dumpRows(database)
    undo(database)
    expect(dumpRows(database)).toBe(before)
    redo(database)
    expect(dumpRows(database)).toBe(after)
  })

  it('keeps recordings whose sound is not here as missing, also when they come back', () => {
    runCommand(database, 'import', 'ana', (recorder) => {
      const root = ensureRoot(database, recorder, '/data/names', 'audioset-csv')
      const { path, clips } = draft('YT', '1', 'dog')
      const none = { contentHash: null, sizeBytes: null, modifiedMs: null, format: null, sampleRateHz: null }
      const silent = { ...none, channelCount: null, durationSeconds: null }
      const { counts, issues } = ingestRecordings(database, recorder, root, [
        { path, ...silent, clips: [{ ...clips[0]!, endSeconds: 10 }, clips[0]!] },
      ])
      expect([counts.clips, issues.length]).toEqual([1, 1])
      return { title: 'Import' }
    })
    const missing = (): unknown =>
      database.get(`SELECT is_missing, duration_seconds FROM recordings WHERE content_hash IS NULL`)
    expect(missing()).toEqual({ is_missing: 1, duration_seconds: null })
    undo(database)
    redo(database)
    expect(missing()).toEqual({ is_missing: 1, duration_seconds: null })
    // Its sound turns up, and this is undone.
    runCommand(database, 'import', 'ana', (recorder) => {
      ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/names', 'x'), [
        draft('YT', '1', 'dog'),
      ])
      return { title: 'Import' }
    })
    expect(missing()).toBeUndefined()
    undo(database)
    expect(missing()).toEqual({ is_missing: 1, duration_seconds: null })
  })

  it('has a place aside for every column of a ranged table', () => {
    for (const table of rangedTableNames) {
      const columns = (name: string): string[] =>
        database
          .all<{ name: string }>('SELECT name FROM pragma_table_info(?) ORDER BY name', name)
          .map((row) => row.name)
      expect(columns(`aside_${table}`)).toEqual(columns(table))
      expect([...rangedTables[table].columns].sort()).toEqual(columns(table))
    }
  })
})
