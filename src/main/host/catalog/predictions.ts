import { AppError } from '../../../shared/errors'
import { singlePresentClass } from './clip-query'
import { type Database, listParameter } from './database'
import { findClass } from './ontology'
import { findRunKey, readRunClasses } from './runs'

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
export function savePredictions(database: Database, runId: string, drafts: PredictionDraft[]): void {
  const runKey = findRunKey(database, runId)
  const classes = readRunClasses(database, runId)
  const classKeys = new Map(classes.map(({ id, key }) => [id, key]))
  const clipKeys = findClipKeys(
    database,
    drafts.map((draft) => draft.clipId),
  )
  for (const draft of drafts) {
    const top = findTop(draft.scores, classes.length, `Prediction of clip ${draft.clipId}`)
    const clipKey = clipKeys.get(draft.clipId)
    if (clipKey === undefined) throw new AppError('not-found', `There is no clip with the id ${draft.clipId}.`)
    const truth = draft.truthClassId
    database.run(
      `INSERT INTO predictions
         (run_key, clip_key, fold, origin, truth_class_key, predicted_class_key, score, scores)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET fold = excluded.fold, origin = excluded.origin,
         truth_class_key = excluded.truth_class_key, predicted_class_key = excluded.predicted_class_key,
         score = excluded.score, scores = excluded.scores
         WHERE origin <> 'test' OR excluded.origin = 'test'`,
      runKey,
      clipKey,
      draft.fold,
      draft.origin,
      truth === null ? null : (classKeys.get(truth) ?? findClass(database, truth).key),
      classes[top]!.key,
      draft.scores[top]!,
      toBlob(draft.scores),
    )
  }
}

/** Keys of clips by id; also of clips whose import was undone since: redoing it brings them back with their scores. */
function findClipKeys(database: Database, ids: string[]): Map<string, number> {
  const find = (table: string, wanted: string[]): [string, number][] =>
    database
      .all<{ id: string; key: number }>(
        `SELECT id, key FROM ${table} WHERE id IN (SELECT value FROM json_each(?))`,
        listParameter(wanted),
      )
      .map(({ id, key }) => [id, key])
  const keys = new Map(find('clips', ids))
  const gone = ids.filter((id) => !keys.has(id))
  return gone.length === 0 ? keys : new Map([...keys, ...find('aside_clips', gone)])
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
      `SELECT c.id AS clipId, p.scores FROM clips c JOIN predictions p ON p.clip_key = c.key
         WHERE c.id IN (SELECT value FROM json_each(?)) AND p.run_key = ?`,
      listParameter(clipIds),
      findRunKey(database, runId),
    )
    .map((row) => ({ clipId: row.clipId, scores: fromBlob(row.scores) }))
}

/** Classes are told by their keys. */
export interface HeldOutPrediction {
  fold: string
  origin: PredictionOrigin
  predicted: number
  /** The label when it was predicted. */
  frozen: number | null
  /** The clip's single present class now, null when it has none or several, or is gone. */
  current: number | null
}

/** The predictions that say how good a run is: of clips it was not trained on. */
export function listHeldOut(database: Database, runId: string): HeldOutPrediction[] {
  return database.all(
    `SELECT p.fold, p.origin, p.predicted_class_key AS predicted, p.truth_class_key AS frozen,
       ${singlePresentClass} AS current
     FROM predictions p LEFT JOIN clips c ON c.key = p.clip_key
     WHERE p.run_key = ? AND p.origin <> 'trained' ORDER BY p.clip_key`,
    findRunKey(database, runId),
  )
}

/** The single present class of clips that have exactly one. */
export function readSinglePresent(database: Database, clipIds: string[]): Map<string, string> {
  const rows = database.all<{ clipId: string; classId: string }>(
    `SELECT clipId, k.id AS classId FROM (
         SELECT c.id AS clipId, ${singlePresentClass} AS class_key FROM clips c
           WHERE c.id IN (SELECT value FROM json_each(?)))
       JOIN ontology_classes k ON k.key = class_key`,
    listParameter(clipIds),
  )
  return new Map(rows.map((row) => [row.clipId, row.classId]))
}

/** Clips of which a run already has an honest, held-out prediction. */
export function listTested(database: Database, runId: string): Set<string> {
  const rows = database.all<{ clipId: string }>(
    `SELECT c.id AS clipId FROM predictions p JOIN clips c ON c.key = p.clip_key
       WHERE p.run_key = ? AND p.origin = 'test'`,
    findRunKey(database, runId),
  )
  return new Set(rows.map((row) => row.clipId))
}
