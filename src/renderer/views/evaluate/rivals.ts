import type { RunSummary } from '../../../shared/contract/runs'

/** The model that every table of results shows beside the others: cheap, honest, hard to be worse than. */
export const controlKind = 'mfcc-logistic'

/**
 * The finished runs that may stand beside `run`: the same split over the same number of clips, classes and folds.
 * The newest control comes first, then the newest others.
 */
export function chooseRivals(run: RunSummary, runs: RunSummary[], limit = 5): RunSummary[] {
  const key = (one: RunSummary): string =>
    JSON.stringify([one.split, one.clipCount, one.classCount, [...one.folds].sort()])
  const alike = runs
    .filter((other) => other.id !== run.id && other.status === 'done' && key(other) === key(run))
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  const control =
    run.recipe.model.kind === controlKind ? undefined : alike.find((one) => one.recipe.model.kind === controlKind)
  return [...(control ? [control] : []), ...alike.filter((one) => one !== control)].slice(0, limit)
}
