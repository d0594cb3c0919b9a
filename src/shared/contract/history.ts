import { z } from 'zod'
import { call } from './define'

export interface HistoryEntry {
  id: string
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

export const historyCalls = {
  list: call(z.strictObject({ offset: z.int().min(0), limit: z.int().min(1).max(500) })).returns<{
    total: number
    entries: HistoryEntry[]
    state: HistoryState
  }>(),
  state: call(z.void()).returns<HistoryState>(),
  undo: call(z.void()).returns<HistoryStep>(),
  redo: call(z.void()).returns<HistoryStep>(),
}
