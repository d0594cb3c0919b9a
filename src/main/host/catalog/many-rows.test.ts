import { beforeEach, describe, expect, it } from 'vitest'
import { smallSet } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows } from '../testing/small-catalog'
import type { Database } from './database'
import { listHistory, readHistoryChanges } from './history-list'
import { redo, runCommand, undo } from './journal'

const clipCount = 21_234

describe('an edit of very many rows', () => {
  let database: Database

  beforeEach(() => {
    database = createSmallCatalog(smallSet(1)).database
    runCommand(database, 'fixture', 'tester', (recorder) => {
      const { key } = database.get<{ key: number }>('SELECT min(key) AS key FROM recordings')!
      const rows = Array.from({ length: clipCount }, (_, at) => [`clip ${at}`, 100 + at, 101 + at])
      recorder.addAll(
        'clips',
        { recording_key: key, status: 'unlabeled', is_fully_annotated: 0, note: '' },
        ['id', 'start_seconds', 'end_seconds'],
        rows,
      )
      return { title: 'Many clips' }
    })
    database.run('CREATE TEMP TABLE wanted (key INTEGER PRIMARY KEY, split TEXT)')
    // Some have it already, and some keys are of no clip.
    database.run(`INSERT INTO wanted SELECT key * 2, iif(key % 3 = 0, 'train', 'test') FROM clips`)
  })

  const change = (onDone?: (done: number, total: number) => void): number =>
    runCommand(database, 'splits.make', 'ana', (recorder) => {
      const count = recorder.updateAll('clips', ['split'], 'wanted', onDone)
      return { title: `Split ${count} clips`, count }
    }).result.count

  it('is the same as one of each row, is said piece by piece, and goes back and forth', () => {
    const before = dumpRows(database)
    const told: [number, number][] = []
    const count = change((done, total) => told.push([done, total]))
    const wanted = database.all<{ key: number; split: string }>(
      'SELECT w.key, w.split FROM wanted w JOIN clips c ON c.key = w.key ORDER BY w.key',
    )
    expect(count).toBe(wanted.length)
    expect(count).toBeGreaterThan(10_000)
    expect(database.all('SELECT key, split FROM clips WHERE split IS NOT NULL ORDER BY key')).toEqual(wanted)
    const { total } = database.get<{ total: number }>('SELECT count(*) AS total FROM wanted')!
    expect(told).toEqual([
      [10_000, total],
      [20_000, total],
      [total, total],
    ])
    const after = dumpRows(database)
    expect(undo(database).title).toBe(`Split ${count} clips`)
    expect(dumpRows(database)).toBe(before)
    redo(database)
    expect(dumpRows(database)).toBe(after)
    // What is so already is no edit.
    const entries = listHistory(database, 0, 1).total
    expect(change()).toBe(0)
    expect(listHistory(database, 0, 1).total).toBe(entries)
  })

  it('says in the history what it changed', () => {
    change()
    const [entry] = listHistory(database, 0, 1).entries
    const { changes, more } = readHistoryChanges(database, entry!.id, 2)
    expect(changes[0]!.details).toEqual([expect.stringMatching(/^split: – → (train|test)$/)])
    expect(more).toBe(entry!.changeCount - 2)
  })

  it('that is cancelled on its way changes nothing', () => {
    const before = dumpRows(database)
    expect(() =>
      change((done) => {
        if (done >= 20_000) throw new Error('enough')
      }),
    ).toThrow('enough')
    expect(dumpRows(database)).toBe(before)
    expect(listHistory(database, 0, 1).entries[0]!.title).toBe('Many clips')
  })

  it('moves no clip into a locked test set, and none out of it', () => {
    runCommand(database, 'splits.lock', 'ana', (recorder) => {
      recorder.insert('split_locks', { split: 'test', author: 'ana', at: new Date().toISOString() })
      return { title: 'Lock' }
    })
    const before = dumpRows(database)
    expect(() => change()).toThrow('The test set is locked (by ana)')
    expect(dumpRows(database)).toBe(before)
  })

  it('cannot be undone where a row is not as it was left', () => {
    change()
    const { key } = database.get<{ key: number }>(`SELECT key FROM clips WHERE split = 'train' ORDER BY key LIMIT 1`)!
    database.run(`UPDATE clips SET split = 'validation' WHERE key = ?`, key)
    expect(() => undo(database)).toThrow('the row is not as this edit left it')
    // Other columns are none of its business.
    database.run(`UPDATE clips SET split = 'train', note = 'heard' WHERE key = ?`, key)
    undo(database)
    expect(database.get('SELECT split, note FROM clips WHERE key = ?', key)).toEqual({ split: null, note: 'heard' })
  })
})
