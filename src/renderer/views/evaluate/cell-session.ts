import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { OntologyClass } from '../../../shared/contract/ontology'
import { mostSegments, type RatingPlan } from '../../../shared/contract/sessions'
import type { CellPlace } from './cell-link'

/**
 * A rating session over just the clips behind a cell, judged or not, each heard whole as the run heard it. It asks for the
 * true class and for the predicted one; behind every mistake on a class, for what the run gives at least a half instead.
 * Pure. A class that is gone by now is not asked for.
 */
export function planCell(
  { query, runId, place }: { query: ClipQuery; runId: string; place: CellPlace },
  classes: readonly Pick<OntologyClass, 'id' | 'name'>[],
): RatingPlan {
  const names = [place.truth, ...(place.predicted === null ? [] : [place.predicted])]
  const classIds = [...new Set(names)].flatMap((name) => classes.find((own) => own.name === name)?.id ?? [])
  return {
    query,
    segmentSeconds: 600,
    most: mostSegments,
    proposals: { labels: false, run: place.predicted === null ? { runId, minScore: 0.5 } : null, classIds },
    skipsJudged: false,
    gold: null,
    seed: 1,
  }
}
