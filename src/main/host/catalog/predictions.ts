import { AppError } from '../../../shared/errors'
import { singlePresentClass } from './clip-query'
import { type Database, listParameter } from './database'

/** test: held out in training; new: not part of the run's data; trained: the model has seen it. */
export type PredictionOrigin = 'test' | 'new' | 'trained'

export interface PredictionDraft {
  clipId: string
  fold: string
  origin: PredictionOrigin
  truthClassId: string | null
  scores: Float32Array
}

/** Index of the largest score; the first of equals. @throws AppError 'training-failed' for NaN or a wrong length */
export function findTop(scores: Float32Array, classCount: number, what: string): number {
  if (scores.length !== classCount)
    throw new AppError('training-failed', `${what}: ${scores.length} scores came for ${classCount} classes.`)
  let top = 0
  for (let index = 0; index < scores.length; index++) {
    if (Number.isNaN(scores[index]!))
      throw new AppError('training-failed', `${what}: the score of class ${index} is NaN.`)
    if (scores[index]! > scores[top]!) top = index
  }
  return top
}

/** Adds scores to a run. A held-out prediction is never replaced by one of a model that saw the clip. */
export function savePredictions(
  database: Database,
  runId: string,
  classes: { id: string }[],
  drafts: PredictionDraft[],
): void {
  for (const draft of drafts) {
    const top = findTop(draft.scores, classes.length, `Prediction of clip ${draft.clipId}`)
    database.run(
      `INSERT INTO predictions (run_id, clip_id, fold, origin, truth_class_id, predicted_class_id, score, scores)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET fold = excluded.fold, origin = excluded.origin, truth_class_id = excluded.truth_class_id,
         predicted_class_id = excluded.predicted_class_id, score = excluded.score, scores = excluded.scores
         WHERE origin <> 'test' OR excluded.origin = 'test'`,
      runId,
      draft.clipId,
      draft.fold,
      draft.origin,
      draft.truthClassId,
      classes[top]!.id,
      draft.scores[top]!,
      toBlob(draft.scores),
    )
  }
}

/** Little-endian float32, whatever the machine. */
function toBlob(scores: Float32Array): Uint8Array {
  const blob = new Uint8Array(scores.length * 4)
  const view = new DataView(blob.buffer)
  scores.forEach((score, index) => view.setFloat32(index * 4, score, true))
  return blob
}

function fromBlob(blob: Uint8Array): number[] {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
  return Array.from({ length: blob.byteLength / 4 }, (_, index) => view.getFloat32(index * 4, true))
}

/** Scores of some clips, in the order of the run's classes. */
export function readScores(
  database: Database,
  runId: string,
  clipIds: string[],
): { clipId: string; scores: number[] }[] {
  return database
    .all<{ clipId: string; scores: Uint8Array }>(
      `SELECT clip_id AS clipId, scores FROM predictions
         WHERE run_id = ? AND clip_id IN (SELECT value FROM json_each(?))`,
      runId,
      listParameter(clipIds),
    )
    .map((row) => ({ clipId: row.clipId, scores: fromBlob(row.scores) }))
}

export interface HeldOutPrediction {
  clipId: string
  fold: string
  origin: PredictionOrigin
  predicted: string
  /** The label when it was predicted. */
  frozen: string | null
  /** The clip's single present class now, null when it has none or several, or is gone. */
  current: string | null
}

/** The predictions that say how good a run is: of clips it was not trained on. */
export function listHeldOut(database: Database, runId: string): HeldOutPrediction[] {
  return database.all(
    `SELECT p.clip_id AS clipId, p.fold, p.origin, p.predicted_class_id AS predicted, p.truth_class_id AS frozen,
       ${singlePresentClass} AS current
     FROM predictions p LEFT JOIN clips c ON c.id = p.clip_id
     WHERE p.run_id = ? AND p.origin <> 'trained' ORDER BY p.clip_id`,
    runId,
  )
}

/** The single present class of clips that have exactly one. */
export function readSinglePresent(database: Database, clipIds: string[]): Map<string, string> {
  const rows = database.all<{ clipId: string; classId: string }>(
    `SELECT clip_id AS clipId, max(class_id) AS classId FROM clip_labels
       WHERE state = 'present' AND clip_id IN (SELECT value FROM json_each(?)) GROUP BY clip_id HAVING count(*) = 1`,
    listParameter(clipIds),
  )
  return new Map(rows.map((row) => [row.clipId, row.classId]))
}

/** Clips of which a run already has an honest, held-out prediction. */
export function listTested(database: Database, runId: string): Set<string> {
  const rows = database.all<{ clipId: string }>(
    `SELECT clip_id AS clipId FROM predictions WHERE run_id = ? AND origin = 'test'`,
    runId,
  )
  return new Set(rows.map((row) => row.clipId))
}
