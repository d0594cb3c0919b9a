import { z } from 'zod'
import { call } from './define'

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

export const idSchema = z.string().min(1).max(100)

/** Every edit answers with its line in the history. */
export interface CommandResult {
  title: string
}

export const labelCalls = {
  /** Judges one class on clips. */
  set: call(
    z.strictObject({ clipIds: z.array(idSchema).min(1).max(100_000), classId: idSchema, state: verdictSchema }),
  ).returns<CommandResult>(),
  /** Says of clips whether every class that is heard on them is labeled. */
  setFullyAnnotated: call(
    z.strictObject({ clipIds: z.array(idSchema).min(1).max(100_000), isFullyAnnotated: z.boolean() }),
  ).returns<CommandResult>(),
  /** Replaces what was present: the class becomes present, the other present ones absent. */
  correct: call(
    z.strictObject({ clipIds: z.array(idSchema).min(1).max(100_000), toClassId: idSchema }),
  ).returns<CommandResult>(),
}
