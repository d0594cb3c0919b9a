import { beforeEach, describe, expect, it } from 'vitest'
import { parseClipQuery } from '../../../shared/contract/clip-query'
import { draft, smallSet } from '../testing/host-fixture'
import { createSmallCatalog, type SmallCatalog } from '../testing/small-catalog'
import { compileClipQuery } from './clip-query'
import { readFacets } from './clip-facets'
import { countClips, findClipPosition, listClipIds, listClips } from './clips'
import { correctLabel, setLabel } from './labels'
import { createAnnotation } from './annotations'
import { runCommand } from './journal'
import { savePredictions } from './predictions'
import { insertRun } from './runs'
import { recipes } from '../../../zoo/recipes'

describe('the query language against a catalog', () => {
  let catalog: SmallCatalog
  const nameOf = new Map<string, string>()

  /** Names of the clips a query finds, in its order. */
  const find = (text: string): string[] =>
    listClipIds(catalog.database, parseClipQuery(text)).map((id) => nameOf.get(id)!)

  const clip = (name: string): string => catalog.clips.get(name)!
  const label = (names: string[], className: string, state: 'present' | 'absent' | 'unknown'): void => {
    runCommand(catalog.database, 'labels.set', 'tester', (recorder) =>
      setLabel(
        catalog.database,
        recorder,
        { clipIds: names.map(clip), classId: catalog.classes.get(className)!, state },
        'tester',
      ),
    )
  }

  beforeEach(() => {
    // 0-0 to 3-0 are dogs, 0-1 to 3-1 rain, 0-2 to 3-2 crying babies; folds 1 to 4 by the first number.
    const drafts = smallSet(4)
    drafts[0]!.durationSeconds = 2
    catalog = createSmallCatalog([...drafts, draft('100%_wet', '10', 'rain', 'lake_1')])
    nameOf.clear()
    for (const [name, id] of catalog.clips) nameOf.set(id, name)
  })

  it('lists by path, both ways', () => {
    expect(find('').slice(0, 4)).toEqual(['0-0', '0-1', '0-2', '1-0'])
    expect(find('sort:-path')).toEqual(find('').toReversed())
    expect(find('')).toHaveLength(13)
  })

  it('finds words in the path, the label and the group, without wildcards', () => {
    expect(find('3-')).toEqual(['3-0', '3-1', '3-2'])
    expect(find('BABY')).toEqual(['0-2', '1-2', '2-2', '3-2'])
    expect(find('source-2')).toEqual(['2-0', '2-1', '2-2'])
    expect(find('rain audio/0')).toEqual(['0-1'])
    expect(find('100%')).toEqual(['100%_wet'])
    expect(find('1%wet')).toEqual([])
    expect(find('0_0')).toEqual([])
    expect(find(`"' OR 1=1 --"`)).toEqual([])
  })

  it('finds words with accents however they are written', () => {
    const decomposed = 'Töne'.normalize('NFD')
    catalog.database.run(`UPDATE recordings SET path = ? WHERE path = 'audio/2-2.wav'`, `audio/${decomposed}.wav`)
    expect(find('TÖNE')).toEqual(['2-2'])
    expect(find('töne_')).toEqual([])
    expect(find(decomposed)).toEqual(['2-2'])
  })

  it('knows present, absent and unknown apart', () => {
    label(['0-0'], 'rain', 'absent')
    label(['1-0'], 'rain', 'present')
    expect(find('label:Rain fold:1,2')).toEqual(['0-1', '1-0', '1-1'])
    expect(find('absent:rain')).toEqual(['0-0'])
    expect(find('unknown:rain fold:1')).toEqual(['0-2'])
    expect(find('-unknown:rain fold:1')).toEqual(['0-0', '0-1'])
    expect(find('-label:rain fold:2')).toEqual(['1-2'])
    expect(find('label:dog label:rain')).toEqual(['1-0'])
    expect(find('label:nothing')).toEqual([])
  })

  it('narrows by fold, group and duration', () => {
    expect(find('fold:4')).toEqual(['3-0', '3-1', '3-2'])
    expect(find('group:lake_1')).toEqual(['100%_wet'])
    expect(find('duration:<3s')).toEqual(['0-0'])
    expect(find('duration:2..2s')).toEqual(['0-0'])
    expect(find('duration:>3')).toHaveLength(12)
  })

  it('knows labeled, annotated and missing clips', () => {
    label(['2-1'], 'rain', 'unknown')
    expect(find('is:unlabeled')).toEqual(['2-1'])
    expect(find('is:labeled')).toHaveLength(12)
    runCommand(catalog.database, 'annotations.create', 'tester', (recorder) =>
      createAnnotation(
        catalog.database,
        recorder,
        { clipId: clip('1-1'), startSeconds: 0, endSeconds: 1, lowHz: null, highHz: null, classIds: [] },
        'tester',
      ),
    )
    expect(find('is:annotated')).toEqual(['1-1'])
    catalog.database.run(`UPDATE recordings SET is_missing = 1 WHERE path = 'audio/3-2.wav'`)
    expect(find('is:missing')).toEqual(['3-2'])
  })

  it('orders by fold as by number, duration and label, and then by path', () => {
    expect(find('sort:-fold')[0]).toBe('100%_wet')
    expect(find('sort:fold').slice(0, 4)).toEqual(['0-0', '0-1', '0-2', '1-0'])
    expect(find('sort:duration')[0]).toBe('0-0')
    expect(find('sort:label').slice(0, 5)).toEqual(['0-2', '1-2', '2-2', '3-2', '0-0'])
  })

  describe('with a run', () => {
    const runId = 'run-1'

    beforeEach(() => {
      const classes = [...catalog.classes].map(([name, id]) => ({ id, name }))
      insertRun(catalog.database, {
        id: runId,
        recipe: recipes['mfcc-logistic'],
        recipeHash: 'abc',
        split: { kind: 'cross-validate' },
        query: parseClipQuery(''),
        classes,
        requestedBackend: 'auto',
        clipCount: 3,
        folds: [{ name: '1', train: 0, test: 3 }],
      })
      const predict = (name: string, predicted: string, score: number, origin: 'test' | 'new' | 'trained'): void =>
        savePredictions(catalog.database, runId, [
          {
            clipId: clip(name),
            fold: '1',
            origin,
            truthClassId: null,
            scores: Float32Array.from(classes, (entry) => (entry.name === predicted ? score : 0)),
          },
        ])
      predict('0-0', 'dog', 0.9, 'test')
      predict('0-1', 'dog', 0.5, 'test')
      predict('0-2', 'dog', 0.75, 'new')
      predict('1-1', 'dog', 0.25, 'trained')
    })

    it('lists what the run predicted, by score', () => {
      expect(find(`run:${runId} sort:-score`)).toEqual(['0-0', '0-2', '0-1', '1-1'])
      const { rows } = listClips(catalog.database, parseClipQuery(`run:${runId}`), 0, 10)
      expect(rows[0]!.prediction).toEqual({ classId: catalog.classes.get('dog'), name: 'dog', score: Math.fround(0.9) })
    })

    it('takes the truth from the labels as they are now, and leaves out what it was trained on', () => {
      expect(find(`run:${runId} is:wrong`)).toEqual(['0-1', '0-2'])
      expect(find(`run:${runId} true:rain predicted:dog`)).toEqual(['0-1'])
      expect(find(`run:${runId} predicted:dog`)).toHaveLength(4)
      runCommand(catalog.database, 'labels.correct', 'tester', (recorder) =>
        correctLabel(
          catalog.database,
          recorder,
          { clipIds: [clip('0-1')], toClassId: catalog.classes.get('dog')! },
          'tester',
        ),
      )
      expect(find(`run:${runId} is:right`)).toEqual(['0-0', '0-1'])
      expect(find(`run:${runId} true:rain predicted:dog`)).toEqual([])
    })

    it('leaves out clips with two present labels: they have no single truth', () => {
      label(['0-1'], 'dog', 'present')
      expect(find(`run:${runId} is:wrong`)).toEqual(['0-2'])
      expect(find(`run:${runId} is:right`)).toEqual(['0-0'])
    })
  })

  it('counts, pages and finds positions in every order alike', () => {
    for (const text of ['', 'sort:-label', 'sort:duration fold:1,2,3', '-label:dog sort:fold', 'wav label:rain']) {
      const query = parseClipQuery(text)
      const ids = listClipIds(catalog.database, query)
      expect(countClips(catalog.database, query)).toBe(ids.length)
      expect(readFacets(catalog.database, query).total).toBe(ids.length)
      const paged = [0, 3, 6, 9, 12].flatMap((offset) => listClips(catalog.database, query, offset, 3).rows)
      expect(paged.map((row) => row.id)).toEqual(ids)
      ids.forEach((id, index) =>
        expect(findClipPosition(catalog.database, query, id)).toEqual({
          index,
          total: ids.length,
          previousId: ids[index - 1] ?? null,
          nextId: ids[index + 1] ?? null,
        }),
      )
    }
    expect(findClipPosition(catalog.database, parseClipQuery('label:dog'), clip('0-1'))).toMatchObject({
      index: -1,
      total: 4,
    })
  })

  it('serves the hot lists from indexes', () => {
    const plan = (text: string): string => {
      const { listed, values } = compileClipQuery(parseClipQuery(text))
      return catalog.database
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN SELECT c.id ${listed} LIMIT 100`, ...values)
        .map((row) => row.detail)
        .join('\n')
    }
    // The library: walks the recordings in order and never sorts them all.
    for (const text of ['', 'fold:3', 'sort:-path', 'duration:>1s']) {
      expect(plan(text)).toContain('SCAN r USING COVERING INDEX sqlite_autoindex_recordings_2')
      expect(plan(text)).toMatch(/SEARCH c USING INDEX sqlite_autoindex_clips_\d \(recording_key=\?\)/)
      expect(plan(text)).not.toContain('USE TEMP B-TREE FOR ORDER BY')
    }
    expect(plan('label:dog')).toContain('clip_labels_by_class (class_key=? AND state=?)')
    expect(plan('label:dog')).not.toMatch(/SCAN [cr]\b/)
    expect(plan('group:a')).toContain('SEARCH c USING INDEX clips_by_group (group_key=?)')
    expect(plan('is:annotated')).not.toMatch(/SCAN [cr]\b/)
    expect(plan('is:missing')).toContain('recordings_missing')
    // A cell of the confusion matrix.
    const cell = plan('run:x true:dog predicted:rain')
    expect(cell).toContain('SEARCH p USING COVERING INDEX predictions_by_class (run_key=? AND predicted_class_key=?)')
    expect(cell).not.toMatch(/SCAN [crp]\b/)
  })
})
