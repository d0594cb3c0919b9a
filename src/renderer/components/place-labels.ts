/**
 * Moves labels of one column up or down until none covers another: they stay `height` apart, in the order of what
 * they name, and above `bottom` (pixels, as all of these).
 * @returns the new y of each label, in the order given.
 */
export function placeLabels(wanted: number[], height: number, bottom: number): number[] {
  const placed = [...wanted]
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]! || a - b)
  let free = -Infinity
  for (const index of order) {
    placed[index] = Math.max(placed[index]!, free)
    free = placed[index]! + height
  }
  // What was pushed over the edge goes back, and pushes up what stands over it.
  let limit = bottom
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index]!, limit)
    limit = placed[index]! - height
  }
  return placed
}
