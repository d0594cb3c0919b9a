import { describe, expect, it } from 'vitest'
import type { EmbeddingDraft } from '../../../shared/job/worker-event'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows } from '../testing/small-catalog'
import { redo, runCommand, undo } from './journal'
import { ensureRoot, ingestRecordings } from './recordings'

const embedding = (name: string, first: number): EmbeddingDraft => ({
  name,
  frames: 2,
  dimensions: 3,
  dtype: 'uint8',
  data: Uint8Array.of(first, 2, 3, 4, 5, 6),
})

function openCatalog() {
  const { database } = createSmallCatalog([draft('old', '1', 'dog')])
  const importWith = (embeddings: EmbeddingDraft[]): void => {
    const drafts = ['old', 'new'].map((name) => {
      const own = draft(name, '1', 'dog')
      return { ...own, clips: [{ ...own.clips[0]!, embeddings }] }
    })
    runCommand(database, 'import', 'tester', (recorder) => {
      ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), drafts)
      return { title: 'Import' }
    })
  }
  const list = () =>
    database.all<{ path: string; name: string; frames: number; dimensions: number; data: Uint8Array }>(
      `SELECT r.path, e.name, e.frames, e.dimensions, e.data FROM embeddings e JOIN clips c ON c.key = e.clip_key
         JOIN recordings r ON r.key = c.recording_key ORDER BY r.path, e.name`,
    )
  return { database, importWith, list }
}

describe('embeddings of an import', () => {
  it('come with new and with known clips, value by value; what a clip has already stays', () => {
    const { database, importWith, list } = openCatalog()
    importWith([embedding('audioset', 1)])
    expect(list().map(({ path, name, frames, dimensions }) => [path, name, frames, dimensions])).toEqual([
      ['audio/new.wav', 'audioset', 2, 3],
      ['audio/old.wav', 'audioset', 2, 3],
    ])
    expect([...list()[0]!.data]).toEqual([1, 2, 3, 4, 5, 6])
    const before = dumpRows(database)
    importWith([embedding('audioset', 99)])
    expect(dumpRows(database)).toBe(before)
    importWith([embedding('other', 7)])
    expect(list()).toHaveLength(4)
  })

  it('go with the import when it is undone, and come back when it is redone', () => {
    const { database, importWith, list } = openCatalog()
    importWith([embedding('audioset', 1)])
    undo(database)
    expect(list()).toEqual([])
    redo(database)
    expect(list().map(({ data }) => [...data])).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
    ])
  })
})
