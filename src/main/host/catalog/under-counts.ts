import type { CertainClasses } from './class-counts'
import { type ClipColumns, LabelCursor } from './clip-columns'

/** Clips by class key, each clip once: one walk over the labels in memory, and then kept up with every edit. */
export class UnderCounts {
  private readonly counts: Uint32Array
  /** Marks the classes for which the present clip has counted. */
  private readonly turns: Uint32Array
  private turn = 0
  private readonly above: (readonly number[])[]
  private readonly cursor: LabelCursor

  constructor(
    columns: ClipColumns,
    readonly certain: CertainClasses,
  ) {
    const size = Math.max(0, ...certain.keys()) + 1
    this.counts = new Uint32Array(size)
    this.turns = new Uint32Array(size)
    this.above = Array.from({ length: size }, (_, key) => certain.get(key) ?? [])
    this.cursor = new LabelCursor(columns)
    for (let position = 0; position < columns.keys.length; position++) this.count(position, 1)
  }

  /** Takes a clip in (1) as its labels are now, or out (−1). */
  count(position: number, by: 1 | -1): void {
    const { codes, start, end } = this.cursor.seek(position)
    this.turn++
    for (let at = start; at < end; at++) {
      const code = codes[at]!
      if ((code & 1) === 0) continue
      for (const key of this.above[code >>> 1]!) {
        if (this.turns[key] === this.turn) continue
        this.turns[key] = this.turn
        this.counts[key]! += by
      }
    }
  }

  toMap(): Map<number, number> {
    return new Map([...this.certain.keys()].map((key) => [key, this.counts[key]!]))
  }
}
