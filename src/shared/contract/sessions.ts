import { z } from 'zod'
import type { Estimate } from '../metrics/agreement'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { type CommandResult, idSchema } from './labels'

export const ratingVerdictSchema = z.enum(['present', 'absent', 'unsure'])
/** Unsure is a judgement too: somebody listened and could not tell. The label stays as it was, or unknown. */
export type RatingVerdict = z.infer<typeof ratingVerdictSchema>

/** More segments than a person rates in weeks; a session is read and written whole. */
export const mostSegments = 10_000

/** What is rated: which clips, cut into what, with which classes on each. */
export const ratingPlanSchema = z.strictObject({
  query: clipQuerySchema,
  /** Longer clips are cut into segments of this length; what would be left of less than a quarter joins the last. */
  segmentSeconds: z.number().min(1).max(600).default(10),
  most: z.int().min(1).max(mostSegments).default(500),
  /** The classes to rate on a segment: all that one of these proposes. */
  proposals: z
    .strictObject({
      /** What is present on the clip, or on an annotation in the segment. */
      labels: z.boolean().default(true),
      /** What a run gives at least this score. */
      run: z
        .strictObject({ runId: idSchema, minScore: z.number().min(0).max(1) })
        .nullable()
        .default(null),
      /** These, on every segment. */
      classIds: z.array(idSchema).max(50).default([]),
    })
    .default({ labels: true, run: null, classIds: [] }),
  /** Leaves out classes that a person has judged on the clip; what came with an import or from a model is no judgement. */
  skipsJudged: z.boolean().default(true),
  /** Clips whose labels are known to be right, mixed in unseen: `share` of all segments, as far as there are any. */
  gold: z
    .strictObject({ query: clipQuerySchema, share: z.number().gt(0).max(0.5) })
    .nullable()
    .default(null),
  /** Which gold is drawn, and where it stands. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 31)
    .default(1),
})
export type RatingPlan = z.infer<typeof ratingPlanSchema>

/** What a plan would make, before it is made. */
export interface RatingPreview {
  clips: number
  /** Without gold. */
  segments: number
  /** Classes to rate, over all segments. */
  verdicts: number
  gold: number
  /** Clips of the query that no class is proposed for, or whose sound is missing. */
  leftOut: number
}

/**
 * How fast one person rates in one session, from its first verdict on, over all sittings: from what the catalog keeps, so
 * that the strip beside the segments and the tables say the same. Time is active: of each pause before an act at most
 * `idleSeconds` count. What was taken back counts neither as a verdict nor as time; skipping counts as time.
 */
export interface RatingPace {
  /** Segments of which every class was judged, at least one of them by this person. */
  segments: number
  /** Clips of these segments. */
  clips: number
  verdicts: number
  activeSeconds: number
  /** Keystrokes and clicks. */
  keyCount: number
  /** Middle of the active seconds that led to each verdict. */
  medianVerdictSeconds: number | null
  /** Per hour of active time; null before the first. */
  segmentsPerHour: number | null
  clipsPerHour: number | null
  /** Keystrokes and clicks for each segment that was rated; null before the first. */
  keysPerSegment: number | null
}

/** How one person rated in one session. */
export interface RaterStats extends RatingPace {
  author: string
  present: number
  absent: number
  unsure: number
  skipped: number
  /** Against the gold clips; null before one was rated. */
  gold: GoldAgreement | null
}

/** Two states, the label of the gold clip and the verdict: unsure ones stand apart. */
export interface GoldAgreement {
  units: number
  /** Share that is alike, 0 to 1; null where all are unsure. */
  observed: number | null
  /** Cohen's; null where it is not defined, as where all gold is present. */
  kappa: Estimate | null
  unsure: number
}

export interface RatingSession {
  id: string
  plan: RatingPlan
  author: string
  /** ISO 8601, UTC. */
  at: string
  total: number
  rated: number
  skipped: number
  /** The first segment that is neither rated nor skipped; null where none is left. */
  next: number | null
  /** By author; of nobody yet where nothing was rated. */
  stats: RaterStats[]
}

export interface RatingClass {
  classId: string
  name: string
  /** Of the run, or of the annotation, that proposes it. */
  score: number | null
  verdict: RatingVerdict | null
}

/** A segment to rate; whether it is gold is not told. */
export interface RatingItem {
  position: number
  clipId: string
  recordingId: string
  recordingPath: string
  /** Of the clip, in the recording. */
  clipStartSeconds: number
  clipEndSeconds: number
  /** Of the segment, in the recording. */
  startSeconds: number
  endSeconds: number
  sampleRateHz: number | null
  channelCount: number | null
  /** Of the clip. */
  note: string
  isSkipped: boolean
  classes: RatingClass[]
}

export interface RatingReport {
  session: RatingSession
  /** How each class was rated, and how that agrees with gold, by author and class. */
  classes: {
    author: string
    classId: string
    name: string
    present: number
    absent: number
    unsure: number
    gold: GoldAgreement | null
  }[]
  /** Verdicts that gold contradicts; at most 200. */
  missed: {
    position: number
    clipId: string
    recordingPath: string
    startSeconds: number
    endSeconds: number
    name: string
    gold: 'present' | 'absent'
    verdict: RatingVerdict
    author: string
  }[]
}

/** Of a pause before an act no more than this counts as work: about as long as hearing a segment twice takes. */
export const idleSeconds = 30

const placeSchema = { id: idSchema, position: z.int().min(0) }
const effortSchema = {
  /** Since the act before, without what was idle. */
  activeMs: z.int().min(0).max(86_400_000),
  keyCount: z.int().min(0).max(100_000),
}

export const sessionCalls = {
  preview: call(ratingPlanSchema).returns<RatingPreview>(),
  /** Draws the segments; they stay the same whatever becomes of the query. @throws 'conflict' where there are none */
  start: call(ratingPlanSchema).returns<RatingSession>(),
  /** Newest first. */
  list: call(z.void()).returns<RatingSession[]>(),
  get: call(z.strictObject({ id: idSchema })).returns<RatingSession>(),
  items: call(z.strictObject({ ...placeSchema, count: z.int().min(1).max(200) })).returns<RatingItem[]>(),
  /**
   * Judges a class of a segment. On a whole clip it becomes the clip's label, on a part of one that of an annotation over
   * the part, in the same edit; on gold it is only noted.
   */
  rate: call(
    z.strictObject({ ...placeSchema, classId: idSchema, verdict: ratingVerdictSchema, ...effortSchema }),
  ).returns<CommandResult>(),
  skip: call(z.strictObject({ ...placeSchema, ...effortSchema })).returns<CommandResult>(),
  /** Of whoever asks; null before their first verdict. */
  pace: call(z.strictObject({ id: idSchema })).returns<RatingPace | null>(),
  report: call(z.strictObject({ id: idSchema })).returns<RatingReport>(),
}
