/** A look at one clip through a model: what it is given, or where it found each class. */
import { type AugmentationChain, isMixingStep } from '../../dsp/recipe'
import type { LookManifest } from '../../shared/job/manifest'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { planClassMaps } from '../../zoo/class-map-plan'
import { AppError } from '../../shared/errors'
import { MediaPool } from '../media/media-pool'
import { type Checkpoint, loadCheckpoint, modelFolder, requireFrontEnd } from './learning/checkpoint'
import { type HeardClip, hearClip, type MediaRunner } from './learning/features'
import { lookPlace, makeModelInput, prepareForCrops } from './learning/model-input'

/**
 * Tells `progress`, then 'model-input' or 'class-maps'. Only maps load tfjs.
 *
 * @throws AppError 'bad-file' when the model is damaged or was trained on another front end; what reading the clip throws
 */
export async function look(manifest: LookManifest, tell: (event: WorkerEvent) => void): Promise<void> {
  const media = new MediaPool({ threads: 1, decodedFolder: manifest.decodedFolder })
  try {
    await lookWith(manifest, tell, media)
  } finally {
    await media.close()
  }
}

/** The same with the media threads of the caller. */
export async function lookWith(
  manifest: LookManifest,
  tell: (event: WorkerEvent) => void,
  media: MediaRunner,
): Promise<void> {
  const { clip, recipe, model, drawn, wants } = manifest
  const checkpoint = model === null ? null : await loadCheckpoint(modelFolder(model.folder, model.fold))
  if (checkpoint && model) requireFrontEnd(checkpoint, recipe, model.folder)
  tell({ type: 'progress', done: 0, total: 3, message: 'Listening to the clip' })
  const { chain } = recipe.training
  const augmentation = drawn?.augments && chain ? { chain: withoutMixing(chain), place: lookPlace(drawn.seed) } : null
  const heard = await hearClip(clip, recipe, media, augmentation)
  if (checkpoint && checkpoint.standardization.means.length !== heard.picture.bands * (heard.picture.channels ?? 1))
    throw new AppError(
      'bad-file',
      `The model of fold ${checkpoint.fold} knows ${checkpoint.standardization.means.length} values of a frame, and the recipe gives ${heard.picture.bands * (heard.picture.channels ?? 1)}.`,
    )
  if (wants === 'input') {
    const standardization = checkpoint?.standardization ?? null
    tell({ type: 'model-input', input: makeModelInput(heard, { recipe, standardization, drawn }) })
    return
  }
  if (checkpoint === null) throw new AppError('invalid-argument', 'Maps are of a trained model, not of a recipe alone.')
  await tellMaps(checkpoint, heard, manifest, tell)
}

/** One clip is looked at: there is no other to mix in. All steps keep their places, and so their draws. */
function withoutMixing({ steps }: AugmentationChain): AugmentationChain {
  return { steps: steps.map((step) => (isMixingStep(step) ? { ...step, probability: 0 } : step)) }
}

async function tellMaps(
  checkpoint: Checkpoint,
  heard: HeardClip,
  { recipe, drawn }: LookManifest,
  tell: (event: WorkerEvent) => void,
): Promise<void> {
  const { spec, standardization, classes } = checkpoint
  const plan = spec === null ? null : planClassMaps(spec)
  tell({ type: 'progress', done: 1, total: 3, message: 'Loading the model' })
  // The backend that is there at once and everywhere: one clip is little work for any.
  const { loadWasm } = await import('./backends/load-wasm')
  const { restoreClassifier, restoreNetwork } = await import('./learning/classifier')
  await loadWasm()
  // A training crop is mapped as it was drawn; else all that is scored.
  const picture = drawn
    ? makeModelInput(heard, { recipe, standardization, drawn })
    : prepareForCrops(heard.picture, recipe, standardization)
  if (spec === null || plan === null || plan.method === null) {
    const classifier = restoreClassifier(checkpoint)
    const [scores] = await classifier.score([heard.picture])
    classifier.dispose()
    const about =
      plan?.about ?? 'A logistic regression over a summary of the clip has no map: it is not told when a sound came.'
    const { frames, bands } = picture
    const crops = { frames, starts: [0] }
    const whole = scores!
    const none = { mapFrames: 0, mapBands: 0, values: new Float32Array(0) }
    tell({
      type: 'class-maps',
      maps: { method: null, about, scores: whole, cropScores: whole, frames, bands, crops, ...none },
    })
    return
  }
  const { computeClassMaps } = await import('./learning/class-maps')
  const model = restoreNetwork({ ...checkpoint, spec })
  try {
    const maps = await computeClassMaps(model, spec, plan, picture, (done, total) =>
      tell({ type: 'progress', done: 1 + (2 * done) / total, total: 3, message: `Mapping ${classes.length} classes` }),
    )
    tell({ type: 'class-maps', maps })
  } finally {
    model.dispose()
  }
}
