import { describe, expect, it } from 'vitest'
import { colourCell, contrast } from './cell-colour'

const steps = Array.from({ length: 101 }, (_, index) => index / 100)

describe('colourCell', () => {
  it.each(['dark', 'light'] as const)('keeps text at 4.5:1 or more everywhere on the %s scale', (ground) => {
    for (const share of steps) expect(colourCell(share, ground).contrast).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['dark', 'light'] as const)('never goes back in lightness on the %s scale', (ground) => {
    const green = steps.map((share) => Number(/rgb\(\d+ (\d+)/.exec(colourCell(share, ground).background)![1]))
    const direction = ground === 'dark' ? 1 : -1
    for (let index = 1; index < green.length; index++)
      expect((green[index]! - green[index - 1]!) * direction).toBeGreaterThanOrEqual(0)
  })

  it('clamps what lies outside', () => {
    expect(colourCell(-1, 'dark')).toEqual(colourCell(0, 'dark'))
    expect(colourCell(7, 'dark')).toEqual(colourCell(1, 'dark'))
  })
})

it('contrast of black on white is 21', () => {
  expect(contrast(0, 1)).toBeCloseTo(21, 12)
})
