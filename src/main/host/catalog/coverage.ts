import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Coverage, CoverageCell, CoverageState } from '../../../shared/contract/coverage'
import { compileClipQuery } from './clip-query'
import { compareFolds } from './clips'
import type { Database } from './database'

export interface CoverageQuestion {
  query: ClipQuery
  /** split, fold, group, or a name of metadata. */
  by: string
  state: CoverageState
}

/** What has been counted, by the values of the columns; null is "none". */
export interface CoverageCounts {
  columns: Map<string | null, CoverageCell & { complete: CoverageCell }>
  /**
   * By class key: clips on which the class is present or absent, as is asked; for unknown, those that are judged. null:
   * clips without a present class.
   */
  cells: Map<number | null, Map<string | null, CoverageCell>>
}

/** Columns at most: a table that nobody can read helps nobody. */
const mostColumns = 40

/** Hours and clips of each class in each value of a column of clips or of metadata, by SQL. */
export function readCoverage(database: Database, { query, by, state }: CoverageQuestion): Coverage {
  const { from, values } = compileClipQuery(query)
  const column = { split: 'c.split', fold: 'c.fold', group: 'c.group_key' }[by]
  const value =
    column ??
    `(SELECT m.value FROM clip_metadata m WHERE m.clip_key = c.key
       AND m.name_key = (SELECT key FROM metadata_names WHERE name = ?))`
  const bound = column === undefined ? [by, ...values] : values
  const chosen = `WITH chosen AS (SELECT c.key, ${value} AS value, c.end_seconds - c.start_seconds AS seconds,
    c.is_fully_annotated AS complete ${from})`
  const columns = database.all<CoverageCell & { value: string | null; completeClips: number; completeSeconds: number }>(
    `${chosen} SELECT value, count(*) AS clips, sum(seconds) AS seconds, sum(complete) AS completeClips,
       coalesce(sum(seconds) FILTER (WHERE complete), 0) AS completeSeconds FROM chosen GROUP BY 1`,
    ...bound,
  )
  const states = { present: '1', complete: '1', absent: '0', unknown: '0, 1' }[state]
  const cells = database.all<CoverageCell & { classKey: number | null; value: string | null }>(
    `${chosen} SELECT l.class_key AS classKey, chosen.value, count(*) AS clips, sum(chosen.seconds) AS seconds
       FROM chosen LEFT JOIN clip_labels l ON l.clip_key = chosen.key AND l.state IN (${states})
       ${state === 'complete' ? 'WHERE complete' : ''} GROUP BY 1, 2`,
    ...bound,
  )
  const counts: CoverageCounts = { columns: new Map(), cells: new Map() }
  for (const { value: own, clips, seconds, completeClips, completeSeconds } of columns)
    counts.columns.set(own, { clips, seconds, complete: { clips: completeClips, seconds: completeSeconds } })
  for (const { classKey, value: own, clips, seconds } of cells) {
    const row = counts.cells.get(classKey) ?? new Map<string | null, CoverageCell>()
    counts.cells.set(classKey, row.set(own, { clips, seconds }))
  }
  return arrangeCoverage(database, by, state, counts)
}

/** Puts counts in the order in which people read them; what is unknown is what is left of a column. */
export function arrangeCoverage(
  database: Database,
  by: string,
  state: CoverageState,
  counts: CoverageCounts,
): Coverage {
  const columns = [...counts.columns].map(([value, column]) => ({ value, ...column }))
  columns.sort((a, b) => b.clips - a.clips || ((a.value ?? '') < (b.value ?? '') ? -1 : 1))
  const named = columns.filter((entry) => entry.value !== null)
  const shown = [...named.slice(0, mostColumns), ...columns.filter((entry) => entry.value === null)]
  const order = ['train', 'validation', 'test']
  if (by === 'split') shown.sort((a, b) => place(order, a.value) - place(order, b.value))
  if (by === 'fold')
    shown.sort((a, b) => (a.value === null ? 1 : b.value === null ? -1 : compareFolds(a.value, b.value)))
  const classes = database.all<{ key: number | null; name: string | null }>(
    'SELECT key, name FROM ontology_classes ORDER BY code NULLS LAST, name',
  )
  const hasRest = (state === 'present' || state === 'complete') && counts.cells.has(null)
  const total = addUp(columns)
  const rest = (all: CoverageCell, cell: CoverageCell): CoverageCell =>
    state === 'unknown' ? { clips: all.clips - cell.clips, seconds: all.seconds - cell.seconds } : cell
  return {
    columns: shown,
    hiddenColumns: named.length - Math.min(named.length, mostColumns),
    rows: [...classes, ...(hasRest ? [{ key: null, name: null }] : [])].map(({ key, name }) => {
      const row = counts.cells.get(key) ?? new Map<string | null, CoverageCell>()
      const cells = shown.map((entry) => rest(entry, row.get(entry.value) ?? nothing))
      return { name, ...rest(total, addUp(row.values())), cells }
    }),
    total,
  }
}

const nothing: CoverageCell = { clips: 0, seconds: 0 }

const place = (order: string[], value: string | null): number => (value === null ? order.length : order.indexOf(value))

function addUp(cells: Iterable<CoverageCell>): CoverageCell {
  const sum = { clips: 0, seconds: 0 }
  for (const { clips, seconds } of cells) {
    sum.clips += clips
    sum.seconds += seconds
  }
  return sum
}
