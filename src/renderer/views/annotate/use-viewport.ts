import { computed, ref, watch, type Ref } from 'vue'

/** The widest content in pixels: browsers lay out no more than 17 to 33 million. What is drawn is a screen's width. */
const widestPixels = 16_000_000
/** Of a screen. */
const stepShare = 1 / 8

/**
 * Which span of a clip is on screen. One scale for the waveform, the spectrogram and everything drawn over them:
 * `xOf` and `secondsAt` say where a moment stands, and nobody else turns seconds into pixels.
 */
export function useViewport(durationSeconds: Ref<number>) {
  const width = ref(800)
  const scrollLeft = ref(0)
  /** 1 is the whole clip. */
  const zoom = ref(1)

  const fitPixelsPerSecond = computed(() => (durationSeconds.value > 0 ? width.value / durationSeconds.value : 100))
  const maxZoom = computed(() => {
    const highest = Math.min(5000, widestPixels / Math.max(durationSeconds.value, 0.001))
    return Math.max(1, highest / fitPixelsPerSecond.value)
  })
  const pixelsPerSecond = computed(() => fitPixelsPerSecond.value * zoom.value)
  const contentWidth = computed(() => Math.round(durationSeconds.value * pixelsPerSecond.value))
  const visibleStartSeconds = computed(() => scrollLeft.value / pixelsPerSecond.value)
  const visibleEndSeconds = computed(() => (scrollLeft.value + width.value) / pixelsPerSecond.value)

  /**
   * The same in steps: all that a scroll can bring on screen until `stepLeft` changes. Who draws that need not look at every
   * frame of a scroll, nor be looked at by it.
   */
  const stepPixels = computed(() => Math.max(1, Math.round(width.value * stepShare)))
  const stepLeft = computed(() => Math.floor(scrollLeft.value / stepPixels.value) * stepPixels.value)
  const stepWidth = computed(() => width.value + stepPixels.value)
  const stepStartSeconds = computed(() => stepLeft.value / pixelsPerSecond.value)
  const stepEndSeconds = computed(() => (stepLeft.value + stepWidth.value) / pixelsPerSecond.value)

  /** What would be on screen of another clip, in steps: the same where it is as long as this one, else all of it. */
  function spanFor(seconds: number): { startSeconds: number; endSeconds: number; pixelsPerSecond: number } {
    if (seconds !== durationSeconds.value)
      return { startSeconds: 0, endSeconds: seconds, pixelsPerSecond: width.value / Math.max(seconds, 1e-6) }
    return {
      startSeconds: stepStartSeconds.value,
      endSeconds: stepEndSeconds.value,
      pixelsPerSecond: pixelsPerSecond.value,
    }
  }

  /** Where a moment stands in the lanes, in pixels from their left edge. */
  const xOf = (seconds: number): number => seconds * pixelsPerSecond.value
  /** The moment at a place in the lanes; not clamped to the clip. */
  const secondsAt = (x: number): number => x / pixelsPerSecond.value

  /**
   * A span around what is on screen that changes once a screen only: what is made for it need not be made anew for every
   * frame of a scroll.
   */
  const screen = computed(() => Math.floor(scrollLeft.value / Math.max(1, width.value)))
  const nearStartSeconds = computed(() => Math.max(0, ((screen.value - 0.5) * width.value) / pixelsPerSecond.value))
  const nearEndSeconds = computed(() => ((screen.value + 2.5) * width.value) / pixelsPerSecond.value)
  const isNear = (span: { startSeconds: number; endSeconds: number }): boolean =>
    span.endSeconds >= nearStartSeconds.value && span.startSeconds <= nearEndSeconds.value

  /** Whether so many spans are near that their edges stand closer than a label is wide. */
  function isCrowdedBy(spans: readonly { startSeconds: number; endSeconds: number }[]): boolean {
    const seconds = Math.min(durationSeconds.value, nearEndSeconds.value) - nearStartSeconds.value
    const seen = spans.filter(isNear).length
    return seen > 12 && (seconds * pixelsPerSecond.value) / seen < 24
  }

  /** The scroll position to take once the content has its new width. */
  const wantedScroll = ref<number | null>(null)

  /** @param anchorSeconds stays where it is on the screen; what is not on it, as a playhead far away, is no anchor */
  function zoomTo(next: number, anchorSeconds?: number): void {
    const clamped = Math.min(maxZoom.value, Math.max(1, next))
    const [start, end] = [visibleStartSeconds.value, visibleEndSeconds.value]
    const isSeen = anchorSeconds !== undefined && anchorSeconds >= start && anchorSeconds <= end
    const anchor = isSeen ? anchorSeconds : (start + end) / 2
    const offset = anchor * pixelsPerSecond.value - scrollLeft.value
    zoom.value = clamped
    scrollTo(anchor * pixelsPerSecond.value - offset)
  }
  function scrollTo(pixels: number): void {
    const next = Math.min(Math.max(0, pixels), Math.max(0, contentWidth.value - width.value))
    scrollLeft.value = next
    wantedScroll.value = next
  }
  /** Shows a span with some room on both sides. */
  function showSpan(startSeconds: number, endSeconds: number): void {
    const length = Math.max(0.02, endSeconds - startSeconds)
    zoom.value = Math.min(maxZoom.value, Math.max(1, durationSeconds.value / (length * 1.5)))
    scrollTo(((startSeconds + endSeconds) / 2) * pixelsPerSecond.value - width.value / 2)
  }
  /** Scrolls a moment into view: a page further when it has left, which is what playing needs. */
  function reveal(seconds: number): void {
    const x = seconds * pixelsPerSecond.value
    if (x < scrollLeft.value || x > scrollLeft.value + width.value) scrollTo(x - width.value * 0.1)
  }

  /** In a lane that is wider or narrower now the same span is on screen. */
  function setWidth(pixels: number): void {
    if (pixels === width.value) return
    const start = visibleStartSeconds.value
    width.value = pixels
    scrollTo(start * pixelsPerSecond.value)
  }
  /** The person scrolled. */
  const setScroll = (pixels: number): void => void (scrollLeft.value = pixels)
  /** What was wanted has been done. */
  const forgetWanted = (): void => void (wantedScroll.value = null)

  watch(durationSeconds, () => {
    zoom.value = 1
    scrollTo(0)
  })

  return {
    width,
    scrollLeft,
    zoom,
    maxZoom,
    pixelsPerSecond,
    contentWidth,
    visibleStartSeconds,
    visibleEndSeconds,
    stepLeft,
    stepWidth,
    stepStartSeconds,
    stepEndSeconds,
    wantedScroll,
    nearStartSeconds,
    nearEndSeconds,
    isNear,
    spanFor,
    isCrowdedBy,
    xOf,
    secondsAt,
    setWidth,
    setScroll,
    forgetWanted,
    zoomTo,
    scrollTo,
    showSpan,
    reveal,
  }
}

export type Viewport = ReturnType<typeof useViewport>
