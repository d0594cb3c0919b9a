import { describe, expect, it } from 'vitest'
import { rankFuzzy, scoreFuzzy } from './fuzzy-match'

const names = ['chainsaw', 'crackling_fire', 'dog', 'rain', 'sea_waves', 'clock_tick', 'train']

describe('rankFuzzy', () => {
  it('puts what begins so before what contains it, and the whole word first', () => {
    expect(rankFuzzy('rain', names, (name) => name)).toEqual(['rain', 'train', 'crackling_fire'])
    expect(rankFuzzy('ra', names, (name) => name)[0]).toBe('rain')
  })

  it('finds initials of words', () => {
    expect(rankFuzzy('cf', names, (name) => name)[0]).toBe('crackling_fire')
    expect(rankFuzzy('s w', names, (name) => name)[0]).toBe('sea_waves')
  })

  it('keeps the order while nothing is typed, and says no to letters that are not there', () => {
    expect(rankFuzzy(' ', names, (name) => name)).toEqual(names)
    expect(scoreFuzzy('zz', 'dog')).toBeNull()
    expect(scoreFuzzy('god', 'dog')).toBeNull()
  })
})
