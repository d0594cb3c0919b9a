/** Which span of a clip the waveform is drawn for: more than is on screen, so that scrolling has something to show. */

export interface WaveSpan {
  startSeconds: number
  endSeconds: number
}

export interface ShownSpan extends WaveSpan {
  pixelsPerSecond: number
  durationSeconds: number
}

/** What is drawn reaches so many screens to either side. */
const screensAside = 1
/** Less than this share of a screen left aside: it is time to draw further on. */
const leastAside = 0.25
/** Nobody lays out a drawing of more screens than this. */
const mostScreens = 12
/** A drawing that is stretched further than this looks like steps. */
const mostStretch = 1.5

/**
 * The span to draw, or null where what is drawn still serves.
 * @param drawn what is drawn now, and for how many pixels a second it was fetched
 */
export function nextWaveSpan(
  shown: ShownSpan,
  drawn: (WaveSpan & { pixelsPerSecond: number }) | null,
): WaveSpan | null {
  const { durationSeconds, pixelsPerSecond } = shown
  const screen = shown.endSeconds - shown.startSeconds
  if (!(durationSeconds > 0) || !(screen > 0)) return null
  if (drawn) {
    const isNear = (edge: number, limit: number, aside: number): boolean =>
      Math.abs(edge - limit) < 1e-9 || aside >= leastAside * screen
    const serves =
      isNear(drawn.startSeconds, 0, shown.startSeconds - drawn.startSeconds) &&
      isNear(drawn.endSeconds, durationSeconds, drawn.endSeconds - shown.endSeconds) &&
      pixelsPerSecond <= drawn.pixelsPerSecond * mostStretch &&
      drawn.endSeconds - drawn.startSeconds <= mostScreens * screen
    if (serves) return null
  }
  // From a whole pixel to a whole pixel: between them, a drawing would be blended anew for every frame.
  const [from, to] = [shown.startSeconds - screensAside * screen, shown.endSeconds + screensAside * screen]
  return {
    startSeconds: Math.max(0, Math.floor(from * pixelsPerSecond) / pixelsPerSecond),
    endSeconds: Math.min(durationSeconds, Math.ceil(to * pixelsPerSecond) / pixelsPerSecond),
  }
}
