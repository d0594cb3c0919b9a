import { AppError } from '../errors'
import type { ClassMetrics } from '../contract/runs'

/**
 * Counts of (true class, predicted class) pairs: rows are true, columns predicted, as in
 * sklearn.metrics.confusion_matrix.
 * @param truth class indices, 0 to classCount − 1
 * @param predicted class indices, same length
 * @throws AppError 'invalid-argument' on different lengths or an index out of range
 */
export function computeConfusion(truth: number[], predicted: number[], classCount: number): number[][] {
  if (truth.length !== predicted.length)
    throw new AppError('invalid-argument', `${truth.length} true classes and ${predicted.length} predicted ones.`)
  const matrix = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0))
  truth.forEach((row, index) => {
    const cells = matrix[row]
    const column = predicted[index]!
    if (!cells || cells[column] === undefined)
      throw new AppError('invalid-argument', `Class pair (${row}, ${column}) is outside 0 to ${classCount - 1}.`)
    cells[column]++
  })
  return matrix
}

/** num/den, and 0 where there is nothing to divide by (scikit-learn's zero_division=0). */
const ratio = (numerator: number, denominator: number): number => (denominator === 0 ? 0 : numerator / denominator)

/** Precision, recall, F1 and support of each class of a confusion matrix, each 0 to 1; 0 where undefined. */
export function classMetrics(matrix: number[][], labels: string[]): ClassMetrics[] {
  return labels.map((label, index) => {
    const hits = matrix[index]![index]!
    const support = matrix[index]!.reduce((sum, count) => sum + count, 0)
    const claimed = matrix.reduce((sum, row) => sum + row[index]!, 0)
    const precision = ratio(hits, claimed)
    const recall = ratio(hits, support)
    return { label, precision, recall, f1: ratio(2 * precision * recall, precision + recall), support }
  })
}

export interface OverallMetrics {
  /** Share of clips on the diagonal. */
  accuracy: number
  /** Mean recall of the classes that occur (sklearn.metrics.balanced_accuracy_score). */
  balancedAccuracy: number
  /** Unweighted mean F1 of the classes that occur or are predicted (f1_score(average='macro')). */
  macroF1: number
}

/** Headline numbers of a confusion matrix, each 0 to 1; all 0 for an empty one. */
export function overallMetrics(matrix: number[][]): OverallMetrics {
  const perClass = classMetrics(
    matrix,
    matrix.map((_row, index) => String(index)),
  )
  const total = perClass.reduce((sum, row) => sum + row.support, 0)
  const diagonal = matrix.reduce((sum, row, index) => sum + row[index]!, 0)
  const occurring = perClass.filter((row) => row.support > 0)
  const involved = perClass.filter((row, index) => row.support > 0 || matrix.some((cells) => cells[index]! > 0))
  const mean = (values: number[]): number =>
    ratio(
      values.reduce((sum, value) => sum + value, 0),
      values.length,
    )
  return {
    accuracy: ratio(diagonal, total),
    balancedAccuracy: mean(occurring.map((row) => row.recall)),
    macroF1: mean(involved.map((row) => row.f1)),
  }
}

/** Mean and population standard deviation, as fold results are reported. */
export function meanAndDeviation(values: number[]): { mean: number; deviation: number } {
  const mean = ratio(
    values.reduce((sum, value) => sum + value, 0),
    values.length,
  )
  const variance = ratio(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0),
    values.length,
  )
  return { mean, deviation: Math.sqrt(variance) }
}
