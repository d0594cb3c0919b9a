import { describe, expect, it } from 'vitest'
import type { AnnotationDraft, RecordingDraft } from '../../../shared/job/worker-event'
import { draft } from '../testing/host-fixture'
import { createSmallCatalog, dumpRows } from '../testing/small-catalog'
import { listAnnotations, removeAnnotations, updateAnnotation } from './annotations'
import { redo, runCommand, undo } from './journal'
import { ensureRoot, ingestRecordings } from './recordings'

function segment(startSeconds: number, endSeconds: number, changes: Partial<AnnotationDraft> = {}): AnnotationDraft {
  const nothing = { lowHz: null, highHz: null, tier: 'human', author: null, score: null, note: '' }
  return { startSeconds, endSeconds, ...nothing, labels: [{ className: 'dog', state: 'present' }], ...changes }
}

function annotated(name: string, annotations: AnnotationDraft[]): RecordingDraft {
  const own = draft(name, '1', 'dog')
  return { ...own, clips: [{ ...own.clips[0]!, annotations }] }
}

function openCatalog() {
  const catalog = createSmallCatalog([draft('old', '1', 'dog')])
  const { database } = catalog
  const importDrafts = (drafts: RecordingDraft[]) => {
    let outcome: ReturnType<typeof ingestRecordings> | null = null
    runCommand(database, 'import', 'tester', (recorder) => {
      outcome = ingestRecordings(database, recorder, ensureRoot(database, recorder, '/data/set', 'esc50'), drafts)
      return { title: 'Import' }
    })
    return outcome! as ReturnType<typeof ingestRecordings>
  }
  const list = (name: string) => {
    const { id } = database.get<{ id: string }>(
      'SELECT c.id FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE r.path = ?',
      `audio/${name}.wav`,
    )!
    return listAnnotations(database, id)
  }
  return { database, importDrafts, list }
}

describe('annotations of an import', () => {
  it('come with new and with known recordings, once however often they are imported', () => {
    const { database, importDrafts, list } = openCatalog()
    const box = segment(1, 2, {
      lowHz: 500,
      highHz: 4000,
      tier: 'model',
      author: 'anna',
      score: 0.5,
      note: 'far',
      labels: [
        { className: 'rain', state: 'absent' },
        { className: 'new class', state: 'present' },
      ],
    })
    const drafts = [annotated('old', [segment(0, 1)]), annotated('new', [segment(0.5, 3), segment(0.5, 3), box])]
    expect(importDrafts(drafts).counts).toMatchObject({ annotations: 4 })
    expect(list('old')).toMatchObject([{ startSeconds: 0, endSeconds: 1, author: 'import' }])
    const taken = list('new')[2]!
    expect(taken).toMatchObject({ ...box, labels: expect.anything() as unknown })
    expect(taken.labels.map(({ name, state, author }) => [name, state, author])).toEqual([
      ['new class', 'present', 'anna'],
      ['rain', 'absent', 'anna'],
    ])
    const before = dumpRows(database)
    expect(importDrafts(drafts).counts).toMatchObject({ annotations: 0 })
    expect(dumpRows(database)).toBe(before)
  })

  it('leaves what people moved where it is, and what they removed away', () => {
    const { database, importDrafts, list } = openCatalog()
    const drafts = [annotated('new', [segment(0, 1), segment(2, 3)])]
    importDrafts(drafts)
    const [moved, removed] = list('new')
    runCommand(database, 'annotations.update', 'anna', (recorder) =>
      updateAnnotation(database, recorder, { id: moved!.id, startSeconds: 0.25 }),
    )
    runCommand(database, 'annotations.remove', 'anna', (recorder) =>
      removeAnnotations(database, recorder, [removed!.id]),
    )
    expect(importDrafts(drafts).counts).toMatchObject({ annotations: 0 })
    expect(list('new').map(({ startSeconds }) => startSeconds)).toEqual([0.25])
    undo(database)
    expect(list('new').map(({ startSeconds }) => startSeconds)).toEqual([0.25, 2])
  })

  it('goes and comes back with the import', () => {
    const { database, importDrafts } = openCatalog()
    const without = dumpRows(database)
    importDrafts([annotated('old', [segment(0, 1)]), annotated('new', [segment(0, 1)])])
    const whole = dumpRows(database)
    undo(database)
    expect(dumpRows(database)).toBe(without)
    redo(database)
    expect(dumpRows(database)).toBe(whole)
  })

  it('are the same when two clips become one, and one of two alike has an id', () => {
    const { database, importDrafts } = openCatalog()
    const [clip] = draft('new', '1', 'dog').clips
    const id = '6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10'
    const clips = [
      { ...clip!, endSeconds: 6, annotations: [segment(1, 2, { id })] },
      { ...clip!, endSeconds: 7, annotations: [segment(1, 2, { author: 'anna' })] },
    ]
    expect(importDrafts([{ ...draft('new', '1', 'dog'), clips }]).counts).toMatchObject({ clips: 1, annotations: 2 })
    const before = dumpRows(database)
    expect(importDrafts([{ ...draft('new', '1', 'dog'), clips }]).counts).toMatchObject({ clips: 0, annotations: 0 })
    expect(dumpRows(database)).toBe(before)
  })

  it('cuts what reaches past the clip, leaves what lies outside, and says both', () => {
    const { importDrafts, list } = openCatalog()
    const upsideDown = segment(1, 2, { lowHz: 900, highHz: 100 })
    const { counts, issues } = importDrafts([annotated('new', [segment(4, 6), segment(5, 6), upsideDown])])
    expect(counts.annotations).toBe(1)
    expect(list('new')).toMatchObject([{ startSeconds: 4, endSeconds: 5 }])
    expect(issues.map(({ reason }) => reason)).toEqual([
      'The annotation 4–6 s reaches past its clip, and was cut to 4–5 s.',
      'The annotation 5–6 s lies outside its clip (0–5 s).',
      'The annotation 1–2 s has its upper bound (100 Hz) not above its lower (900 Hz).',
    ])
  })
})
