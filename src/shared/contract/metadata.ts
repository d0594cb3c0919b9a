import { z } from 'zod'
import { choosing } from './clip-choice'
import { clipQuerySchema, queryKeys } from './clip-query'
import { call } from './define'
import type { CommandResult } from './labels'

/** Names that an export writes into its CREDITS: of a recording, on each of its clips. */
export const creditNames = ['licence', 'attribution', 'source_url'] as const

export const metadataNameSchema = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[A-Za-z][\w.-]*$/, 'A name begins with a letter and has letters, digits, - . and _ only.')

/** Whether a name means something else in a query. */
export const isTakenName = (name: string): boolean => queryKeys.some((key) => key === name)

export interface PatternPreview {
  names: string[]
  matched: number
  unmatched: number
  /** Values that are there already and would be another. */
  replaced: number
  /** The first of each kind. */
  rows: { clipId: string; path: string; values: Record<string, string> | null }[]
}

const pattern = z.strictObject({ query: clipQuerySchema, pattern: z.string().min(1).max(500) })

export const metadataCalls = {
  /** Names with the number of clips that have them. */
  names: call(z.void()).returns<{ name: string; clips: number }[]>(),
  /** Sets one value of clips; null takes it away. */
  set: call(
    choosing({ name: metadataNameSchema, value: z.string().trim().min(1).max(1000).nullable() }),
  ).returns<CommandResult>(),
  /** What a pattern of file names finds; changes nothing. */
  previewPattern: call(pattern).returns<PatternPreview>(),
  /** Keeps what a pattern finds as metadata of the clips: one command. */
  applyPattern: call(pattern).returns<CommandResult>(),
}
