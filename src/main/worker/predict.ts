/** The prediction job: scores clips with the models of a finished run. */
import type { PredictManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { MediaPool } from '../media/media-pool'
import { selectBackend } from './backends/select-backend'
import type { Checkpoint } from './learning/checkpoint'
import { restoreClassifier } from './learning/classifier'
import { loadFeatures, type MediaRunner, type Picture } from './learning/features'
import { decodedFolderOf } from './media-runner'
import { loadModels } from './run-models'

const clipsPerEvent = 256

/**
 * Scores every clip with every model of the run and averages: a run of one fold has one model, a cross-validation
 * several. Tells `backend`, `progress`, `issues` for clips that cannot be read, and `predictions` (fold: the name of
 * the only model's fold, or 'all'). The caller tells `done` or `failed`.
 *
 * @throws AppError 'not-found' when the run has no models, 'bad-file' when a model is damaged, made for other classes or
 *   trained on another front end than the run says (naming the fields), 'backend-unavailable', or what the clips say when none of them can be read
 */
export async function predict(manifest: PredictManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  const media = new MediaPool({ decodedFolder: decodedFolderOf(manifest.folder) })
  try {
    await predictWith(manifest, tell, media)
  } finally {
    await media.close()
  }
}

/** The same with the media threads of the caller. */
export async function predictWith(
  manifest: PredictManifest,
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<void> {
  const { clips } = manifest
  const checkpoints = await loadModels(manifest)
  tell({ type: 'backend', ...(await selectBackend(manifest.backend, manifest.backendOrder)) })
  const total = clips.length * (1 + checkpoints.length)
  const { pictures, failures } = await loadFeatures(clips, checkpoints[0]!.recipe, media, (done) => {
    tell({ type: 'progress', done, total, message: `Listening to clip ${done} of ${clips.length}` })
  })
  if (failures.length > 0 && failures.length === clips.length) throw failures[0]!.error
  if (failures.length > 0) {
    const issues = failures.map(({ clip, error }) => ({ file: clip.path, row: null, reason: error.message }))
    tell({ type: 'issues', issues })
  }
  const readable = clips.flatMap(({ id }, position) => {
    const picture = pictures[position]
    return picture ? [{ clipId: id, picture }] : []
  })
  const scores = await averageScores(
    checkpoints,
    readable.map(({ picture }) => picture),
    (done) => {
      const message = `Model ${done} of ${checkpoints.length}`
      tell({ type: 'progress', done: clips.length * (1 + done), total, message })
    },
  )
  const fold = checkpoints.length === 1 ? checkpoints[0]!.fold : 'all'
  const rows = readable.map(({ clipId }, row) => ({ clipId, scores: scores[row]! }))
  for (let first = 0; first < rows.length; first += clipsPerEvent) {
    tell({ type: 'predictions', fold, rows: rows.slice(first, first + clipsPerEvent) })
  }
}

async function averageScores(
  checkpoints: readonly Checkpoint[],
  pictures: readonly Picture[],
  onModel: (done: number) => void,
): Promise<Float32Array[]> {
  const sums: Float32Array[] = pictures.map(() => new Float32Array(checkpoints[0]!.classes.length))
  for (const [index, checkpoint] of checkpoints.entries()) {
    const classifier = restoreClassifier(checkpoint)
    try {
      for (const [row, scores] of (await classifier.score(pictures)).entries()) {
        for (const [label, score] of scores.entries()) sums[row]![label]! += score / checkpoints.length
      }
    } finally {
      classifier.dispose()
    }
    onModel(index + 1)
  }
  return sums
}
