import { z } from 'zod'
import { call } from './define'
import { idSchema } from './labels'

export interface HistoryEntry {
  id: string
  /** What sort of edit, as "labels.set" or "import". */
  kind: string
  title: string
  author: string
  /** ISO 8601, UTC. */
  at: string
  isUndone: boolean
  changeCount: number
}

export interface HistoryState {
  /** What undo would take back, null when there is nothing. */
  undoTitle: string | null
  redoTitle: string | null
}

export interface HistoryStep {
  /** The title of what was undone or redone; null when there was nothing to do. */
  title: string | null
  state: HistoryState
}

/** One row that an edit changed, in words. */
export interface HistoryChange {
  /** Of what: a clip by its recording and time, a class, a folder. */
  subject: string
  /** What of it is otherwise, as "dog: unknown → present". */
  details: string[]
}

export interface HistoryChanges {
  changes: HistoryChange[]
  /** Rows that an import made, by what they are. */
  added: { noun: string; count: number }[]
  /** Changes beyond the listed. */
  more: number
}

const momentSchema = z.union([z.strictObject({ at: z.iso.datetime() }), z.strictObject({ entryId: idSchema })])

export const historyCalls = {
  /** Newest first; of these authors, kinds and times, where they are given. */
  list: call(
    z.strictObject({
      offset: z.int().min(0),
      limit: z.int().min(1).max(500),
      author: z.string().max(100).optional(),
      kind: z.string().max(100).optional(),
      since: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
    }),
  ).returns<{
    total: number
    entries: HistoryEntry[]
    state: HistoryState
  }>(),
  /** Who has edited, and what sorts of edits there are. */
  facets: call(z.void()).returns<{ authors: string[]; kinds: string[] }>(),
  /** What one edit changed. */
  changes: call(z.strictObject({ id: idSchema, limit: z.int().min(1).max(500).default(50) })).returns<HistoryChanges>(),
  state: call(z.void()).returns<HistoryState>(),
  undo: call(z.void()).returns<HistoryStep>(),
  redo: call(z.void()).returns<HistoryStep>(),
  /** Opens a copy of the catalog as it was: at a time, or right after an edit. It can only be read. */
  openAsOf: call(momentSchema).returns<void>(),
}
