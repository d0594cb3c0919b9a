import { describe, expect, it } from 'vitest'
import type { RunEpoch } from '../../../shared/contract/runs'
import { estimateRun } from './estimate'

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
    const told = epochs('1', 9, 1)
    told[0] = { ...told[0]!, seconds: 60 }
    expect(estimateRun(told, 1, 20).remainingSeconds).toBe(11)
  })

  it('reads every tenth iteration as ten', () => {
    const told = [10, 20, 30].map((number) => ({ ...epochs('1', 1, 5)[0]!, epoch: number }))
    expect(estimateRun(told, 2, 100)).toEqual({ done: 30, planned: 200, remainingSeconds: 85 })
  })
})
