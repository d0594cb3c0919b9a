import { z } from 'zod'
import { call } from './define'
import { idSchema } from './labels'
import { pathSchema } from './recordings'

/** What became of a recording whose file is not where it was. */
export interface RelinkRow {
  recording: string
  /**
   * found: the same content is at `place`; changed: a file of the same name has another content; ambiguous: several
   * files have the content, none of the same name; lost: nothing has it; taken: the catalog has a recording there already.
   */
  verdict: 'found' | 'changed' | 'ambiguous' | 'lost' | 'taken'
  /** Where it was found, or what speaks against it. */
  place: string
}

export interface RelinkPlan {
  id: string
  /** Recordings below the old place. */
  recordings: number
  /** Whose file is still where it was: left alone. */
  inPlace: number
  verdicts: Record<RelinkRow['verdict'], number>
  /** Bytes that were read to compare contents. */
  hashedBytes: number
  /** The first 500, those that were not found first. */
  rows: RelinkRow[]
}

export const relinkCalls = {
  /** Looks for missing files of recordings below `from` under `to`, by size and then by content; changes nothing. */
  plan: call(z.strictObject({ from: pathSchema, to: pathSchema })).returns<RelinkPlan>(),
  /** Makes the found ones of the newest plan be where they were found: one edit, which can be undone. */
  apply: call(z.strictObject({ id: idSchema })).returns<{ relinked: number }>(),
  /** The folders that recordings come from, with how many of each were missing when last looked at. */
  roots: call(z.void()).returns<{ path: string; recordings: number; missing: number }[]>(),
}
