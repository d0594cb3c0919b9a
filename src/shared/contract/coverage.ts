import { z } from 'zod'
import { type ClipQuery, clipQuerySchema, datasetParts } from './clip-query'
import { call } from './define'

export interface CoverageCell {
  clips: number
  seconds: number
}

/**
 * What is counted of a class: clips on which it is present, is judged absent, or is judged by nobody; or is present and
 * the clip is fully annotated, so that all other classes are absent there.
 */
export const coverageStates = ['present', 'absent', 'unknown', 'complete'] as const
export type CoverageState = (typeof coverageStates)[number]

/** How much of each class there is in each value of something. A clip counts for each of its classes. */
export interface Coverage {
  /** All clips, the largest first, those without a value last; null is "none". `complete` are the fully annotated ones. */
  columns: (CoverageCell & { value: string | null; complete: CoverageCell })[]
  /** Values beyond the columns shown. */
  hiddenColumns: number
  /** By class; null: clips without a present class, where present ones are counted. */
  rows: (CoverageCell & { name: string | null; cells: CoverageCell[] })[]
  total: CoverageCell
}

/** What can stand in the columns besides metadata. */
export const coverageColumns = ['split', 'fold', 'group'] as const

export const coverageCalls = {
  /** @param by one of `coverageColumns` or a name of metadata */
  read: call(
    z.strictObject({
      query: clipQuerySchema,
      by: z.string().min(1).max(200),
      state: z.enum(coverageStates).default('present'),
    }),
  ).returns<Coverage>(),
}

/** The clips of one cell; a row or a column as a whole where the other is left out. */
export function narrowToCell(
  query: ClipQuery,
  by: string,
  cell: { className?: string | null; value?: string | null },
  state: CoverageState = 'present',
): ClipQuery {
  const narrowed = structuredClone(query)
  const { className, value } = cell
  if (className === null) narrowed.lacks.push('label')
  else if (className !== undefined) {
    const judged = state === 'complete' ? 'present' : state
    narrowed.labels.push({ name: className, state: judged, isNegated: false })
  }
  if (state === 'complete' && !narrowed.is.includes('complete')) narrowed.is.push('complete')
  if (value === undefined) return narrowed
  if (value === null) narrowed.lacks.push(by)
  else if (by === 'fold') narrowed.folds = [value]
  else if (by === 'group') narrowed.group = value
  else if (by === 'split') narrowed.splits = datasetParts.filter((part) => part === value)
  else narrowed.metadata.push({ name: by, value })
  return narrowed
}
