import { describe, expect, it } from 'vitest'
import type { ClipRow } from '../../../shared/contract/clips'
import { countOpen, decide, mergeRows, nextOpen, type PlaylistItem, presentNames, relabel } from './playlist'

function clip(id: string, label: string): ClipRow {
  return {
    id,
    recordingId: `r-${id}`,
    recordingPath: `audio/${id}.wav`,
    startSeconds: 0,
    endSeconds: 5,
    fold: '1',
    group: null,
    labels: [
      { classId: `c-${label}`, name: label, state: 'present', author: 'ana' },
      { classId: 'c-old', name: 'old', state: 'absent', author: 'ana' },
    ],
    annotationCount: 0,
    isMissing: false,
    isFullyAnnotated: false,
    prediction: { classId: 'c-rain', name: 'rain', score: 0.9 },
  }
}

const open = (...ids: string[]): PlaylistItem[] => ids.map((id) => ({ row: clip(id, 'dog'), decision: null }))
const shape = (items: PlaylistItem[]): string[] => items.map((item) => `${item.row.id}:${item.decision?.kind ?? '-'}`)

describe('mergeRows', () => {
  it('keeps a relabelled clip in its place after it left the cell', () => {
    const items = decide(open('a', 'b', 'c'), 'b', { kind: 'relabelled', to: 'rain' })
    expect(shape(mergeRows(items, [clip('a', 'dog'), clip('c', 'dog')]))).toEqual(['a:-', 'b:relabelled', 'c:-'])
  })

  it('opens a clip again when its correction was undone', () => {
    const items = decide(open('a', 'b'), 'b', { kind: 'relabelled', to: 'rain' })
    expect(shape(mergeRows(items, [clip('a', 'dog'), clip('b', 'dog')]))).toEqual(['a:-', 'b:-'])
  })

  it('keeps the mark where the frozen truth keeps the clip in the cell', () => {
    const items = decide(open('a'), 'a', { kind: 'relabelled', to: 'rain' })
    expect(shape(mergeRows(items, [clip('a', 'rain')]))).toEqual(['a:relabelled'])
  })

  it('drops a clip that left for another reason, and adds new ones at the end', () => {
    const items = decide(open('a', 'b'), 'a', { kind: 'kept' })
    expect(shape(mergeRows(items, [clip('z', 'dog'), clip('b', 'dog')]))).toEqual(['b:-', 'z:-'])
  })
})

it('relabel makes the class the one present label of the row and marks the clip', () => {
  const [item, other] = relabel(open('a', 'b'), 'a', { classId: 'c-old', name: 'old' })
  expect(presentNames(item!.row)).toEqual(['old'])
  expect(item!.row.labels).toHaveLength(2)
  expect(item!.decision).toEqual({ kind: 'relabelled', to: 'old' })
  expect(presentNames(other!.row)).toEqual(['dog'])
})

describe('nextOpen', () => {
  it('goes on after the current one and round, past decided ones', () => {
    const items = decide(open('a', 'b', 'c'), 'b', { kind: 'kept' })
    expect(nextOpen(items, 0)).toBe(2)
    expect(nextOpen(items, 2)).toBe(0)
    expect(countOpen(items)).toBe(2)
  })

  it('is −1 when nothing is left, or nothing is there', () => {
    expect(nextOpen(decide(open('a'), 'a', { kind: 'kept' }), 0)).toBe(-1)
    expect(nextOpen([], -1)).toBe(-1)
  })
})
