import { z } from 'zod'
import { call } from './define'
import { pathSchema } from './recordings'

/** A verified copy of a catalog's database. */
export interface Backup {
  /** Its file's name in the catalog's backups folder. */
  name: string
  /** ISO 8601, UTC. */
  at: string
  /** "by-hand", "before-restore" or "before-v6" (a new layout); null for one made by the clock. */
  reason: string | null
  bytes: number
  /** Null where the copy cannot be read. */
  counts: { clips: number; labels: number; annotations: number } | null
  /** What is wrong with it, in a sentence, as far as is known. */
  problem: string | null
}

export const backupCalls = {
  /** Newest first. @param path a catalog's folder, open or not; the open one when left out */
  list: call(z.strictObject({ path: pathSchema.optional() })).returns<Backup[]>(),
  /** As `list`, after every copy was read from end to end; one that is not as it was written has its `problem`. */
  check: call(z.strictObject({ path: pathSchema.optional() })).returns<Backup[]>(),
  /** Copies the open catalog now, off everybody's way, and verifies the copy. */
  make: call(z.void()).returns<{ name: string }>(),
  /**
   * Puts a catalog back to a copy and opens it; what it was is kept as another copy first.
   * @returns the name of that copy, null where the catalog was too damaged to be copied, and its file is kept instead
   */
  restore: call(z.strictObject({ path: pathSchema.optional(), name: z.string().min(1).max(100) })).returns<{
    kept: string | null
  }>(),
}
