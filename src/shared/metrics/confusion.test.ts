import { describe, expect, it } from 'vitest'
import { classMetrics, computeConfusion, meanAndDeviation, overallMetrics } from './confusion'
import cases from './reference/confusion.json'

describe('confusion metrics follow scikit-learn', () => {
  it.each(cases.map((reference) => [reference.classCount, reference] as const))('%i classes', (_count, reference) => {
    const matrix = computeConfusion(reference.truth, reference.predicted, reference.classCount)
    expect(matrix).toEqual(reference.confusionMatrix)
    const labels = matrix.map((_row, index) => `class ${index}`)
    classMetrics(matrix, labels).forEach((row, index) => {
      expect(row.label).toBe(labels[index])
      expect(row.precision).toBeCloseTo(reference.precision[index]!, 10)
      expect(row.recall).toBeCloseTo(reference.recall[index]!, 10)
      expect(row.f1).toBeCloseTo(reference.f1[index]!, 10)
      expect(row.support).toBe(reference.support[index])
    })
    const overall = overallMetrics(matrix)
    expect(overall.accuracy).toBeCloseTo(reference.accuracy, 10)
    expect(overall.balancedAccuracy).toBeCloseTo(reference.balancedAccuracy, 10)
    expect(overall.macroF1).toBeCloseTo(reference.macroF1, 10)
  })

  it('refuses lengths and classes that do not fit', () => {
    expect(() => computeConfusion([0, 1], [0], 2)).toThrow('2 true classes and 1 predicted')
    expect(() => computeConfusion([0], [2], 2)).toThrow('(0, 2)')
    expect(() => computeConfusion([3], [0], 2)).toThrow('(3, 0)')
  })

  it('gives zeros, not NaN, for nothing', () => {
    expect(overallMetrics([])).toEqual({ accuracy: 0, balancedAccuracy: 0, macroF1: 0 })
    expect(meanAndDeviation([])).toEqual({ mean: 0, deviation: 0 })
  })

  it('reports the population deviation over folds', () => {
    const { mean, deviation } = meanAndDeviation([0.8, 0.9])
    expect(mean).toBeCloseTo(0.85, 12)
    expect(deviation).toBeCloseTo(0.05, 12)
  })
})
