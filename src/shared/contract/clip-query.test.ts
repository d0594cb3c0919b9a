import { describe, expect, it } from 'vitest'
import { clipQuerySchema, everyClip, formatClipQuery, parseClipQuery } from './clip-query'

describe('the clip query language', () => {
  it('reads every key', () => {
    const query = parseClipQuery(
      'label:dog -present:"Dog bark" absent:rain -unknown:"sea waves" fold:1,2 fold:5 group:17367 duration:>2.5s is:wrong run:last true:dog was:cat predicted:rain sort:-score split:test site:harbour no:fold chain saw',
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
      group: '17367',
      metadata: [{ name: 'site', value: 'harbour' }],
      lacks: ['fold'],
      minSeconds: 2.5,
      is: ['wrong'],
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
  ])('writes what it reads: %s', (text) => {
    const query = parseClipQuery(text)
    expect(parseClipQuery(formatClipQuery(query))).toEqual(query)
    expect(clipQuerySchema.parse(query)).toEqual(query)
  })

  it.each([
    ['split:dev', 'split:dev is not known', 'character 1 '],
    ['x -site:harbour', 'site: cannot be negated', 'character 3 '],
    ['dog is:happy', 'is:happy is not known', 'character 5 '],
    ['label:"dog', 'closing quotation mark', 'character 1 '],
    ['duration:long', 'duration:long is not a span', 'character 1 '],
    ['x -fold:2', 'cannot be negated', 'character 3 '],
    ['-rain', 'A minus wants a label', 'character 1 '],
    ['true:dog', 'want a run:', 'character 1 '],
    ['was:dog', 'want a run:', 'character 1 '],
    ['sort:colour', 'sort:colour is not known', 'character 1 '],
  ])('explains %s and points at it', (text, what, where) => {
    expect(() => parseClipQuery(text)).toThrow(what)
    expect(() => parseClipQuery(text)).toThrow(where)
  })
})
