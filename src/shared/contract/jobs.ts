import { z } from 'zod'
import type { AppErrorData } from '../errors'
import { call } from './define'
import type { RoundTripSummary } from '../job/worker-event'
import { idSchema } from './labels'

/** Those of a catalog in processes of their own, kept in it; 'setup' is the machine's and needs no catalog. */
export type QueuedJobKind = 'import' | 'sample' | 'train' | 'predict' | 'propose' | 'export' | 'audit' | 'setup'
/** One transaction in a thread; 'edit' changes very many rows, 'history' undoes that, or makes it again. Not kept. */
export type ThreadJobKind = 'merge' | 'edit' | 'history'
export type JobKind = QueuedJobKind | ThreadJobKind
export type JobStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export interface ImportCounts {
  recordings: number
  clips: number
  labels: number
  annotations: number
  skipped: number
  /** Of a list of who used what how often. */
  interactions?: InteractionCounts
}

export interface InteractionCounts {
  users: number
  items: number
  /** Items that have got their first clip. */
  matchedItems: number
  /** Pairs of a user and an item that were added, and those that were here. */
  pairs: number
  known: number
}

/** Long work in a process or a thread of its own: queued, running with progress, then one of three ends. */
export interface Job {
  id: string
  kind: JobKind
  title: string
  status: JobStatus
  done: number
  /** 0 while unknown. */
  total: number
  message: string
  /** ISO 8601, UTC. */
  createdAt: string
  startedAt: string | null
  finishedAt: string | null
  error: AppErrorData | null
  runId: string | null
  issueCount: number
  importCounts: ImportCounts | null
  exportResult: ExportResult | null
}

export interface ExportResult {
  out: string
  files: number
  clips: number
  /** The first thousand of the clips that were left out; the export's report has them all. */
  skipped: { clip: string; reason: string }[]
  /** How many were left out; jobs of before it was counted list every one. */
  skippedCount?: number
  /** What reading the export again has shown; null where the format is only written. */
  roundTrip?: RoundTripSummary | null
  /** What the format or the person has decided, in sentences; the report has them too. */
  choices?: string[]
  /** What is to be heeded about the licences of the recordings. */
  warnings?: string[]
  /** The format that reads what was written into a catalog, where that is offered. */
  importAs?: string | null
}

export interface JobIssue {
  file: string
  row: number | null
  reason: string
}

export const jobCalls = {
  /** The open catalog's, and the machine's of this session; newest first. */
  list: call(z.void()).returns<Job[]>(),
  get: call(z.strictObject({ id: idSchema })).returns<Job>(),
  issues: call(z.strictObject({ id: idSchema })).returns<JobIssue[]>(),
  /** Ends the job; of one that is a transaction nothing stays. Does nothing to a job that has ended. */
  cancel: call(z.strictObject({ id: idSchema })).returns<Job>(),
}
