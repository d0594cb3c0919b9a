import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import type { Viewport } from './use-viewport'

interface PaintedLane {
  lane: Ref<HTMLElement | null>
  viewport: Viewport
  /** Of a scroll: each frame, or each step, for who draws all that is seen until the next. */
  follows: 'scroll' | 'step'
  /** What the picture depends on beside the viewport and the lane's height. */
  shows(): unknown[]
  /** Draws what is on screen: so many device pixels, `ratio` of which are one pixel of the page. */
  draw(width: number, height: number, ratio: number): void
  onHeight(pixels: number): void
}

/** A picture in a scrolled lane that is drawn anew when what it shows has changed, once a frame at most. */
export function usePaintedLane({ lane, viewport, follows, shows, draw, onHeight }: PaintedLane) {
  const height = ref(0)
  let frame = 0

  function drawNow(): void {
    if (height.value === 0) return
    const ratio = window.devicePixelRatio || 1
    draw(Math.round(viewport.width.value * ratio), Math.round(height.value * ratio), ratio)
  }
  function drawSoon(): void {
    cancelAnimationFrame(frame)
    frame = requestAnimationFrame(drawNow)
  }
  watch(() => {
    const left = follows === 'step' ? viewport.stepLeft : viewport.scrollLeft
    return [...shows(), height.value, viewport.width.value, left.value, viewport.pixelsPerSecond.value]
  }, drawSoon)
  const observer = new ResizeObserver(([entry]) => {
    height.value = entry?.contentRect.height ?? 0
    onHeight(height.value)
  })
  onMounted(() => {
    if (lane.value) observer.observe(lane.value)
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    cancelAnimationFrame(frame)
  })
  return { height, drawSoon }
}
