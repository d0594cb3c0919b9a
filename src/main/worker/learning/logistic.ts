/** Multinomial logistic regression with an L2 penalty, as scikit-learn's LogisticRegression(C) defines it. */
import { minimize } from './minimize'

export interface LogisticModel {
  /** classes × columns. */
  weights: Float64Array
  /** One per class. */
  offsets: Float64Array
}

export interface LogisticFit extends LogisticModel {
  iterations: number
  isConverged: boolean
  /** Mean cross-entropy over the rows, in nats. */
  loss: number
}

/**
 * Minimises C·Σ cross-entropy + ½‖weights‖² (the offsets are free) from zero to convergence, in double
 * precision on the CPU: a few hundred rows take a moment on any backend, and the result is the same on all.
 *
 * @param rows inputs of equal length, standardised
 * @param inverseL2 C, above 0: larger trusts the data more
 * @param onIteration told after every step: mean cross-entropy and accuracy on the rows
 */
export function fitLogistic(
  rows: readonly Float32Array[],
  classIndexes: readonly number[],
  classCount: number,
  options: {
    inverseL2: number
    maxIterations: number
    onIteration?: (iteration: number, loss: number, accuracy: number) => void
  },
): LogisticFit {
  if (rows.length === 0) throw new RangeError('no rows to fit')
  if (!(options.inverseL2 > 0)) throw new RangeError(`inverseL2 must be above 0, not ${options.inverseL2}`)
  const columns = rows[0]!.length
  const weightCount = classCount * columns
  let loss = 0
  let correct = 0
  const evaluate = (point: Float64Array, gradient: Float64Array): number => {
    const model = { weights: point.subarray(0, weightCount), offsets: point.subarray(weightCount) }
    // Divided by C·rows, so that the tolerance means the same for every size of data.
    const penalty = 1 / (options.inverseL2 * rows.length)
    let squares = 0
    for (let i = 0; i < weightCount; i++) {
      gradient[i] = penalty * point[i]!
      squares += point[i]! ** 2
    }
    gradient.fill(0, weightCount)
    loss = 0
    correct = 0
    for (const [index, row] of rows.entries()) {
      const probabilities = scoreLogistic(model, row)
      const truth = classIndexes[index]!
      loss -= Math.log(Math.max(probabilities[truth]!, Number.MIN_VALUE)) / rows.length
      if (probabilities.every((probability) => probability <= probabilities[truth]!)) correct++
      for (let label = 0; label < classCount; label++) {
        const error = (probabilities[label]! - (label === truth ? 1 : 0)) / rows.length
        for (let column = 0; column < columns; column++) gradient[label * columns + column]! += error * row[column]!
        gradient[weightCount + label]! += error
      }
    }
    return loss + 0.5 * penalty * squares
  }
  const start = new Float64Array(weightCount + classCount)
  const { point, iterations, isConverged } = minimize(evaluate, start, {
    maxIterations: options.maxIterations,
    tolerance: 1e-7,
    onIteration: (iteration) => options.onIteration?.(iteration, loss, correct / rows.length),
  })
  return { weights: point.slice(0, weightCount), offsets: point.slice(weightCount), iterations, isConverged, loss }
}

/** Softmax scores of one standardised row, in class order; they add up to 1. */
export function scoreLogistic({ weights, offsets }: LogisticModel, row: Float32Array): Float64Array {
  const scores = offsets.slice()
  for (let label = 0; label < scores.length; label++) {
    let total = scores[label]!
    for (let column = 0; column < row.length; column++) total += weights[label * row.length + column]! * row[column]!
    scores[label] = total
  }
  const highest = scores.reduce((most, score) => Math.max(most, score), -Infinity)
  let total = 0
  for (let label = 0; label < scores.length; label++) {
    scores[label] = Math.exp(scores[label]! - highest)
    total += scores[label]!
  }
  return scores.map((score) => score / total)
}
