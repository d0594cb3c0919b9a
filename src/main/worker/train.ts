/** The training job: a manifest in, events out, models in the run's folder. */
import { AppError } from '../../shared/errors'
import type { TrainFold, TrainManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { MediaPool } from '../media/media-pool'
import { selectBackend, type SelectedBackend } from './backends/select-backend'
import { modelFolder, saveCheckpoint } from './learning/checkpoint'
import { loadAllFeatures, type MediaRunner, type Picture } from './learning/features'
import { checkManifest } from './learning/preflight'
import { trainFold } from './learning/train-fold'

/**
 * Trains one model per fold and scores each fold's test clips with it. Tells `backend`, then per fold `fold-started`,
 * `epoch`…, `predictions`, `fold-finished`, with `progress` all along (done and total in epochs over all folds); the
 * models are in `manifest.folder`/model-<fold>. The caller tells `done` or `failed`.
 *
 * @throws AppError 'invalid-argument' (see checkManifest), 'backend-unavailable', 'bad-file' naming a clip that cannot
 *   be read, 'training-failed', 'no-space', …
 */
export async function train(manifest: TrainManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  const media = new MediaPool()
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
  for (const [index, fold] of folds.entries()) {
    await runFold(manifest, fold, index, pictures, backend, tell)
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
  pictures: readonly Picture[],
  backend: SelectedBackend,
  tell: (event: WorkerEvent) => void,
): Promise<void> {
  const { recipe, clips, classes, folds } = manifest
  const { maxEpochs } = recipe.training
  const started = performance.now()
  const trained = await trainFold({
    manifest,
    fold,
    pictures,
    onStarted: (trainClips, validationClips) => {
      tell({ type: 'fold-started', fold: fold.name, trainClips, validationClips, testClips: fold.test.length })
    },
    onEpoch: (report) => {
      tell({ type: 'epoch', fold: fold.name, ...report })
      tell({
        type: 'progress',
        done: index * maxEpochs + report.epoch,
        total: folds.length * maxEpochs,
        message: `Fold ${fold.name}: epoch ${report.epoch}, loss ${report.loss.toFixed(3)}`,
      })
    },
  })
  const { classifier, weights, spec, standardization, bestEpoch, parameters } = trained
  try {
    const scores = await classifier.score(fold.test.map((position) => pictures[position]!))
    if (scores.some((row) => !row.every(Number.isFinite))) {
      throw new AppError('training-failed', `The model of fold ${fold.name} gives scores that are not numbers.`, {
        hint: `Lower the learning rate (it is ${recipe.training.learningRate}).`,
      })
    }
    await saveCheckpoint(modelFolder(manifest.folder, fold.name), {
      fold: fold.name,
      classes,
      recipe,
      standardization,
      spec,
      parameters,
      bestEpoch,
      backend: backend.name,
      weights,
    })
    const rows = fold.test.map((position, row) => ({ clipId: clips[position]!.id, scores: scores[row]! }))
    tell({ type: 'predictions', fold: fold.name, rows })
  } finally {
    classifier.dispose()
  }
  const seconds = (performance.now() - started) / 1000
  tell({ type: 'fold-finished', fold: fold.name, seconds, bestEpoch, parameters })
}
