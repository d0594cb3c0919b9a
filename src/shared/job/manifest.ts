/**
 * A manifest is everything a job was given, frozen: the worker reads nothing else.
 * It is kept as `manifest.json` in the job's folder, so that a run can be repeated anywhere.
 */
import type { AugmentationChain, Recipe } from '../../dsp/recipe'
import type { ProposalFacts, TakenFrom } from '../proposals/provenance'
import type { BackendChoice, BackendName, BackendRank, BackendStatus } from './backend'
import type { SetupVariant } from './setup-machine'
import type { SoundFacts } from './sound-facts'
import type { TableReading } from './table-columns'

export type { BackendChoice, BackendName, BackendRank } from './backend'

/** A span of a sound file, by absolute path. */
export interface ManifestClip {
  id: string
  path: string
  contentHash: string
  startSeconds: number
  endSeconds: number
}

export interface TrainClip extends ManifestClip {
  /** Fold name as text, or null when the clip has none. */
  fold: string | null
  /** Clips of one group (source recording, speaker, site) are never on both sides of a split. */
  group: string
  /** Index into `classes`. */
  classIndex: number
  /** What its labeled segments cover, in seconds of the clip; only where the recipe's chain asks for it. */
  segments?: { startSeconds: number; endSeconds: number }[]
}

/** A sound that a step of the augmentation chain may take. */
export interface ManifestMaterial {
  path: string
  /** Null where the catalog does not know the file. */
  contentHash: string | null
  startSeconds: number
  /** Null: to the end of the file. */
  endSeconds: number | null
  fold: string | null
  group: string | null
}

/** One model to train: positions in `clips`. Without `validation` the worker takes some of `train` for it, by group. */
export interface TrainFold {
  name: string
  train: number[]
  test: number[]
  /** Clips that decide when training stops, where the split says which; they are not among `train`. */
  validation?: number[]
}

export interface TrainManifest {
  kind: 'train'
  runId: string
  /** Where the worker writes: `model-<fold>/`, `events.jsonl`. */
  folder: string
  recipe: Recipe
  backend: BackendChoice
  /** Every backend as it was proved here, the fastest first; manifests made before there was such a measure lack it. */
  backendOrder?: BackendRank[]
  classes: { id: string; name: string }[]
  clips: TrainClip[]
  folds: TrainFold[]
  /** For each step of the recipe's chain the sounds of its source; absent: no step has one. */
  materials?: ManifestMaterial[][]
  /** A person knows that clips on both sides of a fold have something in common, and wants it so. */
  allowsLeaks?: boolean
}

export interface PredictManifest {
  kind: 'predict'
  runId: string
  /** The run folder with its trained models. */
  folder: string
  recipe: Recipe
  backend: BackendChoice
  /** Every backend as it was proved here, the fastest first; manifests made before there was such a measure lack it. */
  backendOrder?: BackendRank[]
  classes: { id: string; name: string }[]
  clips: ManifestClip[]
}

/** A clip to go over, with the fold whose model has not learned from it: null is the mean of all models. */
export interface ProposeClip extends ManifestClip {
  fold: string | null
}

/** Goes over clips with a sliding window, and proposes segments where a class scores at the floor or above. */
export interface ProposeManifest extends Omit<PredictManifest, 'kind' | 'clips'> {
  kind: 'propose'
  clips: ProposeClip[]
  windowSeconds: number
  hopSeconds: number
  /** 0 to 1. */
  floor: number
}

/** One clip as a model sees it, for a person to look at: what it is given, or which part speaks for each class. */
export interface LookManifest {
  kind: 'look'
  wants: 'input' | 'maps'
  clip: ManifestClip
  recipe: Recipe
  /** The run's folder and the fold whose model is meant; null for a recipe without a run. */
  model: { folder: string; fold: string } | null
  /** A crop for training as this seed draws it; null: all that is scored. */
  drawn: { seed: number; augments: boolean } | null
  /** Where the catalog keeps long compressed recordings decoded. */
  decodedFolder: string
}

/** One batch of a training, made again for a person to look at, or one of its examples to be heard. */
export interface BatchManifest {
  kind: 'batch'
  /** As the run was given it, files where they are now. */
  trained: TrainManifest
  fold: string
  /** From 1, both. */
  epoch: number
  batch: number
  /** The example of this epoch that is to be heard; null: the batch is to be seen. */
  heard: { clipId: string; example: number } | null
  /** Where the catalog keeps long compressed recordings decoded. */
  decodedFolder: string
}

export interface ImportManifest {
  kind: 'import'
  format: string
  /** Absolute path of the dataset's folder. */
  path: string
  /** Recordings the catalog already has under this root. */
  known: KnownRecording[]
  /** How to read tables, where a person has said so. */
  table?: TableReading
}

/** Reads what a dataset says, without its sound: told as 'planned', 'named' and 'issues'. */
export interface PreviewManifest {
  kind: 'preview'
  format: string
  /** Absolute path of the dataset's folder. */
  path: string
  table?: TableReading
}

/** A file as the catalog last saw it: where size and time are unchanged, an import does not read it again. */
export interface KnownRecording extends SoundFacts {
  /** Relative to the root, with forward slashes. */
  path: string
}

/** Synthesises the sample catalog's sound files into `folder`, then imports them. */
export interface SampleManifest {
  kind: 'sample'
  folder: string
  seed: number
}

export interface ExportLabel {
  className: string
  /** The dataset's own number of the class (ESC-50's target), when it has one. */
  classCode: number | null
  mid: string | null
  state: 'present' | 'absent'
}

/** Times are seconds in the recording. */
export interface ExportAnnotation {
  id: string
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
  tier: string
  author: string
  score: number | null
  note: string
  labels: ExportLabel[]
  /** What it was accepted or edited from. */
  origin?: TakenFrom
  /** What a run says of it, while it waits. */
  proposal?: ProposalFacts
}

/** Its sound may be missing; then its hash is unknown too, and perhaps its length. */
export interface ExportClip extends Omit<ManifestClip, 'contentHash'> {
  contentHash: string | null
  recordingPath: string
  /** Its clips belong together where they have no group. */
  recordingId?: string
  recordingSeconds: number | null
  /** Of the recording, where its sound has been read. */
  sampleRateHz?: number | null
  channelCount?: number | null
  fold: string | null
  split: 'train' | 'validation' | 'test' | null
  isFullyAnnotated: boolean
  note: string
  group: string | null
  labels: ExportLabel[]
  annotations: ExportAnnotation[]
  /** Fields the importer kept from the source row (ESC-50's take, src_file, …). */
  source: Record<string, string>
  /** Where the labels hold what follows by the tree: how many of them, with those of its annotations, do. */
  followedLabels?: number
  /** Why its sound is not what is to be exported, where that is known: it is that of a snapshot, and another by now. */
  soundProblem?: string
  /** The features that came with it, where the format takes them. */
  embeddings?: ExportEmbedding[]
}

/** Features that came with a dataset, as JSON can hold them. */
export interface ExportEmbedding {
  name: string
  frames: number
  dimensions: number
  dtype: 'uint8' | 'float32'
  /** Frame by frame, in base64; float32 is little-endian. */
  data: string
}

/** How an export writes sound, names files and says what is unknown; the format ignores what it has no use for. */
export interface ExportOptions {
  /** Whole recordings byte for byte and parts cut, everything converted, or no sound where the format can do without. */
  sound: 'copy' | 'convert' | 'reference'
  /** What sound is written as that is cut or converted. */
  encoding: 'wav16' | 'wav24' | 'wav-float' | 'flac'
  /** null keeps each recording's own rate. */
  sampleRateHz: number | null
  /** File names as a template (`{class}/{recording}_{start}`); null leaves them to the format. */
  nameTemplate: string | null
  /**
   * What formats do that know only yes and no: write unknown as such (where there is a sign for it), let it read as
   * absent, or leave out the clips that are not fully annotated.
   */
  unknown: 'keep' | 'absent' | 'leave-out'
}

export const defaultExportOptions: ExportOptions = {
  sound: 'copy',
  encoding: 'wav16',
  sampleRateHz: null,
  nameTemplate: null,
  unknown: 'keep',
}

/** Clips in their order, to be walked any number of times; they need not stand in memory. */
export interface ClipList extends Iterable<ExportClip> {
  readonly length: number
  at(index: number): ExportClip | undefined
}

/** Labels that nobody has given and that follow from others by the tree of classes, on how many clips. */
export interface FollowedLabels {
  labels: number
  clips: number
}

/** Counts a clip's labels that follow; times −1 takes it out again. */
export function addFollowed(counts: FollowedLabels, { followedLabels = 0 }: ExportClip, times: 1 | -1 = 1): void {
  if (followedLabels === 0) return
  counts.labels += times * followedLabels
  counts.clips += times
}

/** A snapshot that is exported, as the report names it. */
export interface ExportedSnapshot {
  id: string
  /** Null for one that the start of a run made. */
  name: string | null
  /** ISO 8601, UTC. */
  at: string
  contentHash: string
  ontologyVersion: number
  /** Whether metadata is the snapshot's, and not the catalog's of now. */
  hasMetadata: boolean
}

/** What an export is of. */
export interface ExportManifest {
  kind: 'export'
  format: string
  /** Absolute path of the folder to create; the worker writes beside it and renames at the end. */
  out: string
  query: string
  options: ExportOptions
  /** The labels hold what follows from others by the tree of classes too. */
  propagate?: boolean
  /** The snapshot whose clips these are, in the place of what a query finds. */
  snapshot?: ExportedSnapshot | null
  catalogName: string
  classes: { name: string; code: number | null; mid: string | null }[]
  clips: ClipList
}

/** An export as the worker is told of it: its clips lie in a file, which ends with the job. */
export interface ExportJobManifest extends Omit<ExportManifest, 'clips'> {
  /** Absolute path: JSON lines, each an `ExportClip`. */
  clipsFile: string
}

/** Draws of an augmentation chain over clips, written as a dataset. */
export interface RenderManifest {
  kind: 'render'
  /** Absolute path of the folder to create; the worker writes beside it and renames at the end. */
  out: string
  catalogName: string
  query: string
  /** As an export's. */
  clipsFile: string
  chain: AugmentationChain
  /** For each step the sounds of its source; absent: no step has one. */
  materials?: ManifestMaterial[][]
  seed: number
  epoch: number
  /** Of each clip. */
  draws: number
  /** null keeps each recording's own rate. */
  sampleRateHz: number | null
  encoding: ExportOptions['encoding']
}

/** Listens to recordings and finds what they have in common. */
export interface AuditManifest {
  kind: 'audit'
  /** Where fingerprints are kept by the hash of the sound's file: may be thrown away. */
  cacheFolder: string
  /** Each content once. */
  sounds: { path: string; contentHash: string }[]
}

/**
 * Asks one question of this machine, in a process of its own that may crash or hang: what one backend proves
 * ('proof'), what is installed and what that means beside the proofs ('machine'), or whether anything of that has
 * changed ('machine-state').
 */
export type ProbeManifest = { kind: 'probe' } & (
  | { subject: 'backend'; backend: BackendName }
  | { subject: 'machine'; backends: BackendStatus[] }
  | { subject: 'state' }
)

/** Downloads, builds and proves the native TensorFlow for this person and machine. */
export interface SetupManifest {
  kind: 'setup'
  variant: SetupVariant
}

/** Asks what the setup would find on this machine; answered by one 'setup-machine' event. */
export interface InspectManifest {
  kind: 'inspect'
}

export type JobManifest =
  | TrainManifest
  | PredictManifest
  | ProposeManifest
  | LookManifest
  | BatchManifest
  | ImportManifest
  | PreviewManifest
  | SampleManifest
  | ExportJobManifest
  | RenderManifest
  | AuditManifest
  | ProbeManifest
  | SetupManifest
  | InspectManifest
export type WorkerKind = JobManifest['kind']
