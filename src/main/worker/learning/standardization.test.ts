import { describe, expect, it } from 'vitest'
import { fitStandardization, standardize } from './standardization'

describe('standardisation', () => {
  it('gives mean 0 and deviation 1 per band over all blocks', () => {
    const blocks = [Float32Array.of(1, 100, 2, 300), Float32Array.of(6, 200)]
    const fitted = fitStandardization(blocks, 2)
    expect(fitted.means).toEqual([expect.closeTo(3, 6), expect.closeTo(200, 6)])
    expect(fitted.deviations[0]).toBeCloseTo(Math.sqrt(14 / 3), 6)
    const values = blocks.flatMap((block) => [...standardize(block, fitted)])
    const first = values.filter((_, index) => index % 2 === 0)
    expect(first.reduce((total, value) => total + value, 0)).toBeCloseTo(0, 5)
    expect(first.reduce((total, value) => total + value ** 2, 0) / 3).toBeCloseTo(1, 5)
  })

  it('leaves a constant band finite', () => {
    const fitted = fitStandardization([Float32Array.of(-66.6, -66.6, -66.6)], 1)
    expect(fitted.deviations).toEqual([1])
    expect(standardize(Float32Array.of(-66.6), fitted)[0]).toBeCloseTo(0, 4)
  })
})
