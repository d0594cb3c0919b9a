import { describe, expect, it } from 'vitest'
import { everyClip, parseClipQuery } from '../../../shared/contract/clip-query'
import { classFilter, sortBy, toggleClass, toggleFlag, toggleFold } from './query-edits'

describe('facets as edits of the query', () => {
  it('turns a class on, to "not", and off', () => {
    const on = toggleClass(everyClip, 'Sea waves')
    expect(on).toBe('label:"Sea waves"')
    const not = toggleClass(parseClipQuery(on), 'Sea waves', true)
    expect(not).toBe('-label:"Sea waves"')
    expect(classFilter(parseClipQuery(not), 'Sea waves')).toBe('not')
    expect(toggleClass(parseClipQuery(not), 'Sea waves', true)).toBe('')
  })

  it('keeps the rest of the query', () => {
    const query = parseClipQuery('absent:dog label:rain fold:2 duration:>1s barking')
    expect(toggleFold(query, '10')).toBe('absent:dog label:rain fold:2,10 duration:>1s barking')
    expect(toggleFold(query, '2')).toBe('absent:dog label:rain duration:>1s barking')
    expect(toggleClass(query, 'dog')).toBe('absent:dog label:rain label:dog fold:2 duration:>1s barking')
    expect(toggleFlag(query, 'unlabeled')).toContain('is:unlabeled')
    expect(sortBy(query, 'duration', 'descending')).toContain('sort:-duration')
  })
})
