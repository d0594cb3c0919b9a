import { describe, expect, it } from 'vitest'
import type { PlannedRecording } from '../../../shared/job/worker-event'
import { NamedRowsBuilder } from '../../../shared/job/named-rows'
import { createSmallCatalog, dumpRows } from '../testing/small-catalog'
import { draft } from '../testing/host-fixture'
import { ImportComparison } from './import-comparison'

function planned(name: string, row: number, changes: Partial<PlannedRecording['clips'][number]> = {}) {
  const { path, clips } = draft(name, '1', 'dog')
  return { path, row, clips: [{ ...clips[0]!, ...changes }] }
}

describe('an import thought through before it is made', () => {
  const catalog = createSmallCatalog([draft('a', '1', 'dog'), draft('b', '1', 'dog'), draft('c', '1', 'dog')])

  it('tells new, known, changed, conflicting, outside, unmatched and faulty apart, and writes nothing', () => {
    const before = dumpRows(catalog.database)
    const comparison = new ImportComparison(catalog.database, '/data/set')
    comparison.addIssues([
      { file: 'gone.wav', row: 9, kind: 'unmatched', reason: 'no such file' },
      { file: 'meta.csv', row: 10, reason: 'unreadable row' },
      { file: 'meta.csv', row: null, kind: 'note', reason: 'note: 3 clips' },
    ])
    comparison.addPlanned([
      planned('a', 2),
      planned('b', 3, { labels: [{ className: 'dog', state: 'absent' }], fold: '2' }),
      planned('c', 4, { labels: [{ className: 'rain', state: 'present' }] }),
      planned('d', 5),
      planned('a', 6, { startSeconds: 4, endSeconds: 7 }),
      planned('a', 7, { startSeconds: 6, endSeconds: 7 }),
    ])
    const { verdicts, rows, ...counts } = comparison.finish()
    expect(counts).toEqual({
      recordings: { new: 1, known: 5 },
      clips: { new: 2, known: 2, changed: 1 },
      labels: { new: 3, known: 1, conflicting: 1 },
      annotations: 0,
    })
    expect(verdicts).toEqual({
      conflicting: 1,
      outside: 2,
      faulty: 1,
      unmatched: 1,
      changed: 1,
      note: 1,
      new: 3,
      known: 1,
    })
    expect(rows.slice(0, 3)).toEqual([
      {
        file: 'audio/b.wav',
        row: 3,
        verdict: 'conflicting',
        detail: 'dog is present here and absent in the dataset: present is kept',
      },
      {
        file: 'audio/a.wav',
        row: 6,
        verdict: 'outside',
        detail: '4.000–7.000 s reaches past the recording’s 5.000 s',
      },
      expect.objectContaining({ row: 7, verdict: 'outside' }),
    ])
    expect(rows.find(({ verdict }) => verdict === 'changed')!.detail).toBe('fold 1 becomes 2')
    expect(dumpRows(catalog.database)).toBe(before)
  })

  it('knows nothing of another folder', () => {
    const comparison = new ImportComparison(catalog.database, '/data/other')
    comparison.addPlanned([planned('a', 2)])
    expect(comparison.finish().recordings).toEqual({ new: 1, known: 0 })
  })

  it('counts what a table only names', () => {
    const named = new NamedRowsBuilder('train')
    named.add('audio/a.wav', 0, 5, ['dog', 'rain'])
    named.add('audio/z.wav', 30, 40, ['dog'])
    const comparison = new ImportComparison(catalog.database, '/data/set')
    comparison.addNamed(named.build())
    const { recordings, clips, labels } = comparison.finish()
    expect({ recordings, clips, labels }).toEqual({
      recordings: { new: 1, known: 1 },
      // Its list says that it is for training.
      clips: { new: 1, known: 0, changed: 1 },
      labels: { new: 2, known: 1, conflicting: 0 },
    })
  })
})
