import { describe, expect, it } from 'vitest'
import { chooseStep, timeTicks } from './time-ticks'

describe('timeTicks', () => {
  it('labels round moments that keep their distance at any zoom', () => {
    for (const pixelsPerSecond of [0.5, 12, 158, 1000, 40_000]) {
      const { ticks } = timeTicks(0, 900 / pixelsPerSecond, pixelsPerSecond, 84)
      const labeled = ticks.filter((tick) => tick.isLabeled).map((tick) => tick.seconds * pixelsPerSecond)
      expect(labeled.length).toBeGreaterThan(1)
      for (let index = 1; index < labeled.length; index++)
        expect(labeled[index]! - labeled[index - 1]!).toBeGreaterThanOrEqual(84 - 1e-6)
    }
  })

  it('gives only what is in the span, and the same moments wherever it begins', () => {
    const { ticks } = timeTicks(1.9, 3.1, 100)
    expect(ticks[0]!.seconds).toBeCloseTo(1.9)
    expect(ticks.at(-1)!.seconds).toBeCloseTo(3.1)
    expect(ticks.find((tick) => Math.abs(tick.seconds - 2) < 1e-9)?.isLabeled).toBe(true)
    expect(timeTicks(2, 2.5, 100).ticks.find((tick) => Math.abs(tick.seconds - 2) < 1e-9)?.isLabeled).toBe(true)
  })

  it('takes the smallest step that fits', () => {
    expect(chooseStep(100, 84)).toBe(1)
    expect(chooseStep(158, 84)).toBe(1)
    expect(chooseStep(200, 84)).toBe(0.5)
  })
})
