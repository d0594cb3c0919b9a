import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import type { Viewport } from './use-viewport'

interface PaintedLane {
  lane: Ref<HTMLElement | null>
  canvas: Ref<HTMLCanvasElement | null>
  viewport: Viewport
  /** What the picture depends on beside the viewport and the lane's height. */
  shows(): unknown[]
  /** Draws into the canvas, which has its size in device pixels; `ratio` of them are one pixel of the page. */
  draw(canvas: HTMLCanvasElement, ratio: number): void
  onHeight(pixels: number): void
}

/** A picture that stands still in a scrolled lane and is drawn anew when what it shows has changed, once a frame at most. */
export function usePaintedLane({ lane, canvas, viewport, shows, draw, onHeight }: PaintedLane) {
  const height = ref(0)
  let frame = 0

  function drawNow(): void {
    const element = canvas.value
    if (!element || height.value === 0) return
    const ratio = window.devicePixelRatio || 1
    const width = Math.round(viewport.width.value * ratio)
    const tall = Math.round(height.value * ratio)
    if (element.width !== width) element.width = width
    if (element.height !== tall) element.height = tall
    draw(element, ratio)
  }
  watch(
    () => [...shows(), height.value, viewport.width.value, viewport.scrollLeft.value, viewport.pixelsPerSecond.value],
    () => {
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(drawNow)
    },
  )
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
  return { height }
}
