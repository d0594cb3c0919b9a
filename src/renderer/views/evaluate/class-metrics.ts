import type { ClassMetrics } from '../../../shared/contract/runs'

export type MetricColumn = keyof ClassMetrics

/** The rows sorted by one column; equal values go by name, so that the order is stable whichever way it runs. */
export function sortMetrics(rows: ClassMetrics[], column: MetricColumn, isDescending: boolean): ClassMetrics[] {
  const byName = (a: ClassMetrics, b: ClassMetrics): number =>
    a.label.localeCompare(b.label, undefined, { numeric: true, sensitivity: 'base' })
  const direction = isDescending ? -1 : 1
  return [...rows].sort((a, b) =>
    column === 'label' ? direction * byName(a, b) : direction * (a[column] - b[column]) || byName(a, b),
  )
}
