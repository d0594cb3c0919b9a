import type { BatchClip, BatchPlace, RunBatch } from '../../../shared/contract/batches'
import { AppError } from '../../../shared/errors'
import type { BatchSound, BatchView } from '../../../shared/job/batch-view'
import type { BatchManifest, TrainManifest } from '../../../shared/job/manifest'
import { readRun } from '../catalog/runs'
import { compareClips, listBatchFolds, locateClips } from '../catalog/run-batches'
import { readNames } from '../datasets/evaluate'
import { decodedSoundFolder } from '../media/media-desk'
import type { Workspace } from '../workspace'
import { hashRecipe, readTrainManifest, runFolder } from './manifest'
import { runHelper } from './run-helper'

/**
 * A batch of a run as its training made it, with where each example comes from and what has changed since.
 * @throws AppError 'not-found' for a fold, an epoch or a batch that the run has not had, and for a recording that is gone;
 *   'invalid-argument' for a model without batches; 'cancelled', 'worker-died' and what the worker says
 */
export async function lookAtBatch(workspace: Workspace, place: BatchPlace, signal: AbortSignal): Promise<RunBatch> {
  requireBatch(workspace, place)
  const { runId, ...at } = place
  const trained = readTrained(workspace, runId)
  const { batch: view } = await ask(workspace, { ...question(workspace, trained), ...at, heard: null }, signal)
  if (view === null) throw unanswered()
  const names = readNames(workspace.database, trained.classes)
  const classes = trained.classes.map(({ id }, index) => ({ id, name: names[index]! }))
  const notes = hasOtherDraws(workspace, trained) ? [...view.notes, otherDraws] : view.notes
  return { ...view, notes, classes, clips: describeClips(workspace, trained, classes, view) }
}

/** A recipe of before is read as one of now, and its draws come from other streams since. */
function hasOtherDraws({ database }: Workspace, { runId, recipe }: TrainManifest): boolean {
  return readRun(database, runId).recipeHash !== hashRecipe(recipe)
}

const otherDraws =
  'An earlier Earmark trained this run, and drew gain, masks and mixup otherwise: what is drawn here is not what the run had.'

/** The clip of an example as training hears it before its front end. @throws AppError as lookAtBatch */
export async function hearExample(
  workspace: Workspace,
  { runId, fold, epoch, ...heard }: Omit<BatchPlace, 'batch'> & { clipId: string; example: number },
  signal: AbortSignal,
): Promise<BatchSound> {
  requireBatch(workspace, { runId, fold, epoch, batch: 1 })
  const trained = readTrained(workspace, runId)
  const { sound } = await ask(workspace, { ...question(workspace, trained), fold, epoch, batch: 1, heard }, signal)
  if (sound === null) throw unanswered()
  return sound
}

const unanswered = (): AppError => new AppError('internal', 'The worker did not answer what it was asked of a batch.')

function requireBatch({ database }: Workspace, { runId, fold, epoch, batch }: BatchPlace): void {
  const folds = listBatchFolds(database, runId)
  const found = folds.find((one) => one.fold === fold)
  const refuse = (message: string): AppError => new AppError('not-found', message)
  if (!found) throw refuse(`The run has no fold “${fold}”; it has ${folds.map((one) => `“${one.fold}”`).join(', ')}.`)
  if (found.epochs === 0) throw refuse(`The training of fold “${fold}” has not begun.`)
  if (epoch > found.epochs)
    throw refuse(`Fold “${fold}” has no epoch ${epoch}: its training has come to epoch ${found.epochs}.`)
  if (batch > found.batchesPerEpoch)
    throw refuse(`Fold “${fold}” has no batch ${batch}: an epoch of it has ${found.batchesPerEpoch}.`)
}

/** What a run was given, its files where they are now. */
function readTrained({ catalog, database }: Workspace, runId: string): TrainManifest {
  const manifest = { ...readTrainManifest(catalog.path, runId), folder: runFolder(catalog.path, runId) }
  // Which sounds a fold may take is told by their hashes where all are known; else by their places, which must stay.
  if (manifest.materials?.flat().some(({ contentHash }) => contentHash === null)) return manifest
  const places = locateClips(
    database,
    manifest.clips.map(({ id }) => id),
  )
  return { ...manifest, clips: manifest.clips.map((clip) => ({ ...clip, path: places.get(clip.id) ?? clip.path })) }
}

const question = ({ catalog }: Workspace, trained: TrainManifest) => ({
  kind: 'batch' as const,
  trained,
  decodedFolder: decodedSoundFolder(catalog.path),
})

async function ask(
  workspace: Workspace,
  manifest: BatchManifest,
  signal: AbortSignal,
): Promise<{ batch: BatchView | null; sound: BatchSound | null }> {
  const answer: { batch: BatchView | null; sound: BatchSound | null } = { batch: null, sound: null }
  await runHelper(workspace, manifest, {
    what: 'The look at the batch',
    signal,
    onEvent(event) {
      if (event.type === 'training-batch') answer.batch = event.batch
      if (event.type === 'batch-sound') answer.sound = event.sound
      if (event.type !== 'progress') return
      const { done, total, message } = event
      workspace.announcer.tell('batches.progress', { runId: manifest.trained.runId, done, total, message })
    },
  })
  return answer
}

/** The clips of the examples and those that were mixed in, by id. */
function describeClips(
  { database }: Workspace,
  trained: TrainManifest,
  classes: RunBatch['classes'],
  { examples }: BatchView,
): Record<string, BatchClip> {
  const wanted = new Set(
    examples.flatMap(({ clipId, drawn }) => [clipId, ...drawn.flatMap(({ partner }) => partner ?? [])]),
  )
  const clips = trained.clips.filter(({ id }) => wanted.has(id))
  const now = compareClips(database, clips, classes)
  return Object.fromEntries(
    clips.map(({ id, path, startSeconds, endSeconds, classIndex }) => {
      const { recordingPath, changes } = now.get(id)!
      const className = classes[classIndex]!.name
      return [id, { recordingPath: recordingPath ?? path, startSeconds, endSeconds, className, changes }]
    }),
  )
}
