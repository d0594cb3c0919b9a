import { z } from 'zod'
import { clipQuerySchema, datasetParts } from './clip-query'
import { call } from './define'
import { idSchema, type CommandResult } from './labels'

const share = z.number().min(0).max(100)
const metadataNames = z.array(z.string().min(1).max(200)).max(10)

/** A split to be made. */
export const splitPlanSchema = z.strictObject({
  query: clipQuerySchema,
  into: z.discriminatedUnion('kind', [
    /** Shares in per cent, or in any unit: they need not add up to 100. */
    z.strictObject({ kind: z.literal('parts'), train: share, validation: share, test: share }),
    /** Folds named 1, 2, … */
    z.strictObject({ kind: z.literal('folds'), count: z.int().min(2).max(50) }),
  ]),
  /** Metadata whose clips of one value stay together, besides recordings, groups and what sounds the same. */
  together: metadataNames.default([]),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
  /** What clips have already is dealt anew; otherwise it is respected. */
  replaces: z.boolean().default(false),
})
export type SplitPlan = z.infer<typeof splitPlanSchema>

/** What a plan would make of the clips. */
export interface SplitPreview {
  parts: { name: string; clips: number; seconds: number; groups: number }[]
  /** Clips of each class in each part, in the order of the parts. */
  classes: { name: string; counts: number[] }[]
  /** Clips that have their place already and keep it. */
  kept: number
  /** Clips that get another place. */
  changed: number
  left: { reason: string; count: number }[]
}

export interface SplitLock {
  author: string
  /** ISO 8601, UTC. */
  at: string
}

export interface SplitState {
  /** Of the test set: while it is there, no command moves clips in or out of it. */
  lock: SplitLock | null
  parts: { name: (typeof datasetParts)[number] | null; clips: number; seconds: number }[]
  folds: { name: string | null; clips: number; seconds: number }[]
  /** Names of metadata with the number of their different values. */
  metadata: { name: string; values: number }[]
}

export const leakKinds = ['same-audio', 'near-duplicate', 'group', 'missing-class'] as const
export type LeakKind = (typeof leakKinds)[number]

/** Something on both sides of a split. */
export interface Leak {
  kind: LeakKind
  /** One sentence. */
  message: string
  parts: string[]
  /** As many as a person can look at; `clipCount` is how many there are. */
  clips: { id: string; recordingPath: string; startSeconds: number; endSeconds: number; part: string }[]
  clipCount: number
}

export interface LeakReport {
  by: 'split' | 'fold'
  clips: number
  parts: string[]
  /** The worst first; at most 500, `leakCount` and `missingCount` count all. */
  findings: Leak[]
  /** Same audio, near-duplicates and groups: what makes a test worthless. */
  leakCount: number
  /** Classes that a part lacks: reported, and no leak. */
  missingCount: number
  /** Recordings of these clips that have been compared by their sound. */
  heard: number
  /** Recordings of these clips that have never been compared by their sound. */
  unheard: number
  /** Recordings of these clips that are known by name alone, and cannot be compared. */
  withoutSound: number
}

export const auditSchema = z.strictObject({
  query: clipQuerySchema,
  by: z.enum(['split', 'fold']),
  together: metadataNames.default([]),
})
export type AuditRequest = z.infer<typeof auditSchema>

export const splitCalls = {
  state: call(z.void()).returns<SplitState>(),
  preview: call(splitPlanSchema).returns<SplitPreview>(),
  make: call(splitPlanSchema).returns<CommandResult>(),
  /** Puts clips into a part by hand, or out of all of them. */
  assign: call(
    z.strictObject({ clipIds: z.array(idSchema).min(1).max(100_000), part: z.enum(datasetParts).nullable() }),
  ).returns<CommandResult>(),
  lock: call(z.void()).returns<CommandResult>(),
  unlock: call(z.void()).returns<CommandResult>(),
  /** Looks for leaks in what is known; the sound counts as far as it has been listened to. */
  audit: call(auditSchema).returns<LeakReport>(),
  /** Listens to every recording of the catalog, so that the audit finds what sounds the same. */
  listen: call(z.void()).returns<{ jobId: string }>(),
}
