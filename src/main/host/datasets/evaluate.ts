import type { Evaluation } from '../../../shared/contract/runs'
import { classMetrics, computeConfusion, overallMetrics } from '../../../shared/metrics/confusion'
import { compareFolds } from '../catalog/clips'
import type { Database } from '../catalog/database'
import { listHeldOut } from '../catalog/predictions'
import { readRunClasses } from '../catalog/runs'

/** Clips that were predicted later than the run's own test, in the list of folds. */
export const laterFold = 'later'

/**
 * Results of a run over the clips it predicted without having trained on them.
 * @param truth 'current' compares with the labels as they are now, 'frozen' with those of when it was predicted.
 *   A clip whose label is not one single class of the run is left out, and counted.
 * @throws AppError 'not-found'
 */
export function evaluateRun(database: Database, runId: string, truth: 'current' | 'frozen'): Evaluation {
  const classes = readRunClasses(database, runId)
  const position = new Map(classes.map((entry, index) => [entry.key, index]))
  const rows = listHeldOut(database, runId)
  const pairs: { fold: string; truth: number; predicted: number }[] = []
  let changedClips = 0
  let leftOutClips = 0
  for (const row of rows) {
    if (row.frozen !== null && row.current !== row.frozen) changedClips++
    const label = truth === 'current' ? row.current : row.frozen
    const index = label === null ? undefined : position.get(label)
    const predicted = position.get(row.predicted)
    if (index === undefined || predicted === undefined) {
      // A clip that had no label when it was predicted was never part of the frozen result.
      if (row.frozen !== null) leftOutClips++
    } else pairs.push({ fold: row.origin === 'test' ? row.fold : laterFold, truth: index, predicted })
  }
  const matrix = computeConfusion(
    pairs.map((pair) => pair.truth),
    pairs.map((pair) => pair.predicted),
    classes.length,
  )
  // The names are today's: a renamed class keeps its place.
  const names = readNames(database, classes)
  return {
    runId,
    truth,
    classes: names,
    confusionMatrix: matrix,
    perClass: classMetrics(matrix, names),
    ...overallMetrics(matrix),
    clipCount: pairs.length,
    folds: countFolds(pairs),
    changedClips,
    leftOutClips,
  }
}

/** Today's names of a run's classes, in its order; the frozen name where a class is gone. */
export function readNames(database: Database, classes: { id: string; name: string }[]): string[] {
  return classes.map(
    ({ id, name }) =>
      database.get<{ name: string }>('SELECT name FROM ontology_classes WHERE id = ?', id)?.name ?? name,
  )
}

function countFolds(pairs: { fold: string; truth: number; predicted: number }[]): Evaluation['folds'] {
  const folds = new Map<string, { right: number; clipCount: number }>()
  for (const pair of pairs) {
    const fold = folds.get(pair.fold) ?? { right: 0, clipCount: 0 }
    fold.clipCount++
    if (pair.truth === pair.predicted) fold.right++
    folds.set(pair.fold, fold)
  }
  return [...folds]
    .map(([fold, { right, clipCount }]) => ({ fold, accuracy: right / clipCount, clipCount }))
    .sort((a, b) => compareFolds(a.fold, b.fold))
}
