/** Where an edge goes when it comes near something: pure places in seconds from the clip's start. */
import type { SegmentGeometry } from './use-annotations'

export interface SnapPlace {
  seconds: number
  /** 'edge', 'playhead', 'onset' or 'zero crossing'. */
  what: string
}

/** The place nearest to a moment, null where none is within reach. The first of two that are as near. */
export function nearestPlace(
  seconds: number,
  places: readonly SnapPlace[],
  withinSeconds = Infinity,
): SnapPlace | null {
  let best: SnapPlace | null = null
  for (const place of places) {
    const distance = Math.abs(place.seconds - seconds)
    if (distance <= withinSeconds && (best === null || distance < Math.abs(best.seconds - seconds))) best = place
  }
  return best
}

/** The edges of segments in the order of time: of thousands the nearest is found at every move of the pointer. */
export class EdgeIndex {
  private readonly seconds: Float64Array
  /** Of each edge: where it stands among all, two of each segment after another. */
  private readonly order: Uint32Array
  private readonly ids: string[]

  constructor(segments: readonly (SegmentGeometry & { id: string })[]) {
    const given = segments.flatMap(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])
    this.ids = segments.map(({ id }) => id)
    this.order = Uint32Array.from(given.keys()).sort((a, b) => given[a]! - given[b]!)
    this.seconds = Float64Array.from(this.order, (place) => given[place]!)
  }

  /** As `nearestPlace` over all edges but those of one segment. */
  nearest(seconds: number, exceptId: string | null, withinSeconds = Infinity): SnapPlace | null {
    const after = this.firstFrom(seconds)
    let best = -1
    let bestDistance = withinSeconds
    /** Takes the edge where it is the nearest so far. @returns whether the ones beyond it may be */
    const look = (at: number): boolean => {
      const distance = Math.abs(this.seconds[at]! - seconds)
      if (!(distance <= bestDistance)) return false
      if (this.ids[this.order[at]! >> 1] === exceptId) return true
      if (best < 0 || distance < bestDistance || this.order[at]! < this.order[best]!) best = at
      bestDistance = distance
      return true
    }
    for (let at = after - 1; at >= 0 && look(at); at--);
    for (let at = after; at < this.seconds.length && look(at); at++);
    return best < 0 ? null : { seconds: this.seconds[best]!, what: 'edge' }
  }

  /** Where the first edge stands that is not before a moment. */
  private firstFrom(seconds: number): number {
    let [low, high] = [0, this.seconds.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.seconds[middle]! < seconds) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * A dragged geometry with the edges that moved put where something is. A segment that is moved as a whole keeps its
 * length: of its two edges the nearer one decides.
 * @param find where an edge at a moment would go
 * @returns the geometry and the places that were taken
 */
export function snapGeometry(
  before: SegmentGeometry | null,
  dragged: SegmentGeometry,
  find: (seconds: number) => SnapPlace | null,
): { geometry: SegmentGeometry; taken: SnapPlace[] } {
  const length = dragged.endSeconds - dragged.startSeconds
  const isSame = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9
  const isStartMoved = before === null || !isSame(before.startSeconds, dragged.startSeconds)
  const isEndMoved = before === null || !isSame(before.endSeconds, dragged.endSeconds)
  const isMove =
    before !== null && isStartMoved && isEndMoved && isSame(before.endSeconds - before.startSeconds, length)
  const [start, end] = [isStartMoved ? find(dragged.startSeconds) : null, isEndMoved ? find(dragged.endSeconds) : null]
  if (isMove) {
    const byStart = start ? start.seconds - dragged.startSeconds : Infinity
    const byEnd = end ? end.seconds - dragged.endSeconds : Infinity
    const by = Math.abs(byStart) <= Math.abs(byEnd) ? byStart : byEnd
    if (!Number.isFinite(by)) return { geometry: dragged, taken: [] }
    const startSeconds = dragged.startSeconds + by
    return {
      geometry: { ...dragged, startSeconds, endSeconds: startSeconds + length },
      taken: [by === byStart ? start! : end!],
    }
  }
  const startSeconds = start?.seconds ?? dragged.startSeconds
  const endSeconds = end?.seconds ?? dragged.endSeconds
  // Both edges at one place would leave nothing of it.
  if (!(endSeconds > startSeconds)) return { geometry: dragged, taken: [] }
  return {
    geometry: { ...dragged, startSeconds, endSeconds },
    taken: [start, end].filter((place) => place !== null),
  }
}
