/** What a worker tells the host. Everything is structured-cloneable; a worker never opens the catalog. */
import type { AppErrorData } from '../errors'
import type { BackendStatus, MachineDiagnosis } from './diagnosis'
import type { BackendName, JobManifest } from './manifest'
import type { SetupMachine } from './setup-machine'
import type { ClassMaps, ModelInput } from './model-view'
import type { InteractionRows } from './interaction-rows'
import type { NamedRows } from './named-rows'
import type { ProposedSegment } from '../proposals/propose-segments'
import type { ProposalFacts, TakenFrom } from '../proposals/provenance'
import type { NoSound, SoundFacts } from './sound-facts'
import type { BatchSound, BatchView } from './batch-view'

/** A file that could not be taken, or was taken with a reservation; `row` counts from 1 with the header as row 1. */
export interface ImportIssue {
  file: string
  row: number | null
  reason: string
  /**
   * A row whose file is not there or a file that no row names; a note of something that is no fault; a value beyond what
   * it can be; one that contradicts another row.
   */
  kind?: 'unmatched' | 'note' | 'outside' | 'conflicting'
}

/** What the dataset says of one sound file, before anybody has opened it. */
export interface PlannedRecording {
  /** Relative path, one of the listing. */
  path: string
  /** The CSV row that names it, the header being row 1; null where the format has no rows. */
  row: number | null
  clips: ClipDraft[]
}

/** One sound file, here or not, and what the dataset says of it; clips are windows of the recording. */
export type RecordingDraft = SoundDraft | (DraftHead & NoSound)

/** A recording whose sound was read. */
export type SoundDraft = DraftHead & SoundFacts

interface DraftHead {
  /** Relative to the dataset root, with forward slashes. */
  path: string
  clips: ClipDraft[]
}

export interface ClipDraft {
  startSeconds: number
  /** null is the end of the recording, which must then be known. */
  endSeconds: number | null
  fold: string | null
  split?: 'train' | 'validation' | 'test' | null
  /** Every class that is not present is known to be absent. */
  isFullyAnnotated?: boolean
  group: string | null
  labels: { className: string; state: 'present' | 'absent' }[]
  /** The dataset's own fields: they become the clip's metadata. */
  source: Record<string, string>
  note?: string
  annotations?: AnnotationDraft[]
  embeddings?: EmbeddingDraft[]
}

/** A segment of the recording, or a box where it has frequency bounds. */
export interface AnnotationDraft {
  /** A UUID that the source gives it; without one, equal span, bounds and tier are the same annotation. */
  id?: string
  /** Seconds in the recording. */
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
  tier: string
  /** null: the import itself. */
  author: string | null
  /** 0 to 1, where a model made it. */
  score: number | null
  note: string
  labels: { className: string; state: 'present' | 'absent' }[]
  /** Which proposal somebody took it from, in the catalog that it comes from. */
  origin?: TakenFrom
  /** What a run said of it there, and nobody had judged. */
  proposal?: ProposalFacts
}

/** Features that a dataset brings instead of sound (AudioSet's 128 quantised values a second). */
export interface EmbeddingDraft {
  name: string
  frames: number
  dimensions: number
  dtype: 'uint8' | 'float32'
  /** Frame by frame; float32 is little-endian. */
  data: Uint8Array
}

export interface ClassDraft {
  name: string
  code: number | null
  mid: string | null
}

/** The certificate of an export in short: what came back when it was read again. */
export interface RoundTripSummary {
  verdict: 'identical' | 'expected-losses' | 'faults'
  /** How many clips were compared. */
  clips: number
  differences: { what: string; kind: 'expected' | 'fault'; count: number; reason: string }[]
}

/** Two contents with a common part. */
export interface HashMatch {
  firstHash: string
  secondHash: string
  firstStartSeconds: number
  secondStartSeconds: number
  seconds: number
  /** Share of the fingerprints' bits that differ over it. */
  errorRate: number
}

export type WorkerEvent =
  | { type: 'progress'; done: number; total: number; message: string }
  /** What a person should hear of once; a `progress` message may be skipped for the next. */
  | { type: 'note'; message: string }
  | { type: 'classes'; classes: ClassDraft[] }
  | { type: 'recordings'; recordings: RecordingDraft[] }
  | { type: 'named'; rows: NamedRows }
  | { type: 'interactions'; rows: InteractionRows }
  /** Of a preview: what would be imported, without a look at the sound. */
  | { type: 'planned'; recordings: PlannedRecording[] }
  | { type: 'issues'; issues: ImportIssue[] }
  /** Files passed over because they are hidden or not sound; what the catalog has already, it counts itself. */
  | { type: 'skipped'; count: number }
  | { type: 'backend'; name: BackendName; reason: string; device: string }
  | { type: 'fold-started'; fold: string; trainClips: number; validationClips: number; testClips: number }
  | {
      type: 'epoch'
      fold: string
      epoch: number
      loss: number
      accuracy: number
      validationLoss: number | null
      validationAccuracy: number | null
      seconds: number
    }
  | { type: 'predictions'; fold: string; rows: { clipId: string; scores: Float32Array }[] }
  /** All that a run proposes on some clips; `modelHash` is of the weights of the model, or models, that heard them. */
  | { type: 'proposals'; rows: { clipId: string; fold: string; modelHash: string; segments: ProposedSegment[] }[] }
  | { type: 'model-input'; input: ModelInput }
  | { type: 'class-maps'; maps: ClassMaps }
  | { type: 'training-batch'; batch: BatchView }
  | { type: 'batch-sound'; sound: BatchSound }
  | { type: 'fold-finished'; fold: string; seconds: number; bestEpoch: number; parameters: number }
  | {
      type: 'exported'
      files: number
      clips: number
      /** The first thousand of the clips that were left out; the export's report has them all. */
      skipped: { clip: string; reason: string }[]
      skippedCount?: number
      roundTrip?: RoundTripSummary | null
      /** What the format or the person has decided, in sentences. */
      choices?: string[]
      warnings?: string[]
      /** The format that reads it into a catalog, where that is to be offered. */
      importAs?: string
    }
  /** What an audit has listened to, by content hash, and what it found the same; told once, at the end. */
  | { type: 'sounds'; heard: { contentHash: string; frames: number }[]; matches: HashMatch[] }
  | { type: 'proof'; backend: BackendStatus }
  | { type: 'machine'; machine: MachineDiagnosis }
  /** What the proofs depend on, in one word: when it differs, they are made again. */
  | { type: 'machine-state'; key: string }
  | { type: 'setup-machine'; machine: SetupMachine }
  | { type: 'done' }
  | { type: 'failed'; error: AppErrorData }

/**
 * What the host tells a worker: first its manifest, then of each batch (`isBatch`) that it has taken it; cancelling is
 * ending the process.
 */
export type WorkerCommand = { type: 'start'; manifest: JobManifest } | { type: 'taken' }

/** Whether an event brings rows that the host must have taken before many more are told. */
export function isBatch({ type }: WorkerEvent): boolean {
  return type === 'recordings' || type === 'named' || type === 'planned' || type === 'interactions'
}
