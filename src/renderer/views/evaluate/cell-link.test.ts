import { describe, expect, it } from 'vitest'
import { formatClipQuery, parseClipQuery } from '../../../shared/contract/clip-query'
import { queryOf, readCell, writeCell } from './cell-link'

describe('cell links', () => {
  it.each([
    { truth: 'dog', predicted: 'rain' },
    { truth: 'dog', predicted: null },
    { truth: 'Bell, church', predicted: '100 % noise' },
    { truth: 'Hund (bellend)', predicted: 'Regen' },
  ])('reads back $truth → $predicted', (place) => {
    expect(readCell(writeCell(place))).toEqual(place)
  })

  it.each([undefined, '', ',rain', 'a,b,c', '%E0%A4%A', ['dog']])('refuses %s', (text) => {
    expect(readCell(text)).toBeNull()
  })

  it('is short where names are plain', () => {
    expect(writeCell({ truth: 'dog', predicted: 'rain' })).toBe('dog,rain')
  })
})

it('a cell is a query that the library can read', () => {
  const query = queryOf('run-7', { truth: 'dog', predicted: 'clock tick' })
  expect(formatClipQuery(query)).toBe('run:run-7 true:dog predicted:"clock tick" sort:-score')
  expect(parseClipQuery(formatClipQuery(query))).toEqual(query)
  expect(formatClipQuery(queryOf('r', { truth: 'dog', predicted: null }))).toBe('is:wrong run:r true:dog sort:-score')
  expect(formatClipQuery(queryOf('r', { truth: 'dog', predicted: 'rain' }, 'frozen'))).toBe(
    'run:r was:dog predicted:rain sort:-score',
  )
})
