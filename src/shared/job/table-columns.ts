/** What a column of a table may tell. */
export const columnRoles = [
  'file',
  'start',
  'end',
  'duration',
  'label',
  'state',
  'low',
  'high',
  'score',
  'tier',
  'author',
  'note',
  'fold',
  'split',
  'group',
  'complete',
  'kind',
  'id',
] as const

export type ColumnRole = (typeof columnRoles)[number]

/** How to read tables whose columns have names of their own. */
export interface TableReading {
  /** Names of columns by what they tell; case does not matter. */
  columns: Partial<Record<ColumnRole, string>>
  /** Divides several classes in one field; null where a field is one class. */
  labelSeparator: string | null
  timeUnit: 's' | 'ms'
}
