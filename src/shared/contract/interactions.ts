import { z } from 'zod'
import { call } from './define'

/** Who used what how often: what came with lists such as the Million Song Dataset's Taste Profile. */
export interface InteractionSummary {
  users: number
  items: number
  /** Items that a clip of the catalog is heard of. */
  matchedItems: number
  /** Pairs of a user and an item. */
  pairs: number
  /** The sum of all counts. */
  total: number
  /** The items that were used most often, with a recording that has a clip of it. */
  top: { item: string; users: number; total: number; recordingPath: string | null }[]
}

export const interactionCalls = {
  /** Reads every row once: half a second for each million. @param top how many items to list */
  summarize: call(z.strictObject({ top: z.int().min(0).max(10_000) })).returns<InteractionSummary>(),
}
