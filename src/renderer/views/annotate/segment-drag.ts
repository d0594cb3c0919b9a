/** What a drag does to a segment: pure geometry in seconds and Hz. */
import type { SegmentGeometry } from './use-annotations'

export type DragHandle =
  'create' | 'move' | 'start' | 'end' | 'low' | 'high' | 'start-low' | 'start-high' | 'end-low' | 'end-high'

export interface DragPoint {
  seconds: number
  hertz: number
}

export interface DragLimits {
  durationSeconds: number
  highestHz: number
}

/** The shortest segment a drag leaves. */
export const shortestSeconds = 0.001

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** A new segment between two points; a box when `isBox`. */
export function spanBetween(from: DragPoint, to: DragPoint, isBox: boolean, limits: DragLimits): SegmentGeometry {
  const { durationSeconds } = limits
  const startSeconds = clamp(Math.min(from.seconds, to.seconds), 0, durationSeconds - shortestSeconds)
  const endSeconds = clamp(Math.max(from.seconds, to.seconds), startSeconds + shortestSeconds, durationSeconds)
  return {
    startSeconds,
    endSeconds,
    lowHz: isBox ? clamp(Math.min(from.hertz, to.hertz), 0, limits.highestHz) : null,
    highHz: isBox ? clamp(Math.max(from.hertz, to.hertz), 0, limits.highestHz) : null,
  }
}

/**
 * A segment after one of its handles was dragged from one point to another. Edges that are dragged past each
 * other change places; moving keeps the length and the band, and stops at the clip's ends.
 */
export function dragSegment(
  before: SegmentGeometry,
  handle: DragHandle,
  from: DragPoint,
  to: DragPoint,
  limits: DragLimits,
): SegmentGeometry {
  const next = { ...before }
  const bySeconds = to.seconds - from.seconds
  if (handle === 'move') {
    const length = before.endSeconds - before.startSeconds
    next.startSeconds = clamp(before.startSeconds + bySeconds, 0, limits.durationSeconds - length)
    next.endSeconds = next.startSeconds + length
    if (before.lowHz !== null && before.highHz !== null) {
      const band = before.highHz - before.lowHz
      next.lowHz = clamp(before.lowHz + to.hertz - from.hertz, 0, limits.highestHz - band)
      next.highHz = next.lowHz + band
    }
    return next
  }
  if (handle.startsWith('start')) next.startSeconds = clamp(to.seconds, 0, limits.durationSeconds)
  if (handle.startsWith('end')) next.endSeconds = clamp(to.seconds, 0, limits.durationSeconds)
  if (handle.endsWith('low')) next.lowHz = clamp(to.hertz, 0, limits.highestHz)
  if (handle.endsWith('high')) next.highHz = clamp(to.hertz, 0, limits.highestHz)
  if (next.startSeconds > next.endSeconds) [next.startSeconds, next.endSeconds] = [next.endSeconds, next.startSeconds]
  if (next.endSeconds - next.startSeconds < shortestSeconds)
    next.endSeconds = Math.min(limits.durationSeconds, next.startSeconds + shortestSeconds)
  if (next.endSeconds - next.startSeconds < shortestSeconds) next.startSeconds = next.endSeconds - shortestSeconds
  if (next.lowHz !== null && next.highHz !== null && next.lowHz > next.highHz)
    [next.lowHz, next.highHz] = [next.highHz, next.lowHz]
  return next
}
