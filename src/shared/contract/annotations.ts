import { z } from 'zod'
import { call } from './define'
import { type CommandResult, idSchema, type Label, labelStateSchema } from './labels'

/** A segment of a recording, or a box when it has frequency bounds. Times are seconds in the recording. */
export interface Annotation {
  id: string
  clipId: string
  startSeconds: number
  endSeconds: number
  lowHz: number | null
  highHz: number | null
  tier: string
  author: string
  /** Confidence 0 to 1 when a model made it. */
  score: number | null
  note: string
  labels: Label[]
}

const seconds = z.number().min(0).max(1e7)
const hertz = z.number().min(0).max(1e6).nullable()

export const annotationCalls = {
  list: call(z.strictObject({ clipId: idSchema })).returns<Annotation[]>(),
  /**
   * The span is clamped to the clip; it must be longer than 0. The window may choose the id, so that what it shows
   * at once can be labeled before the answer is back; one that exists already is a 'conflict'.
   */
  create: call(
    z.strictObject({
      id: z.uuidv7().optional(),
      clipId: idSchema,
      startSeconds: seconds,
      endSeconds: seconds,
      lowHz: hertz.default(null),
      highHz: hertz.default(null),
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
  setLabel: call(z.strictObject({ id: idSchema, classId: idSchema, state: labelStateSchema })).returns<Annotation>(),
  remove: call(z.strictObject({ ids: z.array(idSchema).min(1).max(10_000) })).returns<CommandResult>(),
}
