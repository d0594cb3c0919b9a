import { z } from 'zod'
import { type ClipQuery, clipQuerySchema } from './clip-query'
import { idSchema } from './ids'

/** More clips than this are chosen by a query, and not by their ids. */
export const mostChosen = 100_000

/** Clips that an edit is about: by their ids, or all that a query finds but a few. */
export interface ClipChoice {
  clipIds?: string[] | undefined
  query?: ClipQuery | undefined
  /** Of the query's clips, those that are left out. */
  exceptIds?: string[] | undefined
}

/** The check of a call that edits clips and says more of how. */
export function choosing<S extends z.ZodRawShape>(rest: S) {
  const shape = {
    clipIds: z.array(idSchema).min(1).max(mostChosen).optional(),
    query: clipQuerySchema.optional(),
    exceptIds: z.array(idSchema).max(1000).optional(),
    ...rest,
  }
  return z
    .strictObject(shape)
    .refine(
      (input) => ((input as ClipChoice).clipIds === undefined) !== ((input as ClipChoice).query === undefined),
      'either clipIds or a query says which clips',
    )
}
