/** One batch of a run's training, made again by the loader of training itself: to be looked at, or an example to be heard. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { AppError, toAppError } from '../../shared/errors'
import type { BatchManifest, TrainFold, TrainManifest } from '../../shared/job/manifest'
import type { BatchRow, BatchSound, BatchView } from '../../shared/job/batch-view'
import type { WorkerEvent } from '../../shared/job/worker-event'
import { MediaPool } from '../media/media-pool'
import { type Batch, BatchMaker, type BatchSource } from './learning/batches'
import { listChainSounds } from './learning/chain-sounds'
import { type Checkpoint, loadCheckpoint, modelFolder, requireFrontEnd } from './learning/checkpoint'
import { listExampleFiles, planExamples } from './learning/clip-augmenter'
import { countColumns, hearClip, loadAllFeatures, type MediaRunner, type Picture } from './learning/features'
import { changesSound, foldBatchSource, foldRandom, type FoldSplit, splitFold } from './learning/fold-batches'
import { fitStandardization, type Standardization } from './learning/standardization'

type Tell = (event: WorkerEvent) => void

/**
 * Tells `progress`, then 'training-batch' or 'batch-sound'. Only features that are computed in the graph load a backend.
 *
 * @throws AppError 'invalid-argument' for a run without batches, or an epoch or a batch that it has not; 'bad-file' when the
 *   fold's model is damaged; what reading the sound throws, naming the file
 */
export async function lookAtBatch(manifest: BatchManifest, tell: Tell): Promise<void> {
  const media = new MediaPool({ decodedFolder: manifest.decodedFolder })
  try {
    await lookAtBatchWith(manifest, tell, media)
  } finally {
    await media.close()
  }
}

/** The same with the media threads of the caller. */
export async function lookAtBatchWith(manifest: BatchManifest, tell: Tell, media: MediaRunner): Promise<void> {
  const { trained, heard } = manifest
  if (trained.recipe.model.kind !== 'logmel-cnn')
    throw new AppError('invalid-argument', `${trained.recipe.model.kind} has no batches: it sees every clip at once.`)
  const fold = trained.folds.find(({ name }) => name === manifest.fold)
  if (!fold) throw new AppError('not-found', `The run has no fold “${manifest.fold}”.`)
  const split = splitFold(trained, fold, foldRandom(trained, fold))
  if (heard === null) tell({ type: 'training-batch', batch: await makeBatch(manifest, fold, split, tell, media) })
  else tell({ type: 'batch-sound', sound: await hearExample(manifest, fold, split, heard, media) })
}

async function makeBatch(
  { trained, fold: name, ...at }: BatchManifest,
  fold: TrainFold,
  split: FoldSplit,
  tell: Tell,
  media: MediaRunner,
): Promise<BatchView> {
  const { recipe, clips } = trained
  const { hopSamples, sampleRateHz } = recipe.frontEnd
  const total = recipe.training.batchClips
  let done = 0
  const counted: MediaRunner = {
    async run(kind, input) {
      const output = await media.run(kind, input)
      done = Math.min(total, done + 1)
      tell({ type: 'progress', done, total, message: 'Hearing the examples' })
      return output
    },
  }
  tell({ type: 'progress', done, total, message: `Reading the model of fold ${name}` })
  const { standardization, pictureOf, notes } = await prepareFold(trained, fold, split, tell, counted)
  const source = foldBatchSource({ manifest: trained, fold, split, standardization, media: counted, pictureOf })
  const { pictures, targets, examples } = await drawBatch(trained, fold, source, at)
  const { bandHz, firstFrameSeconds } = await hearClip(clips[split.train[examples[0]!.clip]!]!, recipe, media)
  const { cropFrames: frames, bands, channels = 1 } = source
  const frameSeconds = hopSamples / sampleRateHz
  const isAnother = fileCheck(trained)
  const planExample = planOf(trained, fold, split)
  const rows: BatchRow[] = []
  for (const { clip, cropStart, drawn, ...draw } of examples) {
    const own = clips[split.train[clip]!]!
    const files = planExample === null ? [own.path] : listExampleFiles(planExample(clip, draw))
    const changed: string[] = []
    for (const file of files) if (await isAnother(file)) changed.push(file)
    rows.push({
      clipId: own.id,
      example: draw.example,
      startSeconds: Math.max(0, firstFrameSeconds + (cropStart - 0.5) * frameSeconds),
      endSeconds: firstFrameSeconds + (cropStart + frames - 0.5) * frameSeconds,
      drawn,
      changed,
    })
  }
  return { frames, bands, channels, values: pictures, targets, bandHz, frameSeconds, examples: rows, notes }
}

/** @throws AppError 'invalid-argument' where the fold has no such epoch or batch */
async function drawBatch(
  trained: TrainManifest,
  fold: TrainFold,
  source: BatchSource,
  { epoch, batch }: Pick<BatchManifest, 'epoch' | 'batch'>,
): Promise<Batch> {
  const maker = new BatchMaker(source, foldRandom(trained, fold).stream('batches'))
  const { batchesPerEpoch } = maker
  const { maxEpochs } = trained.recipe.training
  const refuse = (message: string): AppError => new AppError('invalid-argument', message)
  if (epoch > maxEpochs) throw refuse(`The run has ${maxEpochs} epochs at most, and no epoch ${epoch}.`)
  if (batch > batchesPerEpoch)
    throw refuse(`An epoch of fold “${fold.name}” has ${batchesPerEpoch} batches, and no batch ${batch}.`)
  return maker.last((epoch - 1) * batchesPerEpoch + batch - 1)
}

/** What the network's examples are made of: the fold's statistics, and the clips as they are. */
async function prepareFold(
  trained: TrainManifest,
  fold: TrainFold,
  split: FoldSplit,
  tell: Tell,
  media: MediaRunner,
): Promise<{
  standardization: Standardization
  pictureOf: (position: number) => Picture | Promise<Picture>
  notes: string[]
}> {
  const { recipe, clips, folder } = trained
  const checkpoint = await loadModel(folder, fold.name)
  if (checkpoint) requireFrontEnd(checkpoint, recipe, folder)
  const isInGraph = recipe.features === 'graph'
  if (isInGraph) {
    // On another backend, or with other neighbours, it would round otherwise.
    const { selectBackend } = await import('./backends/select-backend')
    await selectBackend(checkpoint?.backend ?? trained.backend, trained.backendOrder)
  }
  if (checkpoint && !isInGraph)
    return {
      standardization: checkpoint.standardization,
      pictureOf: async (position) => (await hearClip(clips[position]!, recipe, media)).picture,
      notes: [],
    }
  const pictures = await loadAllFeatures(clips, recipe, media, (done) =>
    tell({ type: 'progress', done, total: clips.length, message: `Listening to clip ${done} of ${clips.length}` }),
  )
  const values = split.train.map((position) => pictures[position]!.values)
  return {
    standardization: checkpoint?.standardization ?? fitStandardization(values, countColumns(pictures[0]!)),
    pictureOf: (position) => pictures[position]!,
    notes: checkpoint
      ? []
      : ['The fold has no model yet: its clips are standardised by how they sound now, as training does it.'],
  }
}

/** null where the fold has no model yet. */
async function loadModel(folder: string, fold: string): Promise<Checkpoint | null> {
  try {
    return await loadCheckpoint(modelFolder(folder, fold))
  } catch (thrown) {
    if (toAppError(thrown).code === 'not-found') return null
    throw thrown
  }
}

/** null where no step of the chain changes the sound. */
function planOf(trained: TrainManifest, fold: TrainFold, split: FoldSplit): ReturnType<typeof planExamples> | null {
  const { chain } = trained.recipe.training
  if (!chain || !changesSound(trained)) return null
  const sources = listChainSounds(trained, fold, split)
  return planExamples({ manifest: trained, chain, train: split.train, sources })
}

/** The clip of an example as training hears it before its front end. */
async function hearExample(
  { trained, epoch }: BatchManifest,
  fold: TrainFold,
  split: FoldSplit,
  { clipId, example }: NonNullable<BatchManifest['heard']>,
  media: MediaRunner,
): Promise<BatchSound> {
  const clip = split.train.findIndex((position) => trained.clips[position]!.id === clipId)
  if (clip < 0) throw new AppError('not-found', `Fold “${fold.name}” does not learn from the clip ${clipId}.`)
  const { path, startSeconds, endSeconds, segments = [] } = trained.clips[split.train[clip]!]!
  const { sampleRateHz, channel } = trained.recipe.frontEnd
  const span = { path, startSeconds, endSeconds, sampleRateHz, channel }
  const planExample = planOf(trained, fold, split)
  if (planExample === null) return media.run('samples', span)
  const { augmentation } = planExample(clip, { epoch, example })
  const labeled = segments.map((own, index) => ({ ...own, index }))
  const { samples, ...heard } = await media.run('augmented', { ...span, augmentation, segments: labeled })
  return { samples, sampleRateHz: heard.sampleRateHz }
}

/** Whether a file has another content than the run was given; each is read once. */
function fileCheck({ clips, materials = [] }: TrainManifest): (path: string) => Promise<boolean> {
  const hashes = new Map([...clips, ...materials.flat()].map(({ path, contentHash }) => [path, contentHash]))
  const checked = new Map<string, Promise<boolean>>()
  const check = async (path: string): Promise<boolean> => {
    const wanted = hashes.get(path)
    if (!wanted) return false
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex') !== wanted
  }
  return (path) => {
    if (!checked.has(path)) checked.set(path, check(path))
    return checked.get(path)!
  }
}
