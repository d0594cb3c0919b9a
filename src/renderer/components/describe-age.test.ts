import { expect, it } from 'vitest'
import { describeAge } from './describe-age'

const now = Date.parse('2026-03-10T12:00:00Z')

it.each([
  ['2026-03-10T11:59:30Z', 'just now'],
  ['2026-03-10T12:00:05Z', 'just now'],
  ['2026-03-10T11:55:00Z', '5 minutes ago'],
  ['2026-03-10T09:00:00Z', '3 hours ago'],
  ['2026-03-09T11:00:00Z', 'yesterday'],
  ['2025-01-10T12:00:00Z', 'last year'],
  ['no time', '–'],
])('%s is %s', (at, words) => {
  expect(describeAge(at, now, 'en')).toBe(words)
})
