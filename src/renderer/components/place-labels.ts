/** Where the labels at the ends of lines stand, in pixels. */
export interface EndLabel {
  x: number
  y: number
}

/**
 * Moves labels down or up until none covers another: labels whose x differs by less than `width` stay `height` apart,
 * in the order of their lines, and within 0 to `bottom` where there is room.
 * @returns the new y of each label, in the order given.
 */
export function placeLabels(labels: EndLabel[], width: number, height: number, bottom: number): number[] {
  const placed = labels.map((label) => label.y)
  const order = labels.map((_, index) => index).sort((a, b) => labels[a]!.y - labels[b]!.y || a - b)
  const isNear = (a: number, b: number): boolean => Math.abs(labels[a]!.x - labels[b]!.x) < width
  order.forEach((index, position) => {
    for (const above of order.slice(0, position))
      if (isNear(index, above)) placed[index] = Math.max(placed[index]!, placed[above]! + height)
  })
  // What was pushed over the edge goes back, and pushes up what stands over it.
  for (let position = order.length - 1; position >= 0; position--) {
    const index = order[position]!
    let limit = bottom
    for (const below of order.slice(position + 1))
      if (isNear(index, below)) limit = Math.min(limit, placed[below]! - height)
    placed[index] = Math.min(placed[index]!, limit)
  }
  return placed
}
