import type { z } from 'zod'

/** One question a window may ask: its checked input and, as a type only, its answer. */
export interface CallDefinition<Checked, Answer, Sent = Checked> {
  input: z.ZodType<Checked, Sent>
  /** Never present at run time; carries the answer's type. */
  readonly answer?: { type: Answer }
}

/** `call(inputCheck).returns<Answer>()` declares a call of the contract. */
export function call<Checked, Sent>(
  input: z.ZodType<Checked, Sent>,
): { returns<Answer>(): CallDefinition<Checked, Answer, Sent> } {
  return { returns: () => ({ input }) }
}

/** What a handler gets, defaults filled in. */
export type InputOf<D> = D extends CallDefinition<infer Checked, unknown, unknown> ? Checked : never
/** What a caller gives; parts with a default may be left out. */
export type SentOf<D> = D extends CallDefinition<unknown, unknown, infer Sent> ? Sent : never
export type OutputOf<D> = D extends CallDefinition<unknown, infer Answer, unknown> ? Answer : never
