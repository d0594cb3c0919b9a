import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Coverage, CoverageCell } from '../../../shared/contract/coverage'
import { compileClipQuery } from './clip-query'
import { compareFolds } from './clips'
import type { Database } from './database'

/** Columns at most: a table that nobody can read helps nobody. */
const mostColumns = 40

/** Hours and clips of each class in each value of a column of clips or of metadata. */
export function readCoverage(database: Database, query: ClipQuery, by: string): Coverage {
  const { from, values } = compileClipQuery(query)
  const column = { split: 'c.split', fold: 'c.fold', group: 'c.group_key' }[by]
  const value =
    column ??
    `(SELECT m.value FROM clip_metadata m WHERE m.clip_key = c.key
       AND m.name_key = (SELECT key FROM metadata_names WHERE name = ?))`
  const bound = column === undefined ? [by, ...values] : values
  const columns = database.all<CoverageCell & { value: string | null }>(
    `SELECT ${value} AS value, count(*) AS clips, sum(c.end_seconds - c.start_seconds) AS seconds ${from}
       GROUP BY 1 ORDER BY value IS NULL, clips DESC, value`,
    ...bound,
  )
  const named = columns.filter((entry) => entry.value !== null)
  const shown = [...named.slice(0, mostColumns), ...columns.filter((entry) => entry.value === null)]
  const order = ['train', 'validation', 'test']
  if (by === 'split') shown.sort((a, b) => place(order, a.value) - place(order, b.value))
  if (by === 'fold')
    shown.sort((a, b) => (a.value === null ? 1 : b.value === null ? -1 : compareFolds(a.value, b.value)))
  const cells = database.all<CoverageCell & { classKey: number | null; value: string | null }>(
    `WITH chosen AS (SELECT c.key, ${value} AS value, c.end_seconds - c.start_seconds AS seconds ${from})
     SELECT l.class_key AS classKey, chosen.value, count(*) AS clips, sum(chosen.seconds) AS seconds
       FROM chosen LEFT JOIN clip_labels l ON l.clip_key = chosen.key AND l.state = 1 GROUP BY 1, 2`,
    ...bound,
  )
  const byRow = new Map<number | null, Map<string | null, CoverageCell>>()
  for (const { classKey, value: own, clips, seconds } of cells) {
    const row = byRow.get(classKey) ?? new Map<string | null, CoverageCell>()
    byRow.set(classKey, row.set(own, { clips, seconds }))
  }
  const classes = database.all<{ key: number | null; name: string | null }>(
    'SELECT key, name FROM ontology_classes ORDER BY code NULLS LAST, name',
  )
  return {
    columns: shown,
    hiddenColumns: named.length - Math.min(named.length, mostColumns),
    rows: [...classes, ...(byRow.has(null) ? [{ key: null, name: null }] : [])].map(({ key, name }) => {
      const row = byRow.get(key) ?? new Map<string | null, CoverageCell>()
      return { name, ...addUp(row.values()), cells: shown.map((entry) => row.get(entry.value) ?? nothing) }
    }),
    total: addUp(columns),
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
