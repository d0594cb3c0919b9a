import { z } from 'zod'
import { choosing } from './clip-choice'
import { call } from './define'

import { idSchema } from './ids'

export { idSchema }

/** Unknown is not negative: it says that nobody has judged the class on this clip. */
export const labelStateSchema = z.enum(['present', 'absent', 'unknown'])
export type LabelState = z.infer<typeof labelStateSchema>

/** What a person may say of a class: also that it cannot be told, which for training is unknown. */
export const verdictSchema = z.enum(['present', 'absent', 'unknown', 'unsure'])
export type Verdict = z.infer<typeof verdictSchema>

/** A judged class of a clip or an annotation; unknown classes are not listed. */
export interface Label {
  classId: string
  name: string
  state: 'present' | 'absent'
  author: string
}

/** Every edit answers with its line in the history; one of very many rows is a job, and answers when it has ended. */
export interface CommandResult {
  title: string
}

export const labelCalls = {
  /** Judges one class on clips. */
  set: call(choosing({ classId: idSchema, state: verdictSchema })).returns<CommandResult>(),
  /** Says of clips whether every class that is heard on them is labeled. */
  setFullyAnnotated: call(choosing({ isFullyAnnotated: z.boolean() })).returns<CommandResult>(),
  /**
   * A class is heard on a clip, or on a segment of it, and the clip is done with, in one edit: fully annotated where that
   * is said, and moved to a status. A clip that cannot go there from where it is stays.
   */
  finish: call(
    z.strictObject({
      clipId: idSchema,
      annotationId: idSchema.nullable().default(null),
      classId: idSchema,
      isFullyAnnotated: z.boolean().default(false),
      status: z.enum(['done', 'reviewed', 'accepted']).nullable().default(null),
    }),
  ).returns<CommandResult>(),
  /** Replaces what was present: the class becomes present, the other present ones absent. */
  correct: call(choosing({ toClassId: idSchema })).returns<CommandResult>(),
}
