import { z } from 'zod'
import { type ClipQuery, clipQuerySchema, datasetParts } from './clip-query'
import { call } from './define'

export interface CoverageCell {
  clips: number
  seconds: number
}

/** How much of each class there is in each value of something. A clip counts for each of its present classes. */
export interface Coverage {
  /** The largest first, those without a value last; null is "none". */
  columns: (CoverageCell & { value: string | null })[]
  /** Values beyond the columns shown. */
  hiddenColumns: number
  rows: (CoverageCell & { name: string | null; cells: CoverageCell[] })[]
  total: CoverageCell
}

/** What can stand in the columns besides metadata. */
export const coverageColumns = ['split', 'fold', 'group'] as const

export const coverageCalls = {
  /** @param by one of `coverageColumns` or a name of metadata */
  read: call(z.strictObject({ query: clipQuerySchema, by: z.string().min(1).max(200) })).returns<Coverage>(),
}

/** The clips of one cell; a row or a column as a whole where the other is left out. */
export function narrowToCell(
  query: ClipQuery,
  by: string,
  cell: { className?: string | null; value?: string | null },
): ClipQuery {
  const narrowed = structuredClone(query)
  const { className, value } = cell
  if (className === null) narrowed.lacks.push('label')
  else if (className !== undefined) narrowed.labels.push({ name: className, state: 'present', isNegated: false })
  if (value === undefined) return narrowed
  if (value === null) narrowed.lacks.push(by)
  else if (by === 'fold') narrowed.folds = [value]
  else if (by === 'group') narrowed.group = value
  else if (by === 'split') narrowed.splits = datasetParts.filter((part) => part === value)
  else narrowed.metadata.push({ name: by, value })
  return narrowed
}
