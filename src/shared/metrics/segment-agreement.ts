import { AppError } from '../errors'

/** A span of time, end after start. */
export interface Span {
  startSeconds: number
  endSeconds: number
}

export interface SpanMatch {
  first: number
  second: number
  /** Intersection over union, 0 to 1. */
  overlap: number
}

/** Intersection over union of two spans of time, 0 to 1. */
export function computeOverlap(a: Span, b: Span): number {
  const shared = Math.min(a.endSeconds, b.endSeconds) - Math.max(a.startSeconds, b.startSeconds)
  if (shared <= 0) return 0
  return shared / (a.endSeconds - a.startSeconds + (b.endSeconds - b.startSeconds) - shared)
}

/**
 * Matches spans of two people one to one. Of the pairs that overlap by at least `threshold`, as many as possible are
 * matched, and among those ways the one with the greatest overlap in all (Kuhn's Hungarian method).
 * @param threshold least intersection over union, above 0 to 1
 */
export function matchSpans(first: readonly Span[], second: readonly Span[], threshold: number): SpanMatch[] {
  if (!(threshold > 0 && threshold <= 1))
    throw new AppError('invalid-argument', `An overlap of ${threshold} is no share above 0 up to 1.`)
  if (first.length === 0 || second.length === 0) return []
  const overlaps = first.map((a) => second.map((b) => computeOverlap(a, b)))
  // One pair more always counts for more than any sum of overlaps, which are at most one each.
  const bonus = Math.min(first.length, second.length) + 1
  const gains = overlaps.map((row) => row.map((overlap) => (overlap >= threshold ? bonus + overlap : 0)))
  return assign(gains)
    .map((column, row) => ({ first: row, second: column, overlap: column < 0 ? 0 : overlaps[row]![column]! }))
    .filter((match) => match.overlap >= threshold)
}

/**
 * The assignment of rows to columns with the greatest sum of gains, by shortest augmenting paths in O(n³).
 * @returns for each row its column, −1 where columns are fewer
 */
export function assign(gains: number[][]): number[] {
  const rowCount = gains.length
  const columnCount = gains[0]?.length ?? 0
  const size = Math.max(rowCount, columnCount)
  const cost = (row: number, column: number): number => -(gains[row]?.[column] ?? 0)
  // Potentials and columns count from 1; 0 is the row that looks for its column.
  const rowPotentials = new Float64Array(size + 1)
  const columnPotentials = new Float64Array(size + 1)
  const rowOf = new Int32Array(size + 1)
  const previous = new Int32Array(size + 1)
  for (let row = 1; row <= size; row++) {
    rowOf[0] = row
    let column = 0
    const least = new Float64Array(size + 1).fill(Infinity)
    const isUsed = new Uint8Array(size + 1)
    do {
      isUsed[column] = 1
      const current = rowOf[column]!
      let step = Infinity
      let next = 0
      for (let other = 1; other <= size; other++) {
        if (isUsed[other]) continue
        const reduced = cost(current - 1, other - 1) - rowPotentials[current]! - columnPotentials[other]!
        if (reduced < least[other]!) {
          least[other] = reduced
          previous[other] = column
        }
        if (least[other]! < step) {
          step = least[other]!
          next = other
        }
      }
      for (let other = 0; other <= size; other++)
        if (isUsed[other]) {
          rowPotentials[rowOf[other]!]! += step
          columnPotentials[other]! -= step
        } else least[other]! -= step
      column = next
    } while (rowOf[column] !== 0)
    while (column !== 0) {
      rowOf[column] = rowOf[previous[column]!]!
      column = previous[column]!
    }
  }
  const columns = new Array<number>(rowCount).fill(-1)
  for (let column = 1; column <= columnCount; column++)
    if (rowOf[column]! <= rowCount) columns[rowOf[column]! - 1] = column - 1
  return columns
}

/**
 * Whether each frame of a clip is inside one of the spans: its middle decides. Frames are as many as begin before the
 * end of the clip.
 * @param frameSeconds 0.01 to 1
 */
export function markFrames(spans: readonly Span[], clip: Span, frameSeconds: number): Uint8Array {
  if (!(frameSeconds >= 0.01 && frameSeconds <= 1))
    throw new AppError('invalid-argument', `A frame of ${frameSeconds} s is not between 0.01 and 1 s.`)
  const count = Math.max(1, Math.ceil((clip.endSeconds - clip.startSeconds) / frameSeconds - 1e-9))
  const frames = new Uint8Array(count)
  for (const { startSeconds, endSeconds } of spans) {
    const first = Math.ceil((startSeconds - clip.startSeconds) / frameSeconds - 0.5 - 1e-9)
    const end = Math.ceil((endSeconds - clip.startSeconds) / frameSeconds - 0.5 - 1e-9)
    frames.fill(1, Math.max(0, first), Math.max(0, Math.min(count, end)))
  }
  return frames
}
