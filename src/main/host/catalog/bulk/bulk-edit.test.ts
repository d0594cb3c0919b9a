/** Edits of very many rows do what the same edits do row by row: rows, journal, undo and redo, over random catalogs. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { Random } from '../../../../dsp/random'
import type { ClipChoice } from '../../../../shared/contract/clip-choice'
import { parseClipQuery } from '../../../../shared/contract/clip-query'
import type { CommandResult } from '../../../../shared/contract/labels'
import { reviewStatusSchema } from '../../../../shared/contract/review'
import { AppError } from '../../../../shared/errors'
import { draft, classNames } from '../../testing/host-fixture'
import { recordPlans } from '../../testing/recorded-statements'
import { createSmallCatalog, dumpRows, type SmallCatalog } from '../../testing/small-catalog'
import { createAnnotation } from '../annotations'
import { pieces } from '../bulk-changes'
import { listClipIds } from '../clips'
import type { Database } from '../database'
import { redo, runCommand, undo } from '../journal'
import { type JournaledTable, journaledTables, type Row } from '../journal-tables'
import { correctLabel, requireClip, setFullyAnnotated, setLabel } from '../labels'
import { sayMetadata, setMetadata } from '../metadata'
import type { Recorder } from '../recorder'
import { setStatus } from '../review'
import { runEdit } from '../large-edit'
import type { BulkEdit, ClipEdit } from './bulk-edit'

const kept = pieces.rows
beforeAll(() => {
  pieces.rows = 7
  vi.useFakeTimers({ now: 1_750_000_000_000, toFake: ['Date'] })
})
afterAll(() => {
  pieces.rows = kept
  vi.useRealTimers()
})

/** Labels of all states and authors on clips and segments, every status, notes that JSON must spell, metadata, opinions. */
function createRandomCatalog(random: Random): SmallCatalog {
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!
  const names = Array.from({ length: 40 }, (_, index) => `${pick(['pier', 'wood'])}_${index}`)
  const catalog = createSmallCatalog(names.map((name) => draft(name, String(1 + random.integer(4)), pick(classNames))))
  const { database, clips, classes } = catalog
  const edit = (work: (recorder: Recorder) => void): void =>
    void runCommand(database, 'test', 'anna', (recorder) => {
      work(recorder)
      return { title: 'prepared' }
    })
  for (const id of clips.values()) {
    const clipIds = [id]
    const key = requireClip(database, id)
    edit((recorder) => {
      if (random.integer(3) > 0) {
        const input = {
          clipIds,
          classId: pick([...classes.values()]),
          state: pick(['present', 'absent', 'unknown', 'unsure']),
        }
        setLabel(database, recorder, input as Parameters<typeof setLabel>[2], pick(['anna', 'ben']))
      }
      const note = pick(['', 'ein „Hahn“\n\t"kräht"', 'it’s \\ back \u0001'])
      // A third of a second is a number that no decimal text of 15 digits holds.
      recorder.update('clips', [key], { status: pick(reviewStatusSchema.options), note, start_seconds: 1 / 3 })
      if (random.integer(2) === 0) setMetadata(database, recorder, key, 'site', pick(['pier', 'wood', 'Wüste']))
      if (random.integer(3) === 0)
        createAnnotation(
          database,
          recorder,
          {
            clipId: id,
            startSeconds: 0.5,
            endSeconds: 1.1,
            lowHz: null,
            highHz: null,
            classIds: [...classes.values()],
          },
          'ben',
        )
      if (random.integer(4) === 0)
        for (const author of ['ben', 'carl'])
          for (const class_key of [1, 2])
            recorder.insert('opinions', {
              clip_key: key,
              class_key,
              author,
              source: 'merge',
              state: pick([0, 1]),
              at: 7,
            })
    })
  }
  return catalog
}

/** All rows and the newest entry with its changes, in an order of their own; ids that were made meanwhile are called new. */
function describeCatalog(database: Database, known: ReadonlySet<string>): { rows: string; entry: unknown } {
  const nameNew = (text: string): string =>
    text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, (id) => (known.has(id) ? id : 'new'))
  const entry = database.get<{ seq: number }>(
    'SELECT seq, kind, title, author, at, state, change_count FROM journal ORDER BY seq DESC LIMIT 1',
  )!
  const changes = database.all<{ table: JournaledTable; before: string | null; after: string | null }>(
    'SELECT table_name AS "table", row_key, before, after FROM journal_changes WHERE entry_seq = ?',
    entry.seq,
  )
  for (const { before, after } of changes) expect(`${before} ${after}`).not.toMatch(/"(\w*key|state|at)":\d+\./)
  const texts = changes.map((change) => {
    const [before, after] = [change.before, change.after].map((text) => text && (JSON.parse(text) as Row))
    // Of a row that stays, one keeps all columns and the other those that it may change.
    const keys: readonly string[] = journaledTables[change.table].key
    const isKept = (name: string): boolean => keys.includes(name) || !before || !after || before[name] !== after[name]
    const pick = (row: Row | '' | null): unknown => row && Object.entries(row).filter(([name]) => isKept(name))
    return nameNew(JSON.stringify({ ...change, before: pick(before!), after: pick(after!) }))
  })
  return { rows: nameNew(dumpRows(database)), entry: { ...entry, changes: texts.sort() } }
}

const idsIn = (text: string): Set<string> => new Set(text.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g))

/** States by what they belong to and the name of their class. */
function readStates(database: Database): Map<string, number> {
  const owners = {
    clip_labels: `json_array('clip', clip_key)`,
    annotation_labels: `json_array('segment', annotation_key)`,
    opinions: `json_array('opinion', clip_key, author, source)`,
  }
  return new Map(
    Object.entries(owners).flatMap(([table, owner]) =>
      database
        .all<{ owner: string; name: string; state: number }>(
          `SELECT ${owner} AS owner, k.name, l.state FROM ${table} l JOIN ontology_classes k ON k.key = l.class_key`,
        )
        .map(({ owner: own, name, state }) => [`${own} ${name}`, state] as const),
    ),
  )
}

/** What a remap makes of the states: each goes to its class, and where two meet present stays. */
function moveStates(database: Database, targets: ReadonlyMap<string, string>): Map<string, number> {
  const moved = new Map<string, number>()
  for (const [entry, state] of readStates(database)) {
    const [, owner, name] = /^(\[.*?\]) (.*)$/.exec(entry)!
    const target = `${owner} ${targets.get(name!) ?? name}`
    moved.set(target, Math.max(state, moved.get(target) ?? 0))
  }
  return moved
}

class Enough extends Error {}

/** Makes an edit both ways from the same state, then undoes and redoes it, and cancels it wherever it can be cancelled. */
function compare(database: Database, edit: BulkEdit, rowByRow: (recorder: Recorder) => CommandResult): void {
  const before = dumpRows(database)
  const known = idsIn(before)
  const run = (work: () => { title: string }): unknown => {
    let made: unknown
    try {
      database.transaction(() => {
        try {
          made = { result: work(), ...describeCatalog(database, known) }
        } catch (thrown) {
          if (!(thrown instanceof AppError)) throw thrown
          made = thrown.code
        }
        throw new Enough()
      })
    } catch (thrown) {
      if (!(thrown instanceof Enough)) throw thrown
    }
    return made
  }
  const bulk = (onProgress: (done: number) => void = () => undefined): { title: string } =>
    runEdit(database, edit, 'anna', onProgress).result
  const wanted = run(() => runCommand(database, edit.kind, 'anna', rowByRow).result)
  expect(run(() => bulk())).toEqual(wanted)
  expect(dumpRows(database)).toBe(before)
  if (typeof wanted === 'string') return

  const steps: number[] = []
  bulk((done) => void steps.push(done))
  const after = dumpRows(database)
  const isChanged = after !== before
  if (isChanged) {
    undo(database)
    expect(dumpRows(database)).toBe(before)
    redo(database)
    expect(dumpRows(database)).toBe(after)
    undo(database)
  }
  const entries = database.pluck('SELECT seq FROM journal')
  for (const stop of new Set(steps)) {
    const stopAt = (done: number): void => {
      if (done >= stop) throw new Enough()
    }
    expect(() => bulk(stopAt)).toThrow(Enough)
    expect(dumpRows(database)).toBe(before)
    expect(database.pluck('SELECT seq FROM journal')).toEqual(entries)
  }
}

describe('an edit of very many rows', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed))('is what it is row by row (catalog %i)', (seed) => {
    const random = new Random(seed, 'bulk')
    const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)]!
    const { database, clips, classes } = createRandomCatalog(random)
    const queries = ['', 'site:pier', '-dog', 'status:accepted', 'pier', 'fold:2 -unknown:rain', 'label:yeti']
    const choose = (): ClipChoice =>
      random.integer(3) === 0
        ? { clipIds: random.shuffle([...clips.values()]).slice(0, 1 + random.integer(30)) }
        : { query: parseClipQuery(pick(queries)), exceptIds: random.shuffle([...clips.values()]).slice(0, 3) }
    /** In the order of keys, so that comments get the same keys both ways. */
    const idsOf = ({ clipIds, query, exceptIds = [] }: ClipChoice): string[] =>
      (clipIds ?? listClipIds(database, query!))
        .filter((id) => !exceptIds.includes(id))
        .sort((a, b) => requireClip(database, a) - requireClip(database, b))
    const classId = (): string => pick([...classes.values()])
    const edits: (() => [ClipEdit, (recorder: Recorder, clipIds: string[]) => CommandResult])[] = [
      () => {
        const input = {
          ...choose(),
          classId: classId(),
          state: pick(['present', 'absent', 'unknown', 'unsure'] as const),
        }
        return [
          { kind: 'labels.set', input },
          (recorder, clipIds) => setLabel(database, recorder, { ...input, clipIds }, 'anna'),
        ]
      },
      () => {
        const input = { ...choose(), toClassId: classId() }
        return [
          { kind: 'labels.correct', input },
          (recorder, clipIds) => correctLabel(database, recorder, { ...input, clipIds }, 'anna'),
        ]
      },
      () => {
        const input = { ...choose(), isFullyAnnotated: random.integer(2) === 0 }
        return [
          { kind: 'labels.complete', input },
          (recorder, clipIds) => setFullyAnnotated(database, recorder, { ...input, clipIds }),
        ]
      },
      () => {
        const input = {
          ...choose(),
          status: pick(reviewStatusSchema.options),
          comment: pick(['', 'too short', 'zu „kurz“']),
          others: pick(['refuse', 'leave', 'leave'] as const),
        }
        return [
          { kind: 'review.setStatus', input },
          (recorder, clipIds) => setStatus(database, recorder, { ...input, clipIds }, 'anna'),
        ]
      },
      () => {
        const input = { ...choose(), name: pick(['site', 'recorder']), value: pick(['pier', 'Åse', null]) }
        return [
          { kind: 'metadata.set', input },
          (recorder, clipIds) => {
            for (const id of clipIds)
              setMetadata(database, recorder, requireClip(database, id), input.name, input.value)
            return { title: sayMetadata(input.name, input.value, clipIds.length) }
          },
        ]
      },
    ]
    for (let turn = 0; turn < 3; turn++)
      for (const make of edits) {
        const [edit, rowByRow] = make()
        const clipIds = idsOf(edit.input)
        compare(database, edit, (recorder) => rowByRow(recorder, clipIds))
      }
  })

  it.each(Array.from({ length: 8 }, (_, seed) => seed))('moves labels as one by one (catalog %i)', (seed) => {
    const random = new Random(seed, 'moves')
    const { database, classes } = createRandomCatalog(random)
    const names = [...classes.keys(), 'owl', 'wolf']
    const chosen = random.shuffle([...classes.keys()]).slice(0, 1 + random.integer(3))
    const pairs = chosen.map((from) => ({ from, to: names[random.integer(names.length)]! }))
    const before = dumpRows(database)
    const wanted = moveStates(database, new Map(pairs.map(({ from, to }) => [from, to])))
    const remap = (onProgress: (done: number) => void): unknown =>
      runEdit(database, { kind: 'ontology.remap', input: { pairs } }, 'anna', onProgress)
    const steps: number[] = []
    remap((done) => void steps.push(done))
    expect(readStates(database)).toEqual(wanted)
    const after = dumpRows(database)
    // To map a class to itself is no edit.
    if (after === before) return
    undo(database)
    expect(dumpRows(database)).toBe(before)
    redo(database)
    expect(dumpRows(database)).toBe(after)
    undo(database)
    for (const stop of new Set(steps)) {
      const stopAt = (done: number): void => {
        if (done >= stop) throw new Enough()
      }
      expect(() => remap(stopAt)).toThrow(Enough)
      expect(dumpRows(database)).toBe(before)
    }
  })

  it('reads names as metadata as they are read one by one', () => {
    const { database } = createRandomCatalog(new Random(3, 'names'))
    const query = parseClipQuery('-fold:1')
    compare(database, { kind: 'metadata.pattern', input: { query, pattern: '{site}_{take:#}' } }, (recorder) => {
      const rows = database.all<{ key: number; path: string }>(
        `SELECT c.key, r.path FROM clips c JOIN recordings r ON r.key = c.recording_key WHERE c.fold <> '1'`,
      )
      let matched = 0
      for (const { key, path } of rows) {
        const [, site, take] = /([^/]+)_(\d)\.wav$/.exec(path) ?? []
        if (site === undefined) continue
        matched++
        setMetadata(database, recorder, key, 'site', site)
        setMetadata(database, recorder, key, 'take', take!)
      }
      return { title: `Read site, take from the names of ${matched} clips` }
    })
    const none = { query, pattern: 'nothing{site}' }
    compare(database, { kind: 'metadata.pattern', input: none }, () => {
      throw new AppError('invalid-argument', 'fits none')
    })
  })

  it('walks over no table for each of its pieces', async () => {
    const { database, classes } = createRandomCatalog(new Random(5, 'plans'))
    const [dog, rain] = [classes.get('dog')!, classes.get('rain')!]
    const query = parseClipQuery('')
    const edits: BulkEdit[] = [
      ...(['present', 'absent', 'unknown'] as const).map((state) => ({
        ...{ kind: 'labels.set' as const, input: { query, classId: rain, state } },
      })),
      { kind: 'labels.correct', input: { query, toClassId: dog } },
      { kind: 'labels.complete', input: { query, isFullyAnnotated: true } },
      { kind: 'review.setStatus', input: { query, status: 'returned', comment: 'again', others: 'leave' } },
      { kind: 'metadata.set', input: { query, name: 'site', value: 'harbour' } },
      { kind: 'metadata.set', input: { query, name: 'site', value: null } },
      { kind: 'metadata.pattern', input: { query, pattern: '{place}_{take:##}' } },
      { kind: 'ontology.split', input: { id: dog, name: 'wolf', query } },
      { kind: 'ontology.merge', input: { fromId: dog, intoId: rain } },
    ]
    const plans = await recordPlans(database, () => {
      for (const edit of edits) runEdit(database, edit, 'anna', () => undefined)
    })
    const pieces = plans.filter(({ sql }) => /^(INSERT INTO (?!temp\.chosen|move_)|UPDATE|DELETE)/.test(sql))
    expect(pieces.length).toBeGreaterThan(40)
    for (const { sql, plan } of pieces) {
      const walks = plan.filter((line) =>
        /^SCAN (?!temp\.|(new_comments|read_values|class_moves|json_each|n|v|s|\(subq))/.test(line),
      )
      expect([sql, walks]).toEqual([sql, []])
    }
  })

  it('names the clip that is not there, and waits for an import', () => {
    const { database, clips, classes } = createRandomCatalog(new Random(4, 'wrong'))
    const label = (clipIds: string[]): unknown => {
      const input = { clipIds, classId: classes.get('dog')!, state: 'present' as const }
      return runEdit(database, { kind: 'labels.set', input }, 'anna', () => undefined)
    }
    expect(() => label([...clips.values(), 'nobody'])).toThrow('There is no clip with the id nobody.')
    database.run(`UPDATE journal SET state = 'open' WHERE seq = 1`)
    expect(() => label([...clips.values()])).toThrow(/An import is running/)
  })
})
