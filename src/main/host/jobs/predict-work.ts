import type { PredictManifest, TrainManifest } from '../../../shared/job/manifest'
import { AppError } from '../../../shared/errors'
import type { Database } from '../catalog/database'
import { addIssues } from '../catalog/jobs'
import { readSinglePresent, savePredictions } from '../catalog/predictions'
import type { JobWork } from './queue'

/** Predicting clips of the catalog: scores join the run's predictions. */
export function createPredictWork(
  database: Database,
  title: string,
  trained: TrainManifest,
  manifest: PredictManifest,
  onBatch: (clipIds: string[]) => void,
): JobWork {
  const asked = new Set(manifest.clips.map((clip) => clip.id))
  const chosenBy = trained.folds.flatMap((fold) => [...fold.train, ...(fold.validation ?? [])])
  const trainedOn = new Set(chosenBy.map((position) => trained.clips[position]!.id))
  return {
    kind: 'predict',
    title,
    runId: manifest.runId,
    outPath: null,
    start: () => (manifest.clips.length > 0 ? manifest : null),
    ingest(job, event) {
      if (event.type === 'issues') {
        addIssues(database, job.id, event.issues)
        job.issueCount += event.issues.length
      }
      if (event.type !== 'predictions') return
      const ids = event.rows.map((row) => row.clipId)
      const stranger = ids.find((id) => !asked.has(id))
      if (stranger !== undefined)
        throw new AppError('internal', `The worker predicted a clip it was not asked for: ${stranger}.`)
      database.transaction(() => {
        const truths = readSinglePresent(database, ids)
        savePredictions(
          database,
          manifest.runId,
          event.rows.map(({ clipId, scores }) => ({
            clipId,
            fold: event.fold,
            origin: trainedOn.has(clipId) ? ('trained' as const) : ('new' as const),
            truthClassId: truths.get(clipId) ?? null,
            scores,
          })),
        )
      })
      onBatch(ids)
    },
    end: () => undefined,
  }
}
