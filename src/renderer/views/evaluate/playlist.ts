/**
 * The list of a cell's clips while a person goes through it. A corrected clip no longer belongs to the cell, but
 * it stays where it was, marked, until another cell is opened: lists that jump under the hand cost trust.
 */
import type { ClipRow } from '../../../shared/contract/clips'

/** What the reviewer said of a clip. */
export type Decision = { kind: 'kept' } | { kind: 'relabelled'; to: string }

export interface PlaylistItem {
  row: ClipRow
  decision: Decision | null
}

/** Names of the classes present on a clip. */
export function presentNames(row: ClipRow): string[] {
  return row.labels.filter((label) => label.state === 'present').map((label) => label.name)
}

/**
 * Folds a fresh answer of the cell's query into the list: rows keep their place; a relabelled clip that left the cell
 * stays with its mark; one whose correction was undone is open again; a clip that left for another reason goes;
 * new ones join at the end.
 */
export function mergeRows(items: PlaylistItem[], fresh: ClipRow[]): PlaylistItem[] {
  const incoming = new Map(fresh.map((row) => [row.id, row]))
  const merged: PlaylistItem[] = []
  for (const item of items) {
    const row = incoming.get(item.row.id)
    incoming.delete(item.row.id)
    if (row) merged.push({ row, decision: stillHolds(item.decision, row) ? item.decision : null })
    else if (item.decision?.kind === 'relabelled') merged.push(item)
  }
  for (const row of incoming.values()) merged.push({ row, decision: null })
  return merged
}

function stillHolds(decision: Decision | null, row: ClipRow): boolean {
  return decision?.kind !== 'relabelled' || presentNames(row).includes(decision.to)
}

/** The list with one clip's decision set. */
export function decide(items: PlaylistItem[], clipId: string, decision: Decision | null): PlaylistItem[] {
  return items.map((item) => (item.row.id === clipId ? { ...item, decision } : item))
}

/** The list with one clip relabelled: its row says so too, for it is not fetched again once it has left the cell. */
export function relabel(items: PlaylistItem[], clipId: string, to: { classId: string; name: string }): PlaylistItem[] {
  return items.map((item) => {
    if (item.row.id !== clipId) return item
    const others = item.row.labels.filter((label) => label.classId !== to.classId)
    const author = item.row.labels.find((label) => label.classId === to.classId)?.author ?? ''
    const labels = [
      ...others.map((label) => ({ ...label, state: 'absent' as const })),
      { ...to, state: 'present' as const, author },
    ]
    return { row: { ...item.row, labels }, decision: { kind: 'relabelled', to: to.name } }
  })
}

/** The next clip without a decision after `from`, going round; −1 when every clip has one. */
export function nextOpen(items: PlaylistItem[], from: number): number {
  for (let step = 1; step <= items.length; step++) {
    const index = (from + step) % items.length
    if (items[index]?.decision === null) return index
  }
  return -1
}

export function countOpen(items: PlaylistItem[]): number {
  return items.filter((item) => item.decision === null).length
}
