/** Every question a window may ask and every event it may hear. */
import { agreementCalls } from './agreement'
import { annotationCalls } from './annotations'
import { backupCalls } from './backups'
import { batchCalls } from './batches'
import { clipCalls } from './clips'
import { computeCalls } from './compute'
import { coverageCalls } from './coverage'
import type { InputOf, OutputOf, SentOf } from './define'
import { exportCalls } from './exports'
import { featureCalls } from './features'
import { historyCalls, type HistoryState } from './history'
import { interactionCalls } from './interactions'
import { type Job, jobCalls } from './jobs'
import { type Keymap, keymapCalls } from './keymap'
import { labelCalls } from './labels'
import { mediaCalls } from './media'
import { metadataCalls } from './metadata'
import { modelViewCalls } from './model-view'
import { mergeCalls } from './merge'
import { ontologyCalls } from './ontology'
import { pictureCalls } from './picture'
import { proposalCalls } from './proposals'
import { recordingCalls } from './recordings'
import { renderCalls } from './renders'
import { reviewCalls } from './review'
import { runCalls, type RunEpoch } from './runs'
import { sessionCalls } from './sessions'
import { setupCalls } from './setup'
import { relinkCalls } from './relink'
import { snapshotCalls } from './snapshots'
import { splitCalls } from './splits'
import { viewCalls } from './views'
import { workspaceCalls } from './workspace'
import type { BackendName } from '../job/manifest'

export const contract = {
  workspace: workspaceCalls,
  recordings: recordingCalls,
  clips: clipCalls,
  labels: labelCalls,
  ontology: ontologyCalls,
  annotations: annotationCalls,
  history: historyCalls,
  runs: runCalls,
  compute: computeCalls,
  jobs: jobCalls,
  media: mediaCalls,
  exports: exportCalls,
  features: featureCalls,
  setup: setupCalls,
  snapshots: snapshotCalls,
  views: viewCalls,
  backups: backupCalls,
  relink: relinkCalls,
  splits: splitCalls,
  metadata: metadataCalls,
  coverage: coverageCalls,
  interactions: interactionCalls,
  merge: mergeCalls,
  review: reviewCalls,
  sessions: sessionCalls,
  agreement: agreementCalls,
  keymap: keymapCalls,
  picture: pictureCalls,
  modelView: modelViewCalls,
  batches: batchCalls,
  proposals: proposalCalls,
  renders: renderCalls,
}

export type Contract = typeof contract

/** What the host announces; events say that something changed, calls say what it is now. */
export interface HostEvents {
  /** A catalog was opened or closed, or its counts changed. */
  'workspace.changed': Record<string, never>
  /** Clips or their labels changed; null is "any of them". */
  'clips.changed': { clipIds: string[] | null }
  'annotations.changed': { clipId: string | null }
  'ontology.changed': Record<string, never>
  /** The person's keys are others now, perhaps by another window. */
  'keymap.changed': Keymap
  'history.changed': HistoryState
  /** A snapshot was made, or runs name others. */
  'snapshots.changed': Record<string, never>
  /** Features that are being written: clips of how many, or frames or segments of a long file. */
  'features.progress': { done: number; total: number }
  /** A look at a clip through a model: how far, and what is being done. */
  'modelView.progress': { clipId: string; done: number; total: number; message: string }
  /** A batch of a run that is being made again: how far, and what is being done. */
  'batches.progress': { runId: string; done: number; total: number; message: string }
  /** An export's preview has looked at so many clips. */
  'exports.looking': { done: number; total: number }
  /** Something that is asked for and takes long: a snapshot, a past moment, looking for moved files. */
  'catalog.working': { title: string; done: number; total: number }
  /**
   * A long compressed recording is being decoded, so that any part of it can be seen and heard, or the waveform of a
   * long one computed; done when all seconds are.
   */
  'media.preparing': {
    recordingId: string
    what: 'decoding' | 'waveform'
    doneSeconds: number
    totalSeconds: number
  }
  'jobs.changed': Job
  'runs.changed': { runId: string }
  'runs.epoch': { runId: string; epoch: RunEpoch }
  /** How a resumed run goes on: what was kept, what is trained again and why. */
  'runs.note': { runId: string; message: string }
  /** A backend is being proved and timed now; null when all have been. */
  'compute.measuring': { backend: BackendName | null }
}

export type EventName = keyof HostEvents

/** Given to every handler with its checked input. */
export interface CallContext {
  /** Who edits; written into the journal. */
  author: string
  /** Aborted when the caller cancels or goes away. */
  signal: AbortSignal
}

/** The main side: one function for every call. */
export type Handlers = {
  [N in keyof Contract]: {
    [C in keyof Contract[N]]: (
      input: InputOf<Contract[N][C]>,
      context: CallContext,
    ) => OutputOf<Contract[N][C]> | Promise<OutputOf<Contract[N][C]>>
  }
}

/** What a window holds: the same calls, asynchronous. */
export type Client = {
  [N in keyof Contract]: {
    [C in keyof Contract[N]]: (
      ...input: SentOf<Contract[N][C]> extends void
        ? [input?: undefined, options?: CallOptions]
        : [input: SentOf<Contract[N][C]>, options?: CallOptions]
    ) => Promise<OutputOf<Contract[N][C]>>
  }
}

export interface CallOptions {
  signal?: AbortSignal
}
