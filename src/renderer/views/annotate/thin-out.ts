/** Which of many segments are drawn: on one pixel there is room for one. Pure. */

interface Drawable {
  startSeconds: number
  endSeconds: number
  tier: string
}

/** Pixels; a narrower segment is a line, whose edges cannot be taken apart. */
export const leastWidth = 4
/** Of lines of one tier that begin within so many pixels, the first stands for all. */
const cellPixels = 3

/**
 * Leaves out what could not be told apart: thousands of segments far out are as many lines as there are places for them.
 * @param segments by time
 * @param isKept what is drawn in any case, as what is selected
 */
export function thinOut<S extends Drawable>(
  segments: readonly S[],
  pixelsPerSecond: number,
  isKept: (segment: S) => boolean,
): S[] {
  const cells = new Map<string, number>()
  return segments.filter((segment) => {
    if ((segment.endSeconds - segment.startSeconds) * pixelsPerSecond >= leastWidth || isKept(segment)) return true
    const cell = Math.floor((segment.startSeconds * pixelsPerSecond) / cellPixels)
    if (cells.get(segment.tier) === cell) return false
    cells.set(segment.tier, cell)
    return true
  })
}
