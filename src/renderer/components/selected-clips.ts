import type { ClipChoice } from '../../shared/contract/clip-choice'

/** What is selected in a list of clips: some by their ids, or all of a query but a few. */
export interface SelectedClips {
  /** Null: nothing. */
  choice: ClipChoice | null
  count: number
}

export const nothingSelected: SelectedClips = { choice: null, count: 0 }

/** One clip. */
export const selectOne = (id: string): SelectedClips => ({ choice: { clipIds: [id] }, count: 1 })
