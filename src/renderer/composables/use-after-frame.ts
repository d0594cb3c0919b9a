import { onScopeDispose } from 'vue'

/**
 * Work that can wait until what has just changed is on screen: it begins after the next frame has been drawn, once, however
 * often it is asked for until then.
 * @returns asks for it
 */
export function useAfterFrame(work: () => void): () => void {
  let frame = 0
  let timer = 0
  function stop(): void {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
  onScopeDispose(stop)
  return () => {
    stop()
    // A timer set in a frame ends after that frame has been drawn.
    frame = requestAnimationFrame(() => (timer = window.setTimeout(work)))
  }
}
