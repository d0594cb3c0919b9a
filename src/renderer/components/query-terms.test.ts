import { describe, expect, it } from 'vitest'
import { parseTerms, queryKeys } from '../../shared/contract/clip-query'
import { queryTerms } from './query-terms'

describe('the help of the query', () => {
  it('shows only what can be read, and every key', () => {
    for (const [term] of queryTerms) expect(() => parseTerms(term), term).not.toThrow()
    const shown = queryTerms.flat().join(' ')
    expect(queryKeys.filter((key) => key !== 'present' && !shown.includes(`${key}:`))).toEqual([])
  })
})
