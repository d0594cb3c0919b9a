import { z } from 'zod'
import type { ProposalFacts } from '../proposals/provenance'
import { call } from './define'
import { type CommandResult, idSchema, type Label, verdictSchema } from './labels'

export type { ProposalFacts }

/** A segment of a recording, or a box when it has frequency bounds. Times are seconds in the recording. */
export interface Annotation {
  id: string
  clipId: string
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
  /** Named layer: 'human', 'model', 'reviewer', or what an import brought. */
  tier: string
  author: string
  /** Confidence 0 to 1 when a model made it. */
  score: number | null
  note: string
  labels: Label[]
  /** Classes of which somebody has said that it cannot be told. */
  doubts: Doubt[]
  origin: AnnotationOrigin | null
  /** What the run that proposed it says of it; null also for what an import brought that did not say. */
  proposal: ProposalFacts | null
  /** What a person said to what a model proposed. */
  verdict: ProposalVerdict | null
  /** Who said it, and when in milliseconds since 1970. */
  judged: { author: string; at: number } | null
}

export interface Doubt {
  classId: string
  name: string
  author: string
}

/** What a segment was made from; the source may be gone. */
export interface AnnotationOrigin {
  act: 'copied' | 'split' | 'accepted' | 'edited'
  sourceId: string | null
  runId: string | null
  /** The run that proposed it, or who made the imported proposal, and the fold: for when the source is not here. */
  runName: string | null
  fold: string | null
  score: number | null
  author: string
  /** Milliseconds since 1970. */
  at: number
  /** The source as it is now; null where it is gone. */
  source: {
    startSeconds: number
    endSeconds: number
    lowHz: number | null
    highHz: number | null
    author: string
    proposal: ProposalFacts | null
  } | null
}

/** What a person says to a proposed segment. An edited one was accepted to be corrected. */
export const proposalVerdicts = ['accepted', 'edited', 'rejected'] as const
export type ProposalVerdict = (typeof proposalVerdicts)[number]

/** A named layer of segments in the catalog. */
export interface Tier {
  name: string
  count: number
  /** Who locked it against edits by hand. */
  lockedBy: string | null
}

/** The tiers that are always offered, also while they are empty. */
export const standardTiers = ['human', 'model', 'reviewer'] as const

const seconds = z.number().min(0).max(1e7)
const hertz = z.number().min(0).max(1e6).nullable()
export const tierSchema = z.string().trim().min(1).max(100)
/** The window may choose the ids of what is made, so that what it shows at once can be edited before the answer. */
const newId = z.uuidv7()

export const annotationCalls = {
  list: call(z.strictObject({ clipId: idSchema })).returns<Annotation[]>(),
  /** The span is clamped to the clip; it must be longer than 0. An id that exists already is a 'conflict'. */
  create: call(
    z.strictObject({
      id: newId.optional(),
      clipId: idSchema,
      startSeconds: seconds,
      endSeconds: seconds,
      lowHz: hertz.default(null),
      highHz: hertz.default(null),
      tier: tierSchema.default('human'),
      classIds: z.array(idSchema).max(100).default([]),
    }),
  ).returns<Annotation>(),
  update: call(
    z.strictObject({
      id: idSchema,
      startSeconds: seconds.optional(),
      endSeconds: seconds.optional(),
      lowHz: hertz.optional(),
      highHz: hertz.optional(),
      note: z.string().max(10_000).optional(),
    }),
  ).returns<Annotation>(),
  setLabel: call(z.strictObject({ id: idSchema, classId: idSchema, state: verdictSchema })).returns<Annotation>(),
  /** Cuts a segment in two at a moment inside it; the later part has the new id, and all that was said of the whole. */
  split: call(z.strictObject({ id: idSchema, atSeconds: seconds, newId: newId.optional() })).returns<Annotation[]>(),
  /** Makes one segment of several of one clip and tier; the earliest stays, over all of them and with all labels. */
  merge: call(z.strictObject({ ids: z.array(idSchema).min(2).max(1000) })).returns<Annotation>(),
  /** Copies segments with their labels, into another tier or their own. */
  copy: call(
    z.strictObject({
      copies: z
        .array(z.strictObject({ id: idSchema, newId: newId.optional() }))
        .min(1)
        .max(1000),
      /** null: each into its own. */
      tier: tierSchema.nullable().default(null),
    }),
  ).returns<Annotation[]>(),
  remove: call(z.strictObject({ ids: z.array(idSchema).min(1).max(10_000) })).returns<CommandResult>(),
  tiers: call(z.void()).returns<Tier[]>(),
  /** A locked tier takes no edits by hand. */
  lockTier: call(z.strictObject({ tier: tierSchema, isLocked: z.boolean() })).returns<CommandResult>(),
}
