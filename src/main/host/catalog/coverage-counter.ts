/** Coverage of a query's clips from columns in memory: the same as `readCoverage` says by SQL. */
import type { Coverage, CoverageCell } from '../../../shared/contract/coverage'
import { datasetParts } from '../../../shared/contract/clip-query'
import { AppError } from '../../../shared/errors'
import { type ClipColumns, clipFlag, LabelCursor } from './clip-columns'
import type { ClipSet } from './clip-set'
import { arrangeCoverage, type CoverageCounts, type CoverageQuestion, readCoverage } from './coverage'
import type { Database } from './database'
import type { ValueColumns } from './value-columns'

/** Up to so many clips SQL counts a metadata of too many values to be numbered. */
const mostBySql = 20_000

interface Parts {
  database: Database
  columns: ClipColumns
  values: ValueColumns
}

/** @throws AppError 'invalid-argument' for metadata of another value on nearly each of very many clips */
export function countCoverage(parts: Parts, set: ClipSet, question: CoverageQuestion): Coverage {
  const { database, columns } = parts
  const { by, state } = question
  const source = findCodes(parts, by)
  if (source === null) {
    if (set.count() <= mostBySql) return readCoverage(database, question)
    throw new AppError('invalid-argument', `“${by}” has too many different values for a table.`, {
      hint: 'Narrow the query to fewer clips, or choose another column.',
    })
  }
  const { codes, none, names } = source
  const width = names.length + 1
  const { top } = database.get<{ top: number }>('SELECT coalesce(max(key), 0) AS top FROM ontology_classes')!
  // Column 0 are those without a value; the last row are clips without a present class.
  const cells = new Sums((top + 2) * width)
  const all = new Sums(width)
  const complete = new Sums(width)
  const isOnlyComplete = state === 'complete'
  const wanted = { present: 0b10, complete: 0b10, absent: 0b01, unknown: 0b11 }[state]
  const cursor = new LabelCursor(columns)
  for (const position of set.toArray()) {
    const column = codes[position]! - none
    const seconds = columns.seconds[position]!
    const isComplete = (columns.flags[position]! & clipFlag.complete) !== 0
    all.add(column, seconds)
    if (isComplete) complete.add(column, seconds)
    else if (isOnlyComplete) continue
    const { codes: labels, start, end } = cursor.seek(position)
    let isAny = false
    for (let at = start; at < end; at++) {
      const label = labels[at]!
      if ((wanted & (1 << (label & 1))) === 0) continue
      isAny = true
      cells.add((label >>> 1) * width + column, seconds)
    }
    if (!isAny) cells.add((top + 1) * width + column, seconds)
  }
  const counts: CoverageCounts = { columns: new Map(), cells: new Map() }
  const valueOf = (column: number): string | null => (column === 0 ? null : names[column - 1]!)
  for (let column = 0; column < width; column++)
    if (all.clips[column]! > 0)
      counts.columns.set(valueOf(column), { ...all.get(column), complete: complete.get(column) })
  for (let key = 0; key <= top + 1; key++)
    for (let column = 0; column < width; column++) {
      const at = key * width + column
      if (cells.clips[at] === 0) continue
      const place = key > top ? null : key
      const row = counts.cells.get(place) ?? new Map<string | null, CoverageCell>()
      counts.cells.set(place, row.set(valueOf(column), cells.get(at)))
    }
  return arrangeCoverage(database, by, state, counts)
}

/** Cells for at most as many classes and values: 12 bytes each. */
const mostValues = 20_000

/** The number of each clip's value less `none` is 0 where it has none, else one more than the place of its name. */
function findCodes(
  { columns, values }: Parts,
  by: string,
): { codes: ArrayLike<number>; none: number; names: readonly string[] } | null {
  if (by === 'split') return { codes: columns.splits, none: -1, names: datasetParts }
  if (by === 'fold') return { codes: columns.folds, none: -1, names: columns.foldNames }
  const column = values.get(by === 'group' ? null : by)
  if (!column || !('numbers' in column) || column.values.length > mostValues) return null
  return { codes: column.codes, none: 0, names: column.values }
}

class Sums {
  readonly clips: Uint32Array
  readonly seconds: Float64Array

  constructor(size: number) {
    this.clips = new Uint32Array(size)
    this.seconds = new Float64Array(size)
  }

  add(at: number, seconds: number): void {
    this.clips[at]!++
    this.seconds[at]! += seconds
  }

  get(at: number): CoverageCell {
    return { clips: this.clips[at]!, seconds: this.seconds[at]! }
  }
}
