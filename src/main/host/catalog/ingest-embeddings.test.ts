import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { everyClip } from '../../../shared/contract/clip-query'
import type { ExportClip } from '../../../shared/job/manifest'
import type { EmbeddingDraft } from '../../../shared/job/worker-event'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows } from '../testing/small-catalog'
import { previewExport, writeExportClips } from './export-clips'
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

  it('go into an export whose format takes them, and into no other', () => {
    const { database, importWith } = openCatalog()
    importWith([embedding('audioset', 1), embedding('other', 255)])
    const folder = mkdtempSync(join(tmpdir(), 'earmark-embeddings-'))
    const write = (embeddings: boolean): ExportClip[] => {
      const file = join(folder, `clips-${embeddings}`)
      writeExportClips(
        database,
        { query: everyClip, propagate: false, snapshotId: null, embeddings },
        file,
        () => undefined,
      )
      const lines = readFileSync(file, 'utf8').trim().split('\n')
      return lines.map((line) => JSON.parse(line) as ExportClip)
    }
    const own = { frames: 2, dimensions: 3, dtype: 'uint8' }
    for (const clip of write(true))
      expect(clip.embeddings).toEqual([
        { name: 'audioset', ...own, data: Buffer.of(1, 2, 3, 4, 5, 6).toString('base64') },
        { name: 'other', ...own, data: Buffer.of(255, 2, 3, 4, 5, 6).toString('base64') },
      ])
    expect(write(false).map(({ embeddings }) => embeddings)).toEqual([undefined, undefined])
    const preview = {
      query: everyClip,
      propagate: false,
      snapshotId: null,
      options: { sound: 'copy', unknown: 'keep' },
    } as const
    expect(previewExport(database, { ...preview, format: 'tfrecord-embeddings' })).toMatchObject({ clips: 2, left: [] })
    undo(database)
    expect(previewExport(database, { ...preview, format: 'tfrecord-embeddings' })).toMatchObject({
      clips: 0,
      left: [{ reason: 'the catalog holds no features that came with it', count: 1 }],
    })
    rmSync(folder, { recursive: true })
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
