// A little over 400 lines: one catalog, small but with all that can be asked of, serves every comparison with SQL.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { coverageStates, narrowToCell } from '../../../shared/contract/coverage'
import type { Facet } from '../../../shared/contract/facets'
import { Random } from '../../../dsp/random'
import { recipes } from '../../../zoo/recipes'
import { draft } from '../testing/host-fixture'
import { recordPlans } from '../testing/recorded-statements'
import { createSmallCatalog, type SmallCatalog } from '../testing/small-catalog'
import { createAnnotation } from './annotations'
import { saveProposals } from './proposals'
import { loadColumns } from './clip-columns'
import { readFacets, readFacetValues } from './clip-facets'
import { ClipIndex } from './clip-index'
import { countClips, findClipPosition, listClipIds, readRowsByKey } from './clips'
import { readCoverage } from './coverage'
import { openReader } from './database'
import { runCommand } from './journal'
import { setLabel } from './labels'
import { listClasses, listCountedClasses } from './ontology'
import { suggestForQuery } from './query-suggestions'
import { readQueue } from './review'
import { listViews } from './saved-views'
import { savePredictions } from './predictions'
import { insertRun } from './runs'

const queries = [
  '',
  'sort:-path',
  'sort:fold',
  'sort:-fold',
  'sort:duration',
  'sort:-duration label:rain',
  'sort:label',
  'sort:-label -label:dog',
  'label:RAIN label:dog',
  'absent:dog',
  'unknown:dog fold:1,3',
  '-unknown:rain',
  'fold:10',
  'fold:nowhere',
  'group:source-1-7',
  'duration:>2s',
  'duration:..2',
  'is:labeled',
  'is:unlabeled',
  'is:annotated',
  'is:missing',
  'töne',
  'source-1',
  'take-b 7',
  'rai wav',
  '7',
  'label:nothing',
  'split:test',
  'split:train,validation sort:-label',
  'no:split',
  'no:fold',
  'no:group',
  'no:label',
  'no:take',
  'no:nothing',
  'take:take-B label:dog',
  'take:nowhere',
  'no:note',
  'no:embedding',
  'has:proposals',
  'no:proposals label:dog',
  'proposal:dog>0.5 -fold:1',
  'has:note -has:take',
  'status:done',
  'status:unlabeled,returned label:dog',
  'by:ana',
  'by:import',
  '-by:import',
  'by:ben -note:"far away"',
  'by:ana,import -by:ana',
  'note:"far away" -fold:1 -split:train',
  'under:dog -status:done',
  'note:check',
  'is:complete',
  '-is:complete -fold:1',
  '-status:done -split:test',
  '-wav',
  '-note:check',
  'disagrees:r',
  '-disagrees:r label:rain',
  'run:r score:0.2..0.6',
  'run:r -is:wrong',
  'run:r',
  'run:r sort:-score',
  'run:r sort:score fold:1',
  'run:r is:wrong',
  'run:r is:right label:dog',
  'run:r true:rain predicted:dog',
  'run:other',
  'run:last sort:-score',
  'model:run1 score:0.2..0.6',
  'run:1 score:>0.5 sort:score',
  'disagrees:run1',
  'disagrees:last label:dog',
  'disagrees:other',
  'by:ana',
  'by:ana,ben -by:import',
  'by:import',
  'status:done,accepted',
  '-status:unlabeled',
  'is:complete',
  'note:"far away"',
  'no:note -no:group',
  'no:embedding',
  'split:train',
  'take:take-B',
  '-take:take-B',
  '-töne -"source 1-7" fold:1',
  '-fold:1,3 -is:missing',
  'run:r -is:wrong',
  '-duration:>2s -label:dog',
]

/** Terms of every kind that a minus may stand before, and of those that stand with a run. */
const terms = [
  ...['label:dog', 'present:rain', 'absent:dog', 'unknown:rain', 'under:dog', 'label:nothing'],
  ...['fold:1,3', 'fold:10', 'split:train,test', 'split:validation', 'status:done,accepted', 'status:unlabeled'],
  ...['by:ana', 'by:import', 'by:ana,import', 'note:check', 'note:"far away"', 'take:take-B', '"recorded at":"1 May"'],
  ...['no:split', 'no:fold', 'no:group', 'no:label', 'no:note', 'no:embedding', 'no:take', 'has:note', 'has:take'],
  ...[
    'has:proposals',
    'proposal:dog>0.5',
    'proposal:rain<0.6',
    'group:source-1-7',
    'duration:>2s',
    'duration:1..2',
    'duration:<1',
    'missing:audio',
    'disagrees:r',
  ],
  ...['disagrees:last', 'is:labeled', 'is:unlabeled', 'is:annotated', 'is:complete', 'is:missing'],
  ...['töne', 'take-b', 'source-1', '"far away"', 'rai', '7', 'MAY'],
]
const runTerms = ['true:dog', 'predicted:rain', 'was:dog', 'score:0.2..0.6', 'score:>0.5', 'is:right', 'is:wrong']
const facets: Facet[] = [
  { kind: 'author' },
  { kind: 'run' },
  ...['take', 'recorded at', 'nothing'].map((name) => ({ kind: 'metadata' as const, name })),
]
const orders = ['', 'sort:-path', 'sort:fold', 'sort:-duration', 'sort:label', 'sort:-label']

describe('the index in memory', () => {
  let catalog: SmallCatalog
  let index: ClipIndex
  const folder = mkdtempSync(join(tmpdir(), 'earmark-index-'))
  const file = join(folder, 'earmark.db')
  const openOwn = () => openReader(file)
  const random = new Random(7, 'clip-index')
  const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!

  const label = (names: string[]): void => {
    const state = one(['present', 'absent', 'unknown'] as const)
    const classId = one([...catalog.classes.values()])
    const clipIds = names.map((name) => catalog.clips.get(name)!)
    const { touched } = runCommand(catalog.database, 'labels.set', 'ana', (recorder) =>
      setLabel(catalog.database, recorder, { clipIds, classId, state }, 'ana'),
    )
    expect(index.refresh([...touched.clipKeys])).toBe(true)
  }

  const draw = (): string => {
    const hasRun = random.uniform() < 0.3
    const own = Array.from(
      { length: 1 + random.integer(3) },
      () => `${random.uniform() < 0.35 ? '-' : ''}${one(terms)}`,
    )
    if (hasRun) own.push('run:r', ...(random.uniform() < 0.7 ? [one(runTerms)] : []))
    return [...random.shuffle(own), hasRun && random.uniform() < 0.3 ? 'sort:-score' : one(orders)].join(' ').trim()
  }

  /** The index and SQL say the same of every query. */
  const compare = (texts: readonly string[] = queries): void => {
    const { database } = catalog
    const idOf = new Map(
      database.all<{ key: number; id: string }>('SELECT key, id FROM clips').map((r) => [r.key, r.id]),
    )
    for (const text of texts) {
      const query = parseClipQuery(text)
      const ids = listClipIds(database, query)
      const { total, keys } = index.page(query, 0, 1000)
      expect([text, total, keys.map((key) => idOf.get(key))]).toEqual([text, ids.length, ids])
      expect(countClips(database, query)).toBe(total)
      expect([text, index.facets(query)]).toEqual([text, readFacets(database, query)])
      for (const facet of facets)
        for (const [search, limit] of [
          ['', 2],
          ['a', 12],
        ] as const) {
          const question = { query, facet, search, limit }
          expect([text, facet, index.facetValues(question)]).toEqual([text, facet, readFacetValues(database, question)])
        }
      expect(index.page(query, 3, 4).keys).toEqual(keys.slice(3, 7))
      for (const key of keys.slice(0, 3))
        expect(index.placeOf(query, key)).toBe(findClipPosition(database, query, idOf.get(key)!).index)
    }
    expect(listCountedClasses(database, (certain) => index.countClasses(certain))).toEqual(listClasses(database))
  }

  beforeAll(async () => {
    const drafts = Array.from({ length: 90 }, (_, number) => {
      const own = draft(
        `${number % 3 === 0 ? 'Töne' : 'x'}-${number}`,
        one(['1', '2', '3', '10']),
        one(['dog', 'rain']),
      )
      own.durationSeconds = one([1, 2, 2.5, 5])
      const [clip] = own.clips
      clip!.source = number % 2 === 0 ? { take: 'take-B' } : { 'recorded at': number % 3 === 0 ? '1 May' : '2 June' }
      if (number % 5 === 0) clip!.labels = []
      clip!.split = one(['train', 'validation', 'test', null] as const)
      if (number % 7 === 0) clip!.group = null
      else clip!.group = `source-${number % 20}-7`
      if (number % 11 === 0) own.clips.push({ ...clip!, endSeconds: 0.5, fold: null, labels: [] })
      return own
    })
    catalog = createSmallCatalog(drafts, file)
    const { database } = catalog
    const classes = [...catalog.classes].map(([name, id]) => ({ id, name }))
    const clipIds = [...catalog.clips.values()]
    insertRun(database, {
      id: 'r',
      recipe: recipes['mfcc-logistic'],
      recipeHash: '',
      split: { kind: 'cross-validate' },
      query: parseClipQuery(''),
      classes,
      requestedBackend: 'auto',
      clipCount: 3,
      folds: [{ name: '1', train: 0, test: 3 }],
    })
    savePredictions(
      database,
      'r',
      clipIds.slice(0, 60).map((clipId, number) => ({
        clipId,
        fold: '1',
        origin: one(['test', 'new', 'trained'] as const),
        truthClassId: null,
        scores: Float32Array.from(classes, () => (number % 4) / 4),
      })),
    )
    for (const clipId of clipIds.slice(10, 14))
      runCommand(database, 'annotations.create', 'ana', (recorder) =>
        createAnnotation(
          database,
          recorder,
          { clipId, startSeconds: 0, endSeconds: 0.2, lowHz: null, highHz: null, classIds: [] },
          'ana',
        ),
      )
    database.run(`UPDATE clips SET status = 'done', is_fully_annotated = 1, note = 'Far away' WHERE key % 4 = 0`)
    database.run(`UPDATE clips SET split = 'train' WHERE key % 5 = 0`)
    database.run(`UPDATE annotations SET note = 'not FAR AWAY' WHERE key % 2 = 0`)
    database.run('UPDATE recordings SET is_missing = 1 WHERE key % 9 = 0')
    database.run(`UPDATE clips SET status = 'done', is_fully_annotated = 1 WHERE key % 8 = 1`)
    database.run(`UPDATE clips SET status = 'returned', note = 'Check this' WHERE key % 8 = 2`)
    // Ben drew one of Ana's clips anew, and a class that came with the dataset stands on one that Ana drew.
    database.run(`UPDATE annotations SET author = 'ben' WHERE key = 2`)
    database.run(`INSERT INTO annotation_labels SELECT key, 1, 1, 'import', 0 FROM annotations WHERE key = 3`)
    database.run('DELETE FROM clip_labels WHERE clip_key = (SELECT clip_key FROM annotations WHERE key = 3)')
    runCommand(database, 'proposals.start', 'ana', (recorder) =>
      saveProposals(database, recorder, {
        runId: 'r',
        runName: 'r',
        windowSeconds: 1,
        hopSeconds: 0.5,
        floor: 0.3,
        classIds: classes.map(({ id }) => id),
        clips: clipIds.slice(20, 50).map((clipId, number) => ({
          clipId,
          fold: 'all',
          basis: 'new',
          modelHash: '',
          segments: [
            {
              classIndex: number % 2,
              startSeconds: 0,
              endSeconds: 0.4,
              peak: 0.4 + number / 50,
              mean: 0.3,
              windows: 1,
            },
          ],
        })),
      }),
    )
    database.run(
      `INSERT INTO annotation_verdicts SELECT key, 'rejected', 'ana', 0 FROM annotations WHERE tier = 'model' AND key % 4 = 0`,
    )
    expect(countClips(database, parseClipQuery('has:proposals'))).toBe(23)
    index = new ClipIndex(database, await loadColumns(database), openOwn)
  })
  afterAll(() => {
    catalog.database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers as SQL does, before the values of metadata are read and after', async () => {
    const pages = queries.map((text) => index.page(parseClipQuery(text), 0, 1000))
    expect(index.values.get('take')).toBe(undefined)
    await index.values.loadAll(() => true)
    for (const facet of facets) await index.prepare(facet)
    expect(index.values.get('take')).toMatchObject({ values: ['take-B'] })
    expect(queries.map((text) => index.page(parseClipQuery(text), 0, 1000))).toEqual(pages)
    compare()
  })

  it('finds by the index what has too many values to be numbered, and counts those that begin with the search', async () => {
    const { database } = catalog
    const few = new ClipIndex(database, await loadColumns(database), openOwn, 1)
    await few.values.loadAll(() => true)
    expect(few.values.get('recorded at')).not.toHaveProperty('numbers')
    for (const text of [
      '"recorded at":"1 May"',
      '-"recorded at":"1 May" fold:1',
      'no:"recorded at"',
      'has:"recorded at"',
    ])
      expect(few.page(parseClipQuery(text), 0, 1000)).toEqual(index.page(parseClipQuery(text), 0, 1000))
    const question = {
      query: parseClipQuery('fold:1,2 -"recorded at":"1 May"'),
      facet: { kind: 'metadata', name: 'recorded at' } as const,
      limit: 12,
    }
    const all = readFacetValues(database, { ...question, search: '' })
    const found = few.facetValues({ ...question, search: '' })
    expect(found).toEqual({ ...all, isPartial: true })
    expect(found.values.length).toBe(2)
    expect(few.facetValues({ ...question, search: '2' }).values).toEqual(
      all.values.filter(({ value }) => value === '2 June'),
    )
  })

  it('answers random queries as SQL does, and half of them find some but not all', () => {
    const texts = Array.from({ length: 400 }, draw)
    compare(texts)
    const everyCount = countClips(catalog.database, parseClipQuery(''))
    const telling = texts.filter((text) => {
      const { total } = index.page(parseClipQuery(text), 0, 1)
      return total > 0 && total < everyCount
    })
    expect(telling.length).toBeGreaterThan(200)
  })

  it('goes on doing so while clips are edited', () => {
    const names = [...catalog.clips.keys()]
    for (let edit = 0; edit < 12; edit++) {
      label(random.shuffle(names).slice(0, 1 + random.integer(9)))
      compare()
    }
    const key = 5
    catalog.database.run(`UPDATE clips SET fold = '99', group_key = 'elsewhere', note = 'rai wav' WHERE key = ?`, key)
    catalog.database.run('DELETE FROM clip_metadata WHERE clip_key = ?', key)
    expect(index.refresh([key])).toBe(true)
    compare()
    expect(index.page(parseClipQuery('elsewhere'), 0, 9).keys).toEqual([key])
  })

  it('asks nothing of the database that walks over a whole table', async () => {
    const { database } = catalog
    // As large as it must be for the planner to have a choice.
    const few = new ClipIndex(database, await loadColumns(database), openOwn, 1)
    const plans = await recordPlans(database, () => {
      for (const own of [few, index])
        for (const text of [...queries, 'run:r was:dog predicted:rain', 'recordist:anna no:site under:dog']) {
          const query = parseClipQuery(text)
          const { keys } = own.page(query, 0, 100)
          readRowsByKey(database, keys, query.runId)
          own.facets(query)
          for (const facet of facets) own.facetValues({ query, facet, search: '', limit: 12 })
          own.refresh(keys.slice(0, 5))
        }
      // The rest of what the Library and Review ask while a person waits.
      for (const state of coverageStates) index.coverage({ query: parseClipQuery('fold:1'), by: 'fold', state })
      for (const key of ['', 'by', 'group', 'run', 'take']) suggestForQuery(database, key, 'a')
      for (const status of ['done', 'returned'] as const)
        readQueue(database, { status, by: null, offset: 0, limit: 50 })
      listViews(database)
    })
    expect(plans.length).toBeGreaterThan(20)
    // The ontology, names, runs and their jobs are few; lists of values are the question itself.
    const isSmall = (line: string): boolean =>
      /^SCAN (CONSTANT ROW|k|n|e|own|apart|wanted|\d+-ROW|ontology_classes|class_parents|metadata_names|runs|jobs|saved_views|json_each|value|\(subquery-\d+\))\b/.test(
        line,
      ) ||
      // It holds the segments of models alone, and which clips those are of is what was asked.
      line === 'SCAN a USING COVERING INDEX annotations_of_models'
    for (const { sql, plan } of plans)
      expect([sql, plan.filter((line) => line.startsWith('SCAN') && !isSmall(line))]).toEqual([sql, []])
  })

  it('tells the coverage of every state as SQL does', async () => {
    const { database } = catalog
    for (const by of ['split', 'fold', 'group', 'take', 'recorded at', 'nothing'])
      for (const state of coverageStates)
        for (const text of ['', 'fold:1,2 -label:dog', 'is:complete', 'label:nothing']) {
          const question = { query: parseClipQuery(text), by, state }
          await index.prepareCoverage(question)
          const said = index.coverage(question)
          expect([by, state, text, said]).toEqual([by, state, text, readCoverage(database, question)])
          // A cell leads to as many clips as it says.
          for (const row of said.rows.slice(0, 3))
            for (const [at, { value }] of said.columns.entries()) {
              const cell = narrowToCell(question.query, by, { className: row.name, value }, state)
              expect([by, state, text, row.name, value, countClips(database, cell)]).toEqual([
                ...[by, state, text, row.name, value],
                row.cells[at]!.clips,
              ])
            }
        }
  })

  it('counts the clips of a class with those of the classes that prove it, each clip once', () => {
    const { database } = catalog
    const count = (): Record<string, number | null> =>
      Object.fromEntries(
        listCountedClasses(database, (certain) => index.countClasses(certain)).map((entry) => [
          entry.name,
          entry.clipCountUnder,
        ]),
      )
    const add = (name: string): number =>
      database.insert(`INSERT INTO ontology_classes (id, name) VALUES (?, ?)`, `id of ${name}`, name)
    const [animal, water, anything] = [add('animal'), add('water'), add('anything')]
    const keyOf = (name: string): number =>
      database.get<{ key: number }>('SELECT key FROM ontology_classes WHERE name = ?', name)!.key
    const put = (child: number, parent: number): number =>
      database.run('INSERT INTO class_parents (child_key, parent_key) VALUES (?, ?)', child, parent)
    put(keyOf('dog'), animal)
    put(keyOf('rain'), water)
    put(animal, anything)
    put(water, anything)
    database.run(
      `INSERT OR REPLACE INTO clip_labels SELECT key, k.class, 1, 'ana', 0 FROM clips,
         (SELECT ? AS class UNION SELECT ?) k WHERE key BETWEEN 10 AND 14`,
      keyOf('dog'),
      keyOf('rain'),
    )
    expect(index.refresh([10, 11, 12, 13, 14])).toBe(true)
    const counts = count()
    expect(counts['animal']).toBe(countClips(database, parseClipQuery('label:dog')))
    const both = countClips(database, parseClipQuery('label:dog label:rain'))
    expect(both).toBeGreaterThan(0)
    expect(counts['anything']).toBe(counts['animal']! + counts['water']! - both)
    expect(counts['anything']).toBe(countClips(database, parseClipQuery('under:anything')))
    label([...catalog.clips.keys()].slice(0, 40))
    expect(count()).toEqual(Object.fromEntries(listClasses(database).map((own) => [own.name, own.clipCountUnder])))
    // A dog may be heard in water: then it proves neither, but still that it is anything.
    put(keyOf('dog'), water)
    expect(count()['animal']).toBe(0)
    expect(count()['anything']).toBe(countClips(database, parseClipQuery('under:anything')))
  })

  it('says so when clips came or went', () => {
    const { database } = catalog
    database.run(`INSERT INTO clips (id, recording_key, start_seconds, end_seconds) VALUES ('new', 1, 0.1, 0.2)`)
    const { key } = database.get<{ key: number }>(`SELECT key FROM clips WHERE id = 'new'`)!
    expect(index.refresh([key])).toBe(false)
  })
})
