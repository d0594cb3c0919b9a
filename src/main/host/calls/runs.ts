import { rmSync } from 'node:fs'
import { v7 as createId } from 'uuid'
import type { Handlers } from '../../../shared/contract/contract'
import type { Job } from '../../../shared/contract/jobs'
import { canResume } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import type { TrainManifest } from '../../../shared/job/manifest'
import { recipes } from '../../../zoo/recipes'
import { readScores, listTested } from '../catalog/predictions'
import { countNoun } from '../catalog/labels'
import { insertRun, listRuns, readRun, readRunClasses, requeueRun, requireFinished } from '../catalog/runs'
import { leakHint } from '../datasets/find-leaks'
import { evaluateRun, readNames } from '../datasets/evaluate'
import { buildTrainingSet, type TrainingSet } from '../datasets/training-set'
import {
  buildPredictManifest,
  hashRecipe,
  keepManifest,
  listPredictable,
  readTrainManifest,
  runFolder,
} from '../jobs/manifest'
import { predictFile } from '../jobs/predict-file'
import { createPredictWork } from '../jobs/predict-work'
import { createTrainWork } from '../jobs/train-work'
import type { Workspace } from '../workspace'

export function runHandlers(workspace: Workspace): Handlers['runs'] {
  const { announcer } = workspace
  return {
    recipes: () => Object.values(recipes),
    preflight: (request) => buildTrainingSet(workspace.database, request).preflight,
    async start(request, { author }) {
      refuseFaults(buildTrainingSet(workspace.database, request))
      // The first time on a machine this takes seconds, in which the catalog may change: it is read after it.
      const backendOrder = await workspace.compute.findOrder(request.backend, request.recipe)
      const { database, path } = workspace.catalog
      const snapshotId = await snapshotForRun(workspace, author)
      const set = refuseFaults(buildTrainingSet(database, request))
      const runId = createId()
      const { recipe, backend, split, query, allowsLeaks } = request
      const { classes, clips, folds, materials } = set
      const manifest = {
        kind: 'train' as const,
        runId,
        folder: runFolder(path, runId),
        recipe,
        backend,
        backendOrder,
        classes,
        clips,
        folds,
        ...(materials ? { materials } : {}),
        ...(allowsLeaks ? { allowsLeaks } : {}),
      }
      const counts = set.preflight.folds
      const run = { id: runId, recipe, recipeHash: hashRecipe(recipe), split, query, classes, folds: counts }
      const job = orRemove(manifest.folder, () => {
        keepManifest(manifest)
        return database.transaction(() => {
          insertRun(database, { ...run, requestedBackend: backend, clipCount: clips.length, snapshotId })
          return enqueueTraining(workspace, manifest, 'Train')
        })
      })
      announcer.tell('runs.changed', { runId })
      announcer.tell('workspace.changed', {})
      return { runId, jobId: job.id }
    },
    resume({ id }) {
      const { database, path } = workspace.catalog
      const { name, status } = readRun(database, id)
      if (!canResume({ status }))
        throw new AppError('conflict', `${name} is ${status}; only a run that stopped before its end can be resumed.`)
      // The catalog may have been moved since.
      const manifest = { ...readTrainManifest(path, id), folder: runFolder(path, id) }
      const job = database.transaction(() => {
        requeueRun(database, id)
        return enqueueTraining(workspace, manifest, 'Resume')
      })
      announcer.tell('runs.changed', { runId: id })
      return { jobId: job.id }
    },
    list: () => listRuns(workspace.database),
    get: ({ id }) => readRun(workspace.database, id),
    evaluate: ({ id, truth }) => evaluateRun(workspace.database, requireDone(workspace, id), truth),
    async predict({ id, query }) {
      const first = readTrainManifest(workspace.catalog.path, requireDone(workspace, id))
      const backendOrder = await workspace.compute.findOrder(first.backend, first.recipe)
      const { database, path, queue } = workspace.catalog
      const { name } = readRun(database, requireDone(workspace, id))
      const trained = readTrainManifest(path, id)
      // A clip the run was tested on keeps that prediction: it is the honest one.
      const tested = listTested(database, id)
      const wanted = listPredictable(database, query)
      if (wanted.length === 0)
        throw new AppError('invalid-argument', 'No clip is in this selection, so there is nothing to predict.')
      const clips = wanted.filter((clip) => !tested.has(clip.id))
      const manifest = { ...buildPredictManifest(trained, runFolder(path, id), trained.backend, clips), backendOrder }
      const title = `Predict ${countNoun(clips.length, 'clip')} with ${name}`
      const job = queue.enqueue(
        createPredictWork(database, title, trained, manifest, (clipIds) => {
          announcer.tell('clips.changed', { clipIds })
          announcer.tell('runs.changed', { runId: id })
        }),
      )
      return { jobId: job.id }
    },
    predictFile: ({ id, path }, { signal }) => predictFile(workspace, requireDone(workspace, id), path, signal),
    predictions({ id, clipIds }) {
      const names = readNames(workspace.database, readRunClasses(workspace.database, id))
      return readScores(workspace.database, id, clipIds).map(({ clipId, scores }) => ({
        clipId,
        scores: scores.map((score, index) => ({ label: names[index]!, score })),
      }))
    },
  }
}

function enqueueTraining({ catalog, announcer }: Workspace, manifest: TrainManifest, verb: 'Train' | 'Resume'): Job {
  const { database, queue } = catalog
  const { runId } = manifest
  return queue.enqueue(
    createTrainWork(database, `${verb} ${readRun(database, runId).name}`, manifest, {
      onRun: () => announcer.tell('runs.changed', { runId }),
      onEpoch: (epoch) => announcer.tell('runs.epoch', { runId, epoch }),
      onNote: (message) => announcer.tell('runs.note', { runId, message }),
    }),
  )
}

/** The snapshot of the catalog as it is, made if there is none; null while an import adds to it. */
async function snapshotForRun(workspace: Workspace, author: string): Promise<string | null> {
  const { database } = workspace
  if (database.get(`SELECT 1 FROM journal WHERE state = 'open'`)) return null
  return (await workspace.makeSnapshot({ name: null, note: '', author })).id
}

/** Does the work; when it fails (a full disk), the run's folder does not stay behind. */
function orRemove<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
}

/** @throws AppError 'invalid-argument' with the first problem that stands in the way */
function refuseFaults(set: TrainingSet): TrainingSet {
  const fault = set.preflight.problems.find((problem) => problem.severity === 'error')
  if (fault) throw new AppError('invalid-argument', fault.message, fault.isLeak ? { hint: leakHint('training') } : {})
  return set
}

function requireDone(workspace: Workspace, id: string): string {
  return requireFinished(workspace.database, id).id
}
