import { describe, expect, it } from 'vitest'
import { fitLogistic, scoreLogistic } from './logistic'
import reference from './reference/logistic.json'

describe('logistic regression', () => {
  it.each(reference.cases)('matches scikit-learn: $name', (expected) => {
    const rows = expected.inputs.map((row) => Float32Array.from(row))
    const fit = fitLogistic(rows, expected.classIndexes, expected.classCount, {
      inverseL2: expected.inverseL2,
      maxIterations: 1000,
    })
    expect(fit.isConverged).toBe(true)
    const mean = fit.offsets.reduce((total, offset) => total + offset, 0) / fit.offsets.length
    for (const [index, weight] of expected.weights.flat().entries()) expect(fit.weights[index]).toBeCloseTo(weight, 4)
    for (const [index, offset] of expected.offsets.entries()) expect(fit.offsets[index]! - mean).toBeCloseTo(offset, 4)
    for (const [index, row] of rows.entries()) {
      const probabilities = expected.probabilities[index]!
      for (const [label, score] of scoreLogistic(fit, row).entries())
        expect(score).toBeCloseTo(probabilities[label]!, 4)
    }
  })

  it('says so when the iterations end before convergence', () => {
    const { inputs, classIndexes, classCount } = reference.cases[0]!
    const rows = inputs.map((row) => Float32Array.from(row))
    const fit = fitLogistic(rows, classIndexes, classCount, { inverseL2: 10, maxIterations: 3 })
    expect(fit.isConverged).toBe(false)
    expect(fit.iterations).toBe(3)
  })

  it('tells of every iteration, with a loss that falls', () => {
    const { inputs, classIndexes, classCount } = reference.cases[1]!
    const losses: number[] = []
    fitLogistic(
      inputs.map((row) => Float32Array.from(row)),
      classIndexes,
      classCount,
      {
        inverseL2: 1,
        maxIterations: 50,
        onIteration: (_, loss) => losses.push(loss),
      },
    )
    expect(losses.length).toBeGreaterThan(3)
    expect(losses.at(-1)!).toBeLessThan(losses[0]!)
  })

  it('does not overflow on scores far apart', () => {
    const scores = scoreLogistic(
      { weights: Float64Array.of(1000, -1000), offsets: new Float64Array(2) },
      Float32Array.of(5),
    )
    expect([...scores]).toEqual([1, 0])
  })

  it('refuses a penalty that is not above zero', () => {
    expect(() => fitLogistic([Float32Array.of(1)], [0], 2, { inverseL2: 0, maxIterations: 1 })).toThrow(
      'above 0, not 0',
    )
  })
})
