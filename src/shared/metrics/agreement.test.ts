import { describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import {
  bootstrapAlpha,
  computeCohenKappa,
  computeFleissKappa,
  computeKrippendorffAlpha,
  countPairs,
} from './agreement'
import reference from './reference/agreement.json'

describe('agreement follows scikit-learn, statsmodels and krippendorff', () => {
  it.each(reference.cohen)('Cohen’s kappa with its interval ($kappa)', ({ first, second, categories, ...wanted }) => {
    const kappa = computeCohenKappa(countPairs(first, second, categories))!
    expect(kappa.value).toBeCloseTo(wanted.kappa, 10)
    expect(kappa.low).toBeCloseTo(Math.max(-1, wanted.low), 8)
    expect(kappa.high).toBeCloseTo(Math.min(1, wanted.high), 8)
  })

  it.each(reference.fleiss)('Fleiss’ kappa ($kappa)', ({ counts, kappa }) => {
    expect(computeFleissKappa(counts)).toBeCloseTo(kappa, 10)
  })

  it.each(reference.alpha)('Krippendorff’s alpha with missing judgements ($alpha)', ({ ratings, alpha }) => {
    expect(computeKrippendorffAlpha(ratings)).toBeCloseTo(alpha, 10)
  })
})

describe('agreement at its edges', () => {
  it('gives the textbook value of Cohen', () => {
    expect(
      computeCohenKappa([
        [20, 5],
        [10, 15],
      ])!.value,
    ).toBeCloseTo(0.4, 12)
  })

  it('is not defined where only one category was ever used', () => {
    expect(
      computeCohenKappa(
        [
          [9, 0],
          [0, 0],
        ].map((row) => [...row]),
      ),
    ).toBeNull()
    expect(computeFleissKappa([[3, 0]])).toBeNull()
    expect(computeKrippendorffAlpha([[1], [1]])).toBeNull()
    expect(computeCohenKappa([])).toBeNull()
    expect(computeFleissKappa([])).toBeNull()
    expect(computeKrippendorffAlpha([])).toBeNull()
  })

  it('leaves out what only one has judged', () => {
    expect(countPairs([0, null, 1, 1], [0, 1, null, 0], 2)).toEqual([
      [1, 0],
      [1, 0],
    ])
    expect(() => countPairs([0], [], 2)).toThrow('1 judgements of one rater and 0')
    expect(() =>
      computeFleissKappa(
        [
          [2, 0],
          [1, 0],
        ].map((row) => [...row]),
      ),
    ).toThrow('same number of raters')
  })

  it('puts an interval around alpha, the same one each time', () => {
    const { ratings, alpha } = reference.alpha[1]!
    const draw = () => {
      const random = new Random(1, 'bootstrap')
      return bootstrapAlpha(ratings, (below) => random.integer(below))!
    }
    const interval = draw()
    expect(interval.low).toBeLessThan(alpha)
    expect(interval.high).toBeGreaterThan(alpha)
    expect(interval.high - interval.low).toBeLessThan(1)
    expect(draw()).toEqual(interval)
  })
})
