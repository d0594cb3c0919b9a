import { z } from 'zod'
import { choosing } from './clip-choice'
import { call } from './define'
import { type CommandResult, idSchema } from './labels'

export const reviewStatusSchema = z.enum(['unlabeled', 'done', 'reviewed', 'accepted', 'returned'])
export type ReviewStatus = z.infer<typeof reviewStatusSchema>

/** Where a clip may go from where it is. */
export const nextStatuses: Readonly<Record<ReviewStatus, readonly ReviewStatus[]>> = {
  unlabeled: ['done'],
  done: ['reviewed', 'returned', 'unlabeled'],
  reviewed: ['accepted', 'returned', 'done'],
  accepted: ['returned', 'done'],
  returned: ['done'],
}

export interface ReviewComment {
  text: string
  author: string
  /** ISO 8601, UTC. */
  at: string
}

/** A clip as a queue shows it. */
export interface ReviewItem {
  id: string
  recordingPath: string
  /** Seconds in the recording. */
  startSeconds: number
  endSeconds: number
  status: ReviewStatus
  labels: { classId: string; name: string; state: 'present' | 'absent'; author: string }[]
  /** Oldest first. */
  comments: ReviewComment[]
}

/** Where clips stand, and what was said when they were returned. */
export interface ReviewStanding {
  counts: Record<ReviewStatus, number>
  /** Oldest first; of one clip only. */
  comments: ReviewComment[]
}

/** How many of some clips can go to a status from where they are. */
export function countMovable(counts: Readonly<Record<ReviewStatus, number>>, to: ReviewStatus): number {
  return reviewStatusSchema.options.reduce((sum, from) => sum + (nextStatuses[from].includes(to) ? counts[from] : 0), 0)
}

/** Clips drawn to be judged once more, without their labels and authors. */
export interface BlindSample {
  id: string
  seed: number
  author: string
  at: string
  clips: { id: string; recordingPath: string; startSeconds: number; endSeconds: number; isJudged: boolean }[]
}

export const reviewCalls = {
  /** Clips of one status, those of the oldest import first; `by` keeps those that this person has labeled. */
  queue: call(
    z.strictObject({
      status: reviewStatusSchema,
      by: z.string().min(1).max(200).nullable().default(null),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(1000).default(100),
    }),
  ).returns<{ total: number; items: ReviewItem[] }>(),
  /** How many clips stand where, and who has labeled. */
  counts: call(z.void()).returns<{ counts: Record<ReviewStatus, number>; authors: string[] }>(),
  /** Of some clips, selected or looked at. */
  standing: call(choosing({})).returns<ReviewStanding>(),
  /**
   * Moves clips on; a comment is wanted where they are returned. A step that `nextStatuses` lacks is a 'conflict', or,
   * where `others` are left, clips that lack it stay as they are, unless all do.
   */
  setStatus: call(
    choosing({
      status: reviewStatusSchema,
      comment: z.string().trim().max(2000).default(''),
      others: z.enum(['refuse', 'leave']).default('refuse'),
    }),
  ).returns<CommandResult>(),
  /** Draws clips by chance from the seed, the same ones whenever the same clips stand to choose. */
  drawSample: call(
    z.strictObject({
      size: z.int().min(1).max(10_000),
      seed: z
        .int()
        .min(0)
        .max(2 ** 31),
      statuses: z.array(reviewStatusSchema).min(1).max(5).default(['done', 'reviewed', 'accepted']),
    }),
  ).returns<BlindSample>(),
  samples: call(z.void()).returns<BlindSample[]>(),
  /**
   * A second judgement of a clip of a sample: these classes are heard; what others have judged on the clip and is not
   * among them is absent to this person.
   */
  judgeBlind: call(
    z.strictObject({ sampleId: idSchema, clipId: idSchema, classIds: z.array(idSchema).max(1000) }),
  ).returns<CommandResult>(),
}
