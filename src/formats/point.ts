/**
 * The length of what a format has at a point in time, in seconds: a segment has a length here, and one of this length is
 * written as a point again where a format knows points.
 */
export const pointSeconds = 0.001

export function isPoint({ startSeconds, endSeconds }: { startSeconds: number; endSeconds: number }): boolean {
  return endSeconds - startSeconds <= pointSeconds + 1e-9
}
