import { describe, expect, it } from 'vitest'
import { paceJob } from './job-pace'

describe('paceJob', () => {
  const startedAt = '2026-01-01T00:00:00.000Z'
  const at = (seconds: number): number => Date.parse(startedAt) + seconds * 1000

  it('gives share, rate and what is left', () => {
    expect(paceJob({ done: 50, total: 200, startedAt }, at(10))).toEqual({
      share: 0.25,
      perSecond: 5,
      remainingSeconds: 30,
    })
  })

  it('claims nothing without a total, a start or a first unit', () => {
    expect(paceJob({ done: 5, total: 0, startedAt }, at(10))).toEqual({
      share: null,
      perSecond: 0.5,
      remainingSeconds: null,
    })
    expect(paceJob({ done: 0, total: 9, startedAt }, at(10)).remainingSeconds).toBeNull()
    expect(paceJob({ done: 5, total: 9, startedAt: null }, at(10)).remainingSeconds).toBeNull()
  })
})
