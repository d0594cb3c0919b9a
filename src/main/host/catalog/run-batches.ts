/** Which batches the folds of a run have had, and what has become of its clips since. */
import type { BatchFold } from '../../../shared/contract/batches'
import { everyClip } from '../../../shared/contract/clip-query'
import { AppError } from '../../../shared/errors'
import { countBatches } from '../../../shared/job/count-batches'
import type { TrainClip } from '../../../shared/job/manifest'
import { resolveInside } from '../media/resolve-inside'
import { type Database, listParameter } from './database'
import { readRun } from './runs'
import { listManifestRows, type ManifestRow } from './usable-clips'

/** @throws AppError 'not-found'; 'invalid-argument' for a model that has no batches */
export function listBatchFolds(database: Database, runId: string): BatchFold[] {
  const { recipe, name } = readRun(database, runId)
  if (recipe.model.kind !== 'logmel-cnn')
    throw new AppError(
      'invalid-argument',
      `${name} has no batches: ${recipe.model.kind} sees all clips at once, as they are.`,
    )
  const { batchClips, maxEpochs } = recipe.training
  return database
    .all<{ fold: string; trainCount: number; isBegun: number; isFinished: number; done: number }>(
      `SELECT f.name AS fold, f.train_count AS trainCount, f.validation_count IS NOT NULL AS isBegun,
         f.best_epoch IS NOT NULL AS isFinished,
         (SELECT coalesce(max(epoch), 0) FROM run_epochs e WHERE e.run_key = f.run_key AND e.fold = f.name) AS done
       FROM run_folds f WHERE f.run_key = (SELECT key FROM runs WHERE id = ?) ORDER BY f.position`,
      runId,
    )
    .map(({ fold, trainCount, isBegun, isFinished, done }) => ({
      fold,
      // The epoch that a fold is in, or in which it failed, is there to be looked at too.
      epochs: isBegun ? Math.min(maxEpochs, done + (isFinished ? 0 : 1)) : 0,
      batchesPerEpoch: countBatches(trainCount, batchClips),
    }))
}

/** Where the files of clips are now, by the clip's id; of none that the catalog does not have any more. */
export function locateClips(database: Database, ids: readonly string[]): Map<string, string> {
  const rows = database.all<{ id: string; rootPath: string; path: string }>(
    `SELECT c.id, roots.path AS rootPath, r.path FROM clips c JOIN recordings r ON r.key = c.recording_key
       JOIN roots ON roots.key = r.root_key WHERE c.id IN (SELECT value FROM json_each(?))`,
    listParameter(ids),
  )
  return new Map(rows.map(({ id, rootPath, path }) => [id, resolveInside(rootPath, path)]))
}

export interface ComparedClip {
  /** Null where the catalog does not have the clip any more. */
  recordingPath: string | null
  changes: string[]
}

/** A clip as a run was given it beside what it is now: the recording, and sentences for what is another way. */
export function compareClips(
  database: Database,
  clips: readonly TrainClip[],
  classes: readonly { id: string; name: string }[],
): Map<string, ComparedClip> {
  const ids = clips.map(({ id }) => id)
  const rows = new Map(listManifestRows(database, everyClip, ids).map((row) => [row.id, row]))
  return new Map(
    clips.map((clip): [string, ComparedClip] => {
      const row = rows.get(clip.id)
      if (!row) return [clip.id, { recordingPath: null, changes: ['It is no longer in the catalog.'] }]
      return [clip.id, { recordingPath: row.recordingPath, changes: compare(clip, row, classes) }]
    }),
  )
}

function compare(clip: TrainClip, row: ManifestRow, classes: readonly { id: string; name: string }[]): string[] {
  const { id, name } = classes[clip.classIndex]!
  const changes: string[] = []
  if (row.classId === null)
    changes.push(`It was ${name}, and has ${row.presentCount === 0 ? 'no label' : `${row.presentCount} labels`} now.`)
  else if (row.classId !== id) {
    const now = classes.find((one) => one.id === row.classId)?.name ?? 'a class that the run does not have'
    changes.push(`It was ${name}, and is ${now} now.`)
  }
  if (row.startSeconds !== clip.startSeconds || row.endSeconds !== clip.endSeconds)
    changes.push(`It went from ${clip.startSeconds} s to ${clip.endSeconds} s of its recording, and does not now.`)
  return changes
}
