/** Which clips have which label: the labels of the columns, sorted by class and state. */
import { type ClipColumns, clipFlag } from './clip-columns'
import type { ClipSet } from './clip-set'

export class LabelPostings {
  private readonly starts: Uint32Array
  private readonly positions: Int32Array

  constructor(private readonly columns: ClipColumns) {
    const { labels, labelStarts, positions: positionOf } = columns
    let top = 0
    for (const code of labels) if (code > top) top = code
    const starts = new Uint32Array(top + 2)
    for (const code of labels) starts[code + 1]!++
    for (let code = 0; code <= top; code++) starts[code + 1]! += starts[code]!
    const next = starts.slice()
    const positions = new Int32Array(labels.length)
    for (let key = 0, at = 0; key < positionOf.length; key++)
      for (const end = labelStarts[key + 1]!; at < end; at++) positions[next[labels[at]!]!++] = positionOf[key]!
    this.starts = starts
    this.positions = positions
  }

  /** Adds the clips that have one of these labels (class key × 2 + state) now. */
  addTo(set: ClipSet, codes: ReadonlySet<number>): void {
    const { flags, laterLabels, positions: positionOf } = this.columns
    for (const code of codes)
      for (let at = this.starts[code] ?? 0, end = this.starts[code + 1] ?? 0; at < end; at++) {
        const position = this.positions[at]!
        if ((flags[position]! & clipFlag.later) === 0 || !laterLabels.has(this.columns.keys[position]!))
          set.add(position)
      }
    for (const [key, labels] of laterLabels) if (labels.some((code) => codes.has(code))) set.add(positionOf[key]!)
  }

  /** On how many clips each class is present, by its key. */
  countPresent(classKeys: readonly number[]): Map<number, number> {
    const counts = new Map(
      classKeys.map((key) => [key, (this.starts[key * 2 + 2] ?? 0) - (this.starts[key * 2 + 1] ?? 0)]),
    )
    const move = (codes: Iterable<number>, by: number): void => {
      for (const code of codes)
        if ((code & 1) === 1 && counts.has(code >>> 1)) counts.set(code >>> 1, counts.get(code >>> 1)! + by)
    }
    const { labels, labelStarts, laterLabels } = this.columns
    for (const [key, later] of laterLabels) {
      move(labels.subarray(labelStarts[key], labelStarts[key + 1]), -1)
      move(later, 1)
    }
    return counts
  }

  /** How many labels there are. */
  get size(): number {
    const { labels, labelStarts, laterLabels } = this.columns
    let size = labels.length
    for (const [key, later] of laterLabels) size += later.length - (labelStarts[key + 1]! - labelStarts[key]!)
    return size
  }
}
