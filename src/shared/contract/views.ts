import { z } from 'zod'
import { clipQuerySchema } from './clip-query'
import { call } from './define'
import { idSchema } from './labels'

/** A query kept under a name. */
export interface SavedView {
  id: string
  name: string
  /** In the text form; it finds what fits it now, not what did when it was saved. */
  query: string
  author: string
  /** ISO 8601. */
  at: string
}

export const viewNameSchema = z.string().trim().min(1).max(100)

/** Every one but `list` is one command that can be undone. */
export const viewCalls = {
  /** By name. */
  list: call(z.void()).returns<SavedView[]>(),
  /** Fails with 'conflict' where the name is taken; capitals make no other name. */
  save: call(z.strictObject({ name: viewNameSchema, query: clipQuerySchema })).returns<SavedView>(),
  /** Gives a view another name, another query, or both. */
  change: call(
    z.strictObject({ id: idSchema, name: viewNameSchema.optional(), query: clipQuerySchema.optional() }),
  ).returns<SavedView>(),
  remove: call(z.strictObject({ id: idSchema })).returns<void>(),
}
