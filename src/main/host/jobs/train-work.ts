import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEpoch } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import type { TrainManifest } from '../../../shared/job/manifest'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import type { Database } from '../catalog/database'
import { savePredictions } from '../catalog/predictions'
import { addEpoch, endRun, finishFold, setFoldCounts, setRunBackend, startRun } from '../catalog/runs'
import type { JobWork } from './queue'

export interface TrainListener {
  onRun(): void
  onEpoch(epoch: RunEpoch): void
  onNote(message: string): void
}

/** A training run: what the worker tells goes into the run's rows, each event one transaction. */
export function createTrainWork(
  database: Database,
  title: string,
  manifest: TrainManifest,
  listener: TrainListener,
): JobWork {
  const { runId, classes } = manifest
  const clipById = new Map(manifest.clips.map((clip) => [clip.id, clip]))
  const foldNames = new Set(manifest.folds.map((fold) => fold.name))
  const requireFold = (fold: string): void => {
    if (!foldNames.has(fold)) throw new AppError('internal', `The worker named a fold that the run has not: ${fold}.`)
  }

  const write = (event: WorkerEvent): void => {
    switch (event.type) {
      case 'backend':
        return setRunBackend(database, runId, event)
      case 'fold-started':
        requireFold(event.fold)
        return setFoldCounts(database, runId, event.fold, {
          train: event.trainClips,
          validation: event.validationClips,
          test: event.testClips,
        })
      case 'epoch': {
        requireFold(event.fold)
        return addEpoch(database, runId, toEpoch(event))
      }
      case 'predictions':
        requireFold(event.fold)
        return savePredictions(
          database,
          runId,
          event.rows.map(({ clipId, scores }) => {
            const clip = clipById.get(clipId)
            if (!clip) throw new AppError('internal', `The worker predicted a clip that the run has not: ${clipId}.`)
            // Frozen: the label the run was given, whatever has become of it since.
            return { clipId, fold: event.fold, origin: 'test', truthClassId: classes[clip.classIndex]!.id, scores }
          }),
        )
      case 'fold-finished':
        requireFold(event.fold)
        return finishFold(database, runId, event.fold, event)
      default:
        return
    }
  }

  return {
    kind: 'train',
    title,
    runId,
    outPath: null,
    start() {
      startRun(database, runId)
      listener.onRun()
      return manifest
    },
    ingest(_job, event) {
      database.transaction(() => write(event))
      if (event.type === 'epoch') listener.onEpoch(toEpoch(event))
      else if (event.type === 'note') listener.onNote(event.message)
      else listener.onRun()
    },
    end(job, status) {
      endRun(database, runId, status, job.error)
      if (status !== 'done') removeHalfWritten(manifest.folder)
    },
    afterEnd: () => listener.onRun(),
  }
}

/** What the worker was writing when it was ended: never read again, and written anew by whoever resumes the run. */
function removeHalfWritten(folder: string): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder))
    if (name.endsWith('.unfinished')) rmSync(join(folder, name), { recursive: true, force: true })
}

function toEpoch(event: WorkerEvent & { type: 'epoch' }): RunEpoch {
  const { fold, epoch, loss, accuracy, validationLoss, validationAccuracy, seconds } = event
  return { fold, epoch, loss, accuracy, validationLoss, validationAccuracy, seconds }
}
