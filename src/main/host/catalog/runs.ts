import { hashFrontEnd } from '../../../dsp/front-end-identity'
import type { Recipe } from '../../../dsp/recipe'
import type { ClipQuery } from '../../../shared/contract/clip-query'
import {
  canResume,
  type RunDetail,
  type RunEpoch,
  type RunStatus,
  type RunSummary,
  type SplitChoice,
} from '../../../shared/contract/runs'
import { upgradeRecipe } from '../../../shared/contract/upgrade-recipe'
import { type AppErrorData, AppError } from '../../../shared/errors'
import type { Database } from './database'
import { findClass } from './ontology'

export interface NewRun {
  id: string
  recipe: Recipe
  recipeHash: string
  split: SplitChoice
  query: ClipQuery
  classes: { id: string; name: string }[]
  requestedBackend: string
  clipCount: number
  /** The catalog it is trained on; null where none could be made, as while an import runs. */
  snapshotId?: string | null
  folds: { name: string; train: number; test: number }[]
}

export function insertRun(database: Database, run: NewRun): void {
  database.transaction(() => {
    const key = database.insert(
      `INSERT INTO runs (id, number, status, recipe, recipe_hash, split, query, classes, requested_backend, created_at, clip_count, snapshot_id)
         VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM runs), 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      run.id,
      JSON.stringify(run.recipe),
      run.recipeHash,
      JSON.stringify(run.split),
      JSON.stringify(run.query),
      JSON.stringify(run.classes.map(({ id, name }) => ({ id, name, key: findClass(database, id).key }))),
      run.requestedBackend,
      new Date().toISOString(),
      run.clipCount,
      run.snapshotId ?? null,
    )
    run.folds.forEach((fold, position) =>
      database.run(
        'INSERT INTO run_folds (run_key, name, position, train_count, test_count) VALUES (?, ?, ?, ?, ?)',
        key,
        fold.name,
        position,
        fold.train,
        fold.test,
      ),
    )
  })
}

const columns = `id, number, status, recipe, recipe_hash AS recipeHash, split, classes,
  requested_backend AS requestedBackend, backend, backend_reason AS backendReason, backend_device AS backendDevice,
  created_at AS createdAt, started_at AS startedAt, finished_at AS finishedAt, seconds, accuracy,
  clip_count AS clipCount, error, snapshot_id AS snapshotId,
  (SELECT s.name FROM snapshots s WHERE s.id = runs.snapshot_id) AS snapshotName,
  (SELECT id FROM jobs WHERE run_id = runs.id AND kind = 'train' ORDER BY id DESC LIMIT 1) AS jobId,
  (SELECT json_group_array(name ORDER BY position) FROM run_folds WHERE run_key = runs.key) AS folds`

type RunRow = Omit<RunSummary, 'name' | 'recipe' | 'frontEndHash' | 'split' | 'classCount' | 'folds' | 'error'> & {
  number: number
  recipe: string
  split: string
  classes: string
  folds: string
  error: string | null
}

function toSummary({ number, classes, ...row }: RunRow): RunSummary {
  const recipe = upgradeRecipe(JSON.parse(row.recipe)) as Recipe
  return {
    ...row,
    name: `${recipe.name} #${number}`,
    recipe,
    frontEndHash: hashFrontEnd(recipe.frontEnd),
    split: JSON.parse(row.split) as SplitChoice,
    classCount: (JSON.parse(classes) as unknown[]).length,
    folds: JSON.parse(row.folds) as string[],
    error: row.error === null ? null : (JSON.parse(row.error) as AppErrorData),
  }
}

/** Newest first. */
export function listRuns(database: Database): RunSummary[] {
  return database.all<RunRow>(`SELECT ${columns} FROM runs ORDER BY number DESC`).map(toSummary)
}

/** @throws AppError 'not-found' */
export function readRun(database: Database, id: string): RunDetail {
  const row = database.get<RunRow>(`SELECT ${columns} FROM runs WHERE id = ?`, id)
  if (!row)
    throw new AppError('not-found', `There is no run with the id ${id}.`, { hint: '"earmark runs" lists the runs.' })
  return { ...toSummary(row), epochs: listEpochs(database, id) }
}

/** A run that has results. @throws AppError 'not-found', 'conflict' where it is not done */
export function requireFinished(database: Database, id: string): RunSummary {
  const run = readRun(database, id)
  if (run.status !== 'done')
    throw new AppError('conflict', `${run.name} is ${run.status}; only a finished run has results.`, {
      hint: canResume(run) ? 'Resume it, or train it again.' : 'Wait for its end.',
    })
  return run
}

/** The classes of a run in the order of its scores. @throws AppError 'not-found' */
export function readRunClasses(database: Database, id: string): { id: string; name: string; key: number }[] {
  const row = database.get<{ classes: string }>('SELECT classes FROM runs WHERE id = ?', id)
  if (!row) throw new AppError('not-found', `There is no run with the id ${id}.`)
  return JSON.parse(row.classes) as { id: string; name: string; key: number }[]
}

/** The key of a run in this catalog. @throws AppError 'not-found' */
export function findRunKey(database: Database, id: string): number {
  const row = database.get<{ key: number }>('SELECT key FROM runs WHERE id = ?', id)
  if (!row) throw new AppError('not-found', `There is no run with the id ${id}.`)
  return row.key
}

function listEpochs(database: Database, id: string): RunEpoch[] {
  return database.all(
    `SELECT e.fold, e.epoch, e.loss, e.accuracy, e.validation_loss AS validationLoss,
       e.validation_accuracy AS validationAccuracy, e.seconds
     FROM run_epochs e JOIN run_folds f ON f.run_key = e.run_key AND f.name = e.fold
     WHERE e.run_key = (SELECT key FROM runs WHERE id = ?) ORDER BY f.position, e.epoch`,
    id,
  )
}

export function startRun(database: Database, id: string): void {
  database.run(`UPDATE runs SET status = 'running', started_at = ? WHERE id = ?`, new Date().toISOString(), id)
}

/** Makes a run that has ended wait for its turn again. What it has recorded stays. */
export function requeueRun(database: Database, id: string): void {
  database.run(`UPDATE runs SET status = 'queued', error = NULL, finished_at = NULL, seconds = NULL WHERE id = ?`, id)
}

export function setRunBackend(
  database: Database,
  id: string,
  backend: { name: string; reason: string; device: string },
): void {
  database.run(
    'UPDATE runs SET backend = ?, backend_reason = ?, backend_device = ? WHERE id = ?',
    backend.name,
    backend.reason,
    backend.device,
    id,
  )
}

/**
 * Records an epoch as the last of its fold: a resumed run may begin before what it had told.
 * @throws AppError 'training-failed' when a number is not finite
 */
export function addEpoch(database: Database, id: string, epoch: RunEpoch): void {
  if (!Number.isFinite(epoch.loss))
    throw new AppError('training-failed', `The loss is ${epoch.loss} in epoch ${epoch.epoch} of fold ${epoch.fold}.`, {
      hint: 'Lower the learning rate.',
    })
  const key = findRunKey(database, id)
  database.run('DELETE FROM run_epochs WHERE run_key = ? AND fold = ? AND epoch > ?', key, epoch.fold, epoch.epoch)
  database.run(
    `INSERT OR REPLACE INTO run_epochs
       (run_key, fold, epoch, loss, accuracy, validation_loss, validation_accuracy, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    key,
    epoch.fold,
    epoch.epoch,
    epoch.loss,
    epoch.accuracy,
    epoch.validationLoss,
    epoch.validationAccuracy,
    epoch.seconds,
  )
}

export function setFoldCounts(
  database: Database,
  id: string,
  fold: string,
  counts: { train: number; validation: number; test: number },
): void {
  database.run(
    'UPDATE run_folds SET train_count = ?, validation_count = ?, test_count = ? WHERE run_key = ? AND name = ?',
    counts.train,
    counts.validation,
    counts.test,
    findRunKey(database, id),
    fold,
  )
}

/** Ends a fold; its accuracy is counted from its test predictions against the labels it was trained with. */
export function finishFold(
  database: Database,
  id: string,
  fold: string,
  facts: { seconds: number; bestEpoch: number; parameters: number },
): void {
  database.run(
    `UPDATE run_folds SET seconds = ?, best_epoch = ?, parameters = ?, accuracy =
       (SELECT avg(truth_class_key = predicted_class_key) FROM predictions
          WHERE run_key = run_folds.run_key AND fold = run_folds.name AND origin = 'test')
     WHERE run_key = ? AND name = ?`,
    facts.seconds,
    facts.bestEpoch,
    facts.parameters,
    findRunKey(database, id),
    fold,
  )
}

/** Ends a run. A finished one gets its accuracy: over all test clips, against the labels it was trained with. */
export function endRun(database: Database, id: string, status: RunStatus, error: AppErrorData | null): void {
  database.run(
    `UPDATE runs SET status = ?, error = ?, finished_at = ?,
       seconds = CASE
         WHEN started_at IS NULL THEN NULL
         WHEN (SELECT count(*) FROM jobs WHERE run_id = runs.id AND kind = 'train') > 1
           THEN (SELECT sum(seconds) FROM run_folds WHERE run_key = runs.key)
         ELSE (julianday(?) - julianday(started_at)) * 86400 END,
       accuracy = CASE WHEN ? = 'done' THEN (SELECT avg(truth_class_key = predicted_class_key) FROM predictions
         WHERE run_key = runs.key AND origin = 'test') END
     WHERE id = ?`,
    status,
    error && JSON.stringify(error),
    ...repeat(new Date().toISOString()),
    status,
    id,
  )
}

const repeat = (value: string): [string, string] => [value, value]
