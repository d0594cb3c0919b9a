import { describe, expect, it } from 'vitest'
import { parseClipQuery } from '../../shared/contract/clip-query'
import { completeQuery, errorCharacter, tokenAt } from './query-completion'

const facets = {
  classes: [
    { id: 'a', name: 'dog', count: 40 },
    { id: 'b', name: 'Sea waves', count: 12 },
  ],
  folds: [
    { fold: '1', count: 80 },
    { fold: null, count: 3 },
  ],
}
const titles = (text: string, caret = text.length) =>
  completeQuery(text, caret, facets).options.map((option) => option.title)

describe('completeQuery', () => {
  it('offers keys, and classes that contain the typed word', () => {
    expect(titles('')).toContain('label:')
    expect(titles('la')).toEqual(['label:'])
    expect(titles('wav')).toEqual(['was:', 'label:Sea waves'])
    expect(titles('-l')).toEqual(['-label:'])
  })

  it('offers the values of a key and quotes those with spaces', () => {
    expect(completeQuery('label:se', 8, facets).options).toEqual([
      { insert: 'label:"Sea waves" ', title: 'Sea waves', detail: '12 clips' },
    ])
    expect(titles('fold:')).toEqual(['1'])
    expect(titles('is:un')).toEqual(['unlabeled'])
    expect(titles('sort:-d')).toEqual(['-duration'])
    expect(titles('duration:')).toEqual([])
  })

  it('inserts only what the language reads', () => {
    for (const text of ['label:', '-label:', 'absent:', 'fold:', 'sort:'])
      for (const option of completeQuery(text, text.length, facets).options)
        expect(() => parseClipQuery(option.insert)).not.toThrow()
  })

  it('works on the token at the caret, quotes included', () => {
    expect(tokenAt('label:"Sea waves" fold:1', 10)).toEqual({ from: 0, to: 17 })
    expect(tokenAt('label:"Sea waves" fold:1', 20)).toEqual({ from: 18, to: 24 })
    const { from, to } = completeQuery('label:do fold:1', 8, facets)
    expect([from, to]).toEqual([0, 8])
  })
})

describe('errorCharacter', () => {
  it('finds the place in what the parser says', () => {
    const failOn = (text: string): string => {
      try {
        parseClipQuery(text)
        return ''
      } catch (thrown) {
        return (thrown as Error).message
      }
    }
    expect(errorCharacter(failOn('dog is:red'))).toBe(4)
    expect(errorCharacter(failOn('"open'))).toBe(0)
    expect(errorCharacter('no place')).toBeNull()
  })
})
