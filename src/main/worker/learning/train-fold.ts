/** Trains one model: a fold of a cross-validation, or the only one of a run. */
import type { LogmelCnnModel, MfccLogisticModel } from '../../../dsp/recipe'
import type { TrainFold, TrainManifest } from '../../../shared/job/manifest'
import { describeLogmelCnn } from '../../../zoo/logmel-cnn'
import { countParameters, type ModelSpec } from '../../../zoo/model-spec'
import { BatchMaker } from './batches'
import { buildModel } from './build-model'
import type { WeightArray } from './checkpoint'
import { logisticClassifier, networkClassifier, readWeights, type Classifier } from './classifier'
import { cropFramesOf } from './crops'
import { countColumns, type MediaRunner, type Picture } from './features'
import { fitNetwork, type EpochReport } from './fit'
import { foldBatchSource, foldRandom, splitFold } from './fold-batches'
import { fitLogistic } from './logistic'
import type { SoundKeep } from './sound-keep'
import { fitStandardization, standardize, standardizePicture, type Standardization } from './standardization'
import { FoldState } from './state-keeper'
import { stateFile } from './training-state'

export interface FoldJob {
  manifest: TrainManifest
  fold: TrainFold
  /** Which training this is (see identifyTraining): a state of another one is not gone on from. */
  identity: string
  /** Of all clips of the manifest. */
  pictures: readonly Picture[]
  /** Changes clips by the recipe's chain. */
  media: MediaRunner
  /** What the chain changes, kept for all folds. */
  sounds: SoundKeep
  onStarted: (trainClips: number, validationClips: number) => void
  onEpoch: (report: EpochReport) => void
  /** Called where an earlier training of this fold is gone on from, or is there and cannot be. */
  onState: (message: string) => void
}

export interface TrainedFold {
  classifier: Classifier
  weights: WeightArray[]
  spec: ModelSpec | null
  standardization: Standardization
  bestEpoch: number
  parameters: number
  /** Seconds that an earlier process spent on this fold. */
  earlierSeconds: number
}

/**
 * Trains the model that the manifest's recipe asks for; the fold's test clips are not looked at. A network's state is
 * saved beside its model to be, in `stateFile`; where it is there already, of this same training, it is gone on from.
 * Whoever has saved the model removes it.
 */
export async function trainFold(job: FoldJob): Promise<TrainedFold> {
  const { model } = job.manifest.recipe
  return model.kind === 'logmel-cnn' ? trainNetwork(job, model) : trainLogistic(job, model)
}

async function trainNetwork(job: FoldJob, model: LogmelCnnModel): Promise<TrainedFold> {
  const { manifest, fold, pictures, media, sounds } = job
  const { clips, classes, recipe } = manifest
  const random = foldRandom(manifest, fold)
  const split = splitFold(manifest, fold, random)
  job.onStarted(split.train.length, split.validation.length)

  const { bands, channels } = pictures[0]!
  const standardization = fitStandardization(
    split.train.map((position) => pictures[position]!.values),
    countColumns(pictures[0]!),
  )
  const cropFrames = cropFramesOf(recipe)
  const classIndexesOf = (positions: readonly number[]): number[] =>
    positions.map((position) => clips[position]!.classIndex)

  const spec = describeLogmelCnn(model, { frames: cropFrames, bands, channels }, classes.length)
  const network = buildModel(spec, random.stream('network'))
  const pictureOf = (position: number): Picture => pictures[position]!
  const source = foldBatchSource({ manifest, fold, split, standardization, media, sounds, pictureOf })
  const batches = new BatchMaker(source, random.stream('batches'))
  const validation =
    split.validation.length === 0
      ? null
      : {
          pictures: split.validation.map((position) => standardizePicture(pictures[position]!, standardization)),
          classIndexes: classIndexesOf(split.validation),
        }
  // After all streams were made, so that each can be put where it stood.
  const keeper = await FoldState.open({
    file: stateFile(manifest.folder, fold.name),
    identity: job.identity,
    random,
  })
  if (keeper.refusal !== null) job.onState(`begins anew: there is a state of it, but ${keeper.refusal}`)
  if (keeper.resumed !== null) job.onState(`goes on after epoch ${keeper.resumed.epoch}`)
  const { bestEpoch } = await fitNetwork(network, {
    training: recipe.training,
    batches,
    validation,
    cropFrames,
    bands,
    channels,
    classCount: classes.length,
    onEpoch: job.onEpoch,
    keeper,
  })
  return {
    classifier: networkClassifier(network, spec, standardization, classes.length),
    weights: await readWeights(network),
    spec,
    standardization,
    bestEpoch,
    parameters: countParameters(spec),
    earlierSeconds: keeper.earlierSeconds,
  }
}

/** Iterations between two reports: the fit takes a few hundred short ones. */
const reportedIterations = 10

async function trainLogistic(job: FoldJob, model: MfccLogisticModel): Promise<TrainedFold> {
  const { manifest, fold, pictures } = job
  const { clips, classes, recipe } = manifest
  job.onStarted(fold.train.length, 0)
  const columns = pictures[0]!.bands
  const rows = fold.train.map((position) => pictures[position]!.values)
  const standardization = fitStandardization(rows, columns)
  let started = performance.now()
  let last: EpochReport | null = null
  const fit = fitLogistic(
    rows.map((row) => standardize(row, standardization)),
    fold.train.map((position) => clips[position]!.classIndex),
    classes.length,
    {
      inverseL2: model.inverseL2,
      maxIterations: recipe.training.maxEpochs,
      onIteration: (epoch, loss, accuracy) => {
        const seconds = (performance.now() - started) / 1000
        last = { epoch, loss, accuracy, validationLoss: null, validationAccuracy: null, seconds, waitShare: 0 }
        if (epoch % reportedIterations !== 0) return
        job.onEpoch(last)
        last = null
        started = performance.now()
      },
    },
  )
  if (last) job.onEpoch(last)
  // What is scored is what is saved, to the last bit.
  const weights = Float32Array.from(fit.weights)
  const offsets = Float32Array.from(fit.offsets)
  return {
    classifier: logisticClassifier(
      { weights: Float64Array.from(weights), offsets: Float64Array.from(offsets) },
      standardization,
    ),
    weights: [
      { name: 'coefficients', shape: [classes.length, columns], values: weights },
      { name: 'offsets', shape: [classes.length], values: offsets },
    ],
    spec: null,
    standardization,
    bestEpoch: fit.iterations,
    parameters: weights.length + offsets.length,
    earlierSeconds: 0,
  }
}
