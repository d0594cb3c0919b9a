/** The training job: a manifest in, events out, models in the run's folder. */
import { AppError } from '../../shared/errors'
import type { BackendName, TrainFold, TrainManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { MediaPool } from '../media/media-pool'
import { selectBackend, type SelectedBackend } from './backends/select-backend'
import { loadCheckpoint, modelFolder, saveCheckpoint } from './learning/checkpoint'
import { restoreClassifier, type Classifier } from './learning/classifier'
import { loadAllFeatures, type MediaRunner, type Picture } from './learning/features'
import { checkManifest } from './learning/preflight'
import { SoundKeep } from './learning/sound-keep'
import { trainFold } from './learning/train-fold'
import { hashPicture, identifyTraining, otherTraining, removeTrainingState, stateFile } from './learning/training-state'
import { decodedFolderOf } from './media-runner'

/** Where training waits for so much of its time, it says so: another chain, or more cores, would make it quicker. */
const toldWaitShare = 0.1

/** While the network computes a step, this process takes no answers and gives no tasks: threads have so many to go on with. */
export const trainingTasksPerThread = 32

/**
 * Trains one model per fold and scores each fold's test clips with it. Tells `backend`, then per fold `fold-started`,
 * `epoch`…, `predictions`, `fold-finished`, with `progress` all along (done and total in epochs over all folds); the
 * models are in `manifest.folder`/model-<fold>. The caller tells `done` or `failed`. In a folder where an earlier process
 * left off with the same manifest, folds that it finished are only scored again, and the one it was at goes on from its
 * last state: on the same backend and threads the result is the same to the last bit. A fold whose recordings sound
 * otherwise now begins anew. Either is told as a `note`.
 *
 * @throws AppError 'invalid-argument' (see checkManifest), 'backend-unavailable', 'bad-file' naming a clip that cannot
 *   be read, 'training-failed', 'no-space', …
 */
export async function train(manifest: TrainManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  const media = new MediaPool({
    decodedFolder: decodedFolderOf(manifest.folder),
    tasksPerThread: trainingTasksPerThread,
  })
  try {
    await trainWith(manifest, tell, media)
  } finally {
    await media.close()
  }
}

/** The same with the media threads of the caller. */
export async function trainWith(
  manifest: TrainManifest,
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<void> {
  checkManifest(manifest)
  const { recipe, clips, folds } = manifest
  const backend = await selectBackend(manifest.backend, manifest.backendOrder)
  tell({ type: 'backend', ...describeUse(backend, recipe.model.kind) })
  const total = folds.length * recipe.training.maxEpochs
  const pictures = await loadAllFeatures(clips, recipe, media, (done) => {
    tell({ type: 'progress', done: 0, total, message: `Listening to clip ${done} of ${clips.length}` })
  })
  const hashes = pictures.map(hashPicture)
  const heard = { pictures, backend: backend.name, media, sounds: new SoundKeep(media, recipe.frontEnd) }
  for (const [index, fold] of folds.entries()) {
    const identity = identifyTraining(manifest, fold, backend.name, hashes)
    await runFold(manifest, fold, index, { ...heard, identity }, tell)
    const done = (index + 1) * recipe.training.maxEpochs
    tell({ type: 'progress', done, total, message: `Fold ${fold.name} finished (${index + 1} of ${folds.length})` })
  }
}

/** The logistic regression is solved in double precision by plain code: say so, whatever backend was chosen. */
function describeUse(backend: SelectedBackend, kind: TrainManifest['recipe']['model']['kind']): SelectedBackend {
  if (kind !== 'mfcc-logistic') return backend
  return { ...backend, reason: `${backend.reason}; mfcc-logistic itself needs none and runs on the CPU` }
}

async function runFold(
  manifest: TrainManifest,
  fold: TrainFold,
  index: number,
  {
    pictures,
    identity,
    backend,
    media,
    sounds,
  }: {
    pictures: readonly Picture[]
    identity: string
    backend: BackendName
    media: MediaRunner
    sounds: SoundKeep
  },
  tell: (event: WorkerEvent) => void,
): Promise<void> {
  const { recipe, classes, folds } = manifest
  const { maxEpochs } = recipe.training
  const say = (done: number, message: string): void => {
    tell({ type: 'progress', done, total: folds.length * maxEpochs, message })
  }
  const note = (text: string): void => {
    const message = `Fold ${fold.name} ${text}`
    tell({ type: 'note', message })
    say(index * maxEpochs, message)
  }
  // None, or one that cannot be read: it is trained.
  const found = await loadCheckpoint(modelFolder(manifest.folder, fold.name)).catch(() => null)
  const finished = found?.training?.identity === identity ? found : null
  if (found !== null && finished === null) note(`is trained again: there is a model of it, but ${otherTraining}`)
  if (finished !== null) {
    note('is trained already; its test clips are scored again')
    const classifier = restoreClassifier(finished)
    try {
      await scoreFold(classifier, manifest, fold, pictures, tell)
    } finally {
      classifier.dispose()
    }
    await removeTrainingState(stateFile(manifest.folder, fold.name))
    const { bestEpoch, parameters, training } = finished
    tell({ type: 'fold-finished', fold: fold.name, seconds: training!.seconds, bestEpoch, parameters })
    return
  }
  const started = performance.now()
  const trained = await trainFold({
    manifest,
    fold,
    identity,
    pictures,
    media,
    sounds,
    onState: note,
    onStarted: (trainClips, validationClips) => {
      tell({ type: 'fold-started', fold: fold.name, trainClips, validationClips, testClips: fold.test.length })
    },
    onEpoch: ({ waitShare, ...report }) => {
      tell({ type: 'epoch', fold: fold.name, ...report })
      const { epoch, loss } = report
      const waiting = waitShare < toldWaitShare ? '' : `, ${Math.round(100 * waitShare)} % waiting for its clips`
      say(index * maxEpochs + epoch, `Fold ${fold.name}: epoch ${epoch}, loss ${loss.toFixed(3)}${waiting}`)
    },
  })
  const { classifier, weights, spec, standardization, bestEpoch, parameters, earlierSeconds } = trained
  let seconds = 0
  try {
    await scoreFold(classifier, manifest, fold, pictures, tell, async () => {
      seconds = earlierSeconds + (performance.now() - started) / 1000
      await saveCheckpoint(modelFolder(manifest.folder, fold.name), {
        fold: fold.name,
        classes,
        recipe,
        standardization,
        spec,
        parameters,
        bestEpoch,
        backend,
        training: { identity, seconds },
        weights,
      })
      await removeTrainingState(stateFile(manifest.folder, fold.name))
    })
  } finally {
    classifier.dispose()
  }
  tell({ type: 'fold-finished', fold: fold.name, seconds, bestEpoch, parameters })
}

/** Scores the fold's test clips and tells; `keep` is called before that, when the scores are known to be numbers. */
async function scoreFold(
  classifier: Classifier,
  { clips, recipe }: TrainManifest,
  fold: TrainFold,
  pictures: readonly Picture[],
  tell: (event: WorkerEvent) => void,
  keep: () => Promise<void> = async () => undefined,
): Promise<void> {
  const scores = await classifier.score(fold.test.map((position) => pictures[position]!))
  if (scores.some((row) => !row.every(Number.isFinite))) {
    throw new AppError('training-failed', `The model of fold ${fold.name} gives scores that are not numbers.`, {
      hint: `Lower the learning rate (it is ${recipe.training.learningRate}).`,
    })
  }
  await keep()
  const rows = fold.test.map((position, row) => ({ clipId: clips[position]!.id, scores: scores[row]! }))
  tell({ type: 'predictions', fold: fold.name, rows })
}
