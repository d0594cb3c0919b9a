/** Pure arithmetic on confusion matrices: rows are the true class, columns the predicted one. */

export type Normalisation = 'count' | 'row' | 'column'
export type ClassOrder = 'name' | 'error' | 'support'

/** One confusion worth naming: `share` is the part of the true class's clips that went there, 0 to 1. */
export interface Confusion {
  truth: number
  predicted: number
  count: number
  share: number
}

export function rowSums(matrix: number[][]): number[] {
  return matrix.map((row) => row.reduce((sum, count) => sum + count, 0))
}

export function columnSums(matrix: number[][]): number[] {
  return matrix.map((_, column) => matrix.reduce((sum, row) => sum + (row[column] ?? 0), 0))
}

/**
 * Counts as they are, or each cell's share (0 to 1) of its row (of the true class: recall on the diagonal)
 * or its column (of the predicted class: precision on the diagonal). A share of an empty row or column is
 * null: there is nothing to divide by, and 0 % would be a claim.
 */
export function normalise(matrix: number[][], by: Normalisation): (number | null)[][] {
  if (by === 'count') return matrix
  const rows = rowSums(matrix)
  const columns = columnSums(matrix)
  return matrix.map((row, truth) =>
    row.map((count, predicted) => {
      const sum = by === 'row' ? rows[truth]! : columns[predicted]!
      return sum === 0 ? null : count / sum
    }),
  )
}

/** Clips of each class that were missed plus clips wrongly called it, as a share of both kinds and the hits. */
export function classErrors(matrix: number[][]): number[] {
  const rows = rowSums(matrix)
  const columns = columnSums(matrix)
  return matrix.map((row, index) => {
    const hits = row[index] ?? 0
    const touched = rows[index]! + columns[index]! - hits
    return touched === 0 ? 0 : (touched - hits) / touched
  })
}

/**
 * The order in which classes are shown, as indices into `classes`: by name, by error (worst first, where
 * error is 1 − hits / (hits + misses + false alarms)) or by support (largest first). Ties go by name.
 */
export function orderClasses(classes: string[], matrix: number[][], by: ClassOrder, locale?: string): number[] {
  const collator = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' })
  const byName = (a: number, b: number): number => collator.compare(classes[a]!, classes[b]!) || a - b
  const indices = classes.map((_, index) => index)
  if (by === 'name') return indices.sort(byName)
  const rank = by === 'error' ? classErrors(matrix) : rowSums(matrix)
  return indices.sort((a, b) => rank[b]! - rank[a]! || byName(a, b))
}

/** The largest off-diagonal cells, most clips first, then the largest share of their true class. */
export function largestConfusions(matrix: number[][], limit: number): Confusion[] {
  const rows = rowSums(matrix)
  return matrix
    .flatMap((row, truth) =>
      row.map((count, predicted) => ({ truth, predicted, count, share: rows[truth] ? count / rows[truth]! : 0 })),
    )
    .filter((cell) => cell.truth !== cell.predicted && cell.count > 0)
    .sort((a, b) => b.count - a.count || b.share - a.share || a.truth - b.truth || a.predicted - b.predicted)
    .slice(0, limit)
}

/** What the colour scale ends at: 1 for shares with the diagonal in sight, else the largest cell in sight. */
export function scaleMaximum(values: (number | null)[][], by: Normalisation, hasDiagonal: boolean): number {
  if (by !== 'count' && hasDiagonal) return 1
  let maximum = 0
  values.forEach((row, truth) => {
    row.forEach((value, predicted) => {
      if (value !== null && (hasDiagonal || truth !== predicted)) maximum = Math.max(maximum, value)
    })
  })
  return maximum || 1
}

/** A cell's accessible name: "true dog, predicted rain: 3 clips". */
export function nameCell(truth: string, predicted: string, count: number): string {
  return `true ${truth}, predicted ${predicted}: ${count} ${count === 1 ? 'clip' : 'clips'}`
}

/** Where an arrow, Home, End or Page key leads from a cell of a square grid; null when it is not such a key. */
export function moveInGrid(
  key: string,
  row: number,
  column: number,
  size: number,
  isControl: boolean,
): { row: number; column: number } | null {
  const last = size - 1
  const clamp = (value: number): number => Math.min(last, Math.max(0, value))
  switch (key) {
    case 'ArrowUp':
      return { row: clamp(row - 1), column }
    case 'ArrowDown':
      return { row: clamp(row + 1), column }
    case 'ArrowLeft':
      return { row, column: clamp(column - 1) }
    case 'ArrowRight':
      return { row, column: clamp(column + 1) }
    case 'Home':
      return { row: isControl ? 0 : row, column: 0 }
    case 'End':
      return { row: isControl ? last : row, column: last }
    case 'PageUp':
      return { row: clamp(row - 10), column }
    case 'PageDown':
      return { row: clamp(row + 10), column }
    default:
      return null
  }
}

/** Mean and population standard deviation of the folds' accuracies; null without folds. */
export function summariseFolds(accuracies: number[]): { mean: number; deviation: number } | null {
  if (accuracies.length === 0) return null
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length
  const variance = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / accuracies.length
  return { mean, deviation: Math.sqrt(variance) }
}
