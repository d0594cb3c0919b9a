import { describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import {
  clipQuerySchema,
  clipStatuses,
  type ClipQuery,
  datasetParts,
  everyClip,
  findSimilarKey,
  formatClipQuery,
  parseClipQuery,
} from './clip-query'

describe('the clip query language', () => {
  it('reads every key', () => {
    const query = parseClipQuery(
      'label:dog -present:"Dog bark" absent:rain -unknown:"sea waves" fold:1,2 fold:5 group:17367 duration:>2.5s is:wrong run:last true:dog was:cat predicted:rain sort:-score split:test site:harbour no:fold status:reviewed,unreviewed by:anna,ben note:far score:0.4..0.6 disagrees:run3 missing:audio -fold:3 -site:pier -noise -is:complete proposal:dog>0.5 proposal:"sea waves<=.3" proposal:rain -has:proposals chain saw',
    )
    expect(query).toEqual({
      ...everyClip,
      text: 'chain saw',
      labels: [
        { name: 'dog', state: 'present', isNegated: false },
        { name: 'Dog bark', state: 'present', isNegated: true },
        { name: 'rain', state: 'absent', isNegated: false },
        { name: 'sea waves', state: 'unknown', isNegated: true },
      ],
      folds: ['1', '2', '5'],
      splits: ['test'],
      statuses: ['reviewed', 'done'],
      group: '17367',
      authors: ['anna', 'ben'],
      note: 'far',
      metadata: [{ name: 'site', value: 'harbour' }],
      lacks: ['fold', 'proposals'],
      proposals: [
        { name: 'dog', minScore: 0.5, maxScore: null },
        { name: 'sea waves', minScore: null, maxScore: 0.3 },
        { name: 'rain', minScore: null, maxScore: null },
      ],
      minSeconds: 2.5,
      is: ['wrong', 'missing'],
      not: ['fold:3', 'site:pier', 'noise', 'is:complete'],
      minScore: 0.4,
      maxScore: 0.6,
      disagrees: 'run3',
      runId: 'last',
      truth: 'dog',
      was: 'cat',
      predicted: 'rain',
      order: 'score',
      direction: 'descending',
    })
  })

  it('is every clip when empty', () => {
    expect(parseClipQuery('  ')).toEqual(everyClip)
    expect(formatClipQuery(everyClip)).toBe('')
  })

  it.each([
    'label:dog',
    'split:train,test site:harbour no:fold no:site',
    '"recorded at":"1 May" src_file:17',
    '-label:"crying baby" fold:4',
    'duration:1..3s is:unlabeled',
    'duration:<5s absent:rain',
    'run:01926 true:dog predicted:"sea waves" is:wrong sort:-score',
    'run:01926 was:dog predicted:rain',
    '"label:dog" plain',
    'label:"say \\"hi\\""',
    'Köln 録音',
    '"mode":fast "lable":x',
    '-"two words" -"recorded at":"1 May" "status":harbour',
    '-"-0RWZT-miFs" "-0RWZT-miFs"',
    'run:last score:>0.9',
    'model:run3 -is:wrong -status:done,accepted',
    'has:proposals proposal:dog>0.5 -proposal:"crying baby<0.25" -proposal:rain proposal:a>b',
  ])('writes what it reads: %s', (text) => {
    const query = parseClipQuery(text)
    expect(parseClipQuery(formatClipQuery(query))).toEqual(query)
    expect(clipQuerySchema.parse(query)).toEqual(query)
  })

  it.each([
    ['split:dev', 'split:dev is not known', 'character 1 '],
    ['x -run:3', 'run: cannot be negated', 'character 3 '],
    ['x lable:dog', 'did you mean label:?', 'character 3 '],
    ['status:acepted', 'did you mean accepted?', 'character 1 '],
    ['x score:2', 'score:2 is not a span from 0 to 1', 'character 3 '],
    ['score:>0.5', 'want a run:', 'character 1 '],
    ['x proposal:dog>1.5', 'has no score from 0 to 1', 'character 3 '],
    ['missing:video', 'missing:video is not known', 'character 1 '],
    ['dog is:happy', 'is:happy is not known', 'character 5 '],
    ['label:"dog', 'closing quotation mark', 'character 1 '],
    ['duration:long', 'duration:long is not a span', 'character 1 '],
    ['true:dog', 'want a run:', 'character 1 '],
    ['was:dog', 'want a run:', 'character 1 '],
    ['sort:colour', 'sort:colour is not known', 'character 1 '],
  ])('explains %s and points at it', (text, what, where) => {
    expect(() => parseClipQuery(text)).toThrow(what)
    expect(() => parseClipQuery(text)).toThrow(where)
  })

  it('writes any query so that it reads the same', () => {
    const random = new Random(11, 'clip-query')
    const one = <T>(list: readonly T[]): T => list[random.integer(list.length)]!
    const some = <T>(list: readonly T[]): T[] => list.filter(() => random.uniform() < 0.3)
    const words = ['dog', 'Dog bark', 'a:b', '-x', 'say "hi"', 'back\\slash', '録音', 'run', '1..2', 'is']
    const word = (): string => one(words)
    const maybe = <T>(make: () => T): T | null => (random.uniform() < 0.3 ? make() : null)
    for (let round = 0; round < 500; round++) {
      const runId = maybe(word)
      const query: ClipQuery = {
        ...everyClip,
        text: some(words)
          .map((text) => text.replace(/\s+/g, ''))
          .join(' '),
        labels: some(words).map((name) => ({
          name,
          state: one(['present', 'absent', 'unknown'] as const),
          isNegated: random.uniform() < 0.5,
        })),
        folds: some(['1', '2', 'val id']),
        splits: some(datasetParts),
        statuses: some(clipStatuses),
        group: maybe(word),
        authors: some(['anna', 'Ben B']),
        note: maybe(word),
        metadata: some(words).map((name) => ({ name, value: word() })),
        lacks: some(words),
        proposals: some(words).map((name) => ({ name, minScore: maybe(() => 0.25), maxScore: null })),
        minSeconds: maybe(() => 0.25),
        maxSeconds: maybe(() => 3),
        is: some(['labeled', 'unlabeled', 'annotated', 'complete', 'missing'] as const),
        not: some(['fold:3', 'noise', 'site:"old pier"', '"a b"', 'no:embedding', 'is:annotated']),
        runId,
        minScore: runId === null ? null : maybe(() => 0.125),
        maxScore: runId === null ? null : maybe(() => 1),
        disagrees: maybe(word),
        truth: runId === null ? null : maybe(word),
        was: runId === null ? null : maybe(word),
        predicted: runId === null ? null : maybe(word),
        under: some(words),
        order: one(clipQuerySchema.shape.order.unwrap().options),
        direction: one(['ascending', 'descending'] as const),
      }
      expect(parseClipQuery(formatClipQuery(query))).toEqual(query)
    }
  })

  it('reads has: as the contrary of no:', () => {
    expect(parseClipQuery('has:embedding -has:site')).toEqual(parseClipQuery('-no:embedding no:site'))
    expect(formatClipQuery(parseClipQuery('has:embedding'))).toBe('-no:embedding')
    expect(() => parseClipQuery('fold:1 has:""')).toThrow('has: wants a value (at character 8 ')
  })

  it('knows which key was meant', () => {
    expect(['sotr', 'lable', 'flod', 'site', 'label', 'stats'].map(findSimilarKey)).toEqual([
      'sort',
      'label',
      'fold',
      null,
      null,
      'status',
    ])
  })
})
