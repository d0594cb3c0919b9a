import { beforeEach, describe, expect, it } from 'vitest'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import type { RecordingDraft } from '../../../shared/job/worker-event'
import { assignPart, makeSplit } from '../datasets/plan-split'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows, type SmallCatalog } from '../testing/small-catalog'
import { ImportComparison } from './import-comparison'
import { runCommand, undo } from './journal'
import { setLabel } from './labels'
import { setMetadata } from './metadata'
import { ensureRoot, ingestRecordings } from './recordings'

const names = ['a', 'b', 'c', 'd', 'e', 'f']
const drafts = (change: Partial<RecordingDraft['clips'][number]> = {}): RecordingDraft[] =>
  names.map((name) => {
    const own = draft(name, '1', 'dog')
    return { ...own, clips: [{ ...own.clips[0]!, ...change }] }
  })

describe('importing again what people have worked on', () => {
  let catalog: SmallCatalog
  const again = (given: RecordingDraft[]) =>
    runCommand(catalog.database, 'import', 'ana', (recorder) => ({
      title: 'Import',
      ...ingestRecordings(
        catalog.database,
        recorder,
        ensureRoot(catalog.database, recorder, '/data/set', 'esc50'),
        given,
      ),
    })).result
  const preview = (given: RecordingDraft[]) => {
    const comparison = new ImportComparison(catalog.database, '/data/set')
    comparison.addPlanned(given.map(({ path, clips }) => ({ path, row: null, clips })))
    return comparison.finish()
  }
  const read = (column: string): unknown[] =>
    catalog.database.pluck(`SELECT ${column} FROM clips c JOIN recordings r ON r.key = c.recording_key ORDER BY r.path`)
  const keyOf = (name: string): number =>
    catalog.database.get<{ key: number }>('SELECT key FROM clips WHERE id = ?', catalog.clips.get(name)!)!.key

  beforeEach(() => {
    catalog = createSmallCatalog(drafts({ split: 'train' }))
  })

  it('keeps folds that a person made, and says so before and after', () => {
    const { database } = catalog
    runCommand(database, 'splits.make', 'ana', (recorder) =>
      makeSplit(database, recorder, {
        query: parseClipQuery(''),
        into: { kind: 'folds', count: 3 },
        together: [],
        seed: 3,
        replaces: true,
      }),
    )
    const folds = read('c.fold')
    expect(new Set(folds)).toEqual(new Set(['1', '2', '3']))
    const elsewhere = names.filter((_name, index) => folds[index] !== '1')
    const expected = elsewhere.map((name) => {
      const fold = String(folds[names.indexOf(name)])
      return [`audio/${name}.wav`, `fold ${fold} is kept as it was set here; the dataset says 1`]
    })
    const { clips, rows } = preview(drafts())
    expect(clips).toEqual({ new: 0, known: 6, changed: 0 })
    expect(rows.filter(({ verdict }) => verdict === 'note').map(({ file, detail }) => [file, detail])).toEqual(expected)

    const before = dumpRows(database)
    const { counts, issues } = again(drafts())
    expect(dumpRows(database)).toBe(before)
    expect(counts).toEqual({ recordings: 0, clips: 0, labels: 0, annotations: 0, skipped: 6 })
    expect(issues).toEqual(
      expected.map(([file, reason]) => ({ file, row: null, kind: 'note', reason: `note: ${reason}` })),
    )
  })

  it('takes the first of two clips on one span, with the labels of both, however often it is imported', () => {
    const [clip] = draft('x', '1', 'dog').clips
    const twin = {
      ...clip!,
      fold: '2',
      split: 'test' as const,
      labels: [{ className: 'rain', state: 'present' as const }],
    }
    const twins = ['a', 'new'].map((name) => ({
      ...draft(name, '1', 'dog'),
      clips: [clip!, { ...twin, endSeconds: 5 }],
    }))
    again(twins)
    const after = dumpRows(catalog.database)
    expect(preview(twins).clips).toEqual({ new: 0, known: 2, changed: 0 })
    again(twins)
    expect(dumpRows(catalog.database)).toBe(after)
    const rows = catalog.database.all(
      `SELECT r.path, c.fold, c.split, (SELECT count(*) FROM clip_labels l WHERE l.clip_key = c.key) AS labels
         FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE r.path IN ('audio/a.wav', 'audio/new.wav')`,
    )
    expect(rows).toEqual([
      { path: 'audio/a.wav', fold: '1', split: 'train', labels: 2 },
      { path: 'audio/new.wav', fold: '1', split: null, labels: 2 },
    ])
  })

  it('follows the dataset where nobody has set a fold, and where what was set is undone', () => {
    const { database } = catalog
    again(drafts({ fold: '2' }))
    expect(read('c.fold')).toEqual(['2', '2', '2', '2', '2', '2'])
    runCommand(database, 'splits.make', 'ana', (recorder) =>
      makeSplit(database, recorder, {
        query: parseClipQuery(''),
        into: { kind: 'folds', count: 3 },
        together: [],
        seed: 3,
        replaces: true,
      }),
    )
    undo(database)
    expect(preview(drafts({ fold: '5' })).clips).toEqual({ new: 0, known: 0, changed: 6 })
    expect(again(drafts({ fold: '5' })).issues).toEqual([])
    expect(read('c.fold')).toEqual(['5', '5', '5', '5', '5', '5'])
  })

  it('keeps the part that a clip was put into or taken out of, and follows the dataset in the rest', () => {
    const { database } = catalog
    runCommand(database, 'splits.assign', 'ana', (recorder) =>
      assignPart(database, recorder, { clipIds: [catalog.clips.get('b')!], part: 'validation' }),
    )
    runCommand(database, 'splits.assign', 'ana', (recorder) =>
      assignPart(database, recorder, { clipIds: [catalog.clips.get('c')!], part: null }),
    )
    const { issues } = again(drafts({ split: 'test', fold: '4' }))
    expect(read('c.split')).toEqual(['test', 'validation', null, 'test', 'test', 'test'])
    // What nobody set of the same clip is the dataset's.
    expect(read('c.fold')).toEqual(['4', '4', '4', '4', '4', '4'])
    expect(issues.map(({ reason }) => reason)).toEqual([
      'note: split validation is kept as it was set here; the dataset says test',
      'note: split none is kept as it was set here; the dataset says test',
    ])
  })

  it('keeps metadata that was changed or removed, and labels that were set to unknown', () => {
    const { database } = catalog
    runCommand(database, 'metadata.set', 'ana', (recorder) => {
      setMetadata(database, recorder, keyOf('a'), 'take', 'mine')
      setMetadata(database, recorder, keyOf('b'), 'take', null)
      return { title: 'Set' }
    })
    runCommand(database, 'labels.set', 'ana', (recorder) =>
      setLabel(
        database,
        recorder,
        { clipIds: [catalog.clips.get('c')!], classId: catalog.classes.get('dog')!, state: 'unknown' },
        'ana',
      ),
    )
    const given = drafts({ source: { take: 'new' } })
    const { labels, rows } = preview(given)
    expect(labels).toEqual({ new: 0, known: 5, conflicting: 1 })
    expect(rows[0]!.detail).toBe('dog is unknown here and present in the dataset: unknown is kept')
    const { counts, issues } = again(given)
    expect(counts.labels).toBe(0)
    expect(issues.map(({ file, reason }) => [file, reason])).toEqual([
      ['audio/a.wav', 'note: take mine is kept as it was set here; the dataset says new'],
      ['audio/b.wav', 'note: take none is kept as it was set here; the dataset says new'],
    ])
    const values = database.all<{ path: string; value: string }>(
      `SELECT r.path, m.value FROM clip_metadata m JOIN metadata_names n ON n.key = m.name_key AND n.name = 'take'
         JOIN clips c ON c.key = m.clip_key JOIN recordings r ON r.key = c.recording_key ORDER BY r.path`,
    )
    expect(values.map(({ path, value }) => `${path.slice(6, 7)} ${value}`)).toEqual([
      'a mine',
      'c new',
      'd new',
      'e new',
      'f new',
    ])
  })

  it('adds clips and labels of recordings that it knows, also where a batch names one twice', () => {
    const [first] = drafts()
    const more = { ...first!.clips[0]!, startSeconds: 1, endSeconds: 2, fold: '7', labels: [] }
    const rain = { ...more, labels: [{ className: 'rain', state: 'absent' as const }] }
    const { counts } = again([
      { ...first!, clips: [more] },
      { ...first!, clips: [rain, rain] },
      { ...draft('new', '1', 'dog') },
      { ...draft('new', '2', 'rain') },
    ])
    expect(counts).toEqual({ recordings: 1, clips: 2, labels: 3, annotations: 0, skipped: 0 })
    const rows = catalog.database.pluck<string>(
      `SELECT r.path || ' ' || c.start_seconds || ' ' || c.fold || ' ' || group_concat(k.name || l.state, ',' ORDER BY k.name)
         FROM clips c JOIN recordings r ON r.key = c.recording_key JOIN clip_labels l ON l.clip_key = c.key
         JOIN ontology_classes k ON k.key = l.class_key WHERE r.path LIKE '%/new.wav' OR c.start_seconds > 0
         GROUP BY c.key ORDER BY c.key`,
    )
    expect(rows).toEqual(['audio/new.wav 0.0 2 dog1,rain1', 'audio/a.wav 1.0 7 rain0'])
  })
})
