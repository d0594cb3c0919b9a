import { describe, expect, it } from 'vitest'
import type { RunEpoch } from '../../../shared/contract/runs'
import { estimateRun, paceJob } from './estimate'

const epochs = (fold: string, count: number, seconds: number): RunEpoch[] =>
  Array.from({ length: count }, (_, index) => ({
    fold,
    epoch: index + 1,
    loss: 1,
    accuracy: 0.5,
    validationLoss: null,
    validationAccuracy: null,
    seconds,
  }))

describe('estimateRun', () => {
  it('knows nothing before the first epoch', () => {
    expect(estimateRun([], 4, 10)).toEqual({ done: 0, planned: 40, remainingSeconds: null })
  })

  it('counts what is left of the current fold and of those not begun', () => {
    expect(estimateRun(epochs('1', 3, 2), 4, 10)).toEqual({ done: 3, planned: 40, remainingSeconds: 74 })
  })

  it('takes a fold that stopped early as done', () => {
    const told = [...epochs('1', 6, 2), ...epochs('2', 10, 2)]
    expect(estimateRun(told, 2, 10)).toEqual({ done: 16, planned: 16, remainingSeconds: 0 })
  })

  it('uses the newest epochs, so that a slow start is forgotten', () => {
    const told = [...epochs('1', 1, 60), ...epochs('1', 8, 1)]
    expect(estimateRun(told, 1, 20).remainingSeconds).toBe(11)
  })
})

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
