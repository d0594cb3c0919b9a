import { describe, expect, it } from 'vitest'
import { ref } from 'vue'
import { useViewport } from './use-viewport'

/** Ten seconds on a thousand pixels. */
function open() {
  const viewport = useViewport(ref(10))
  viewport.setWidth(1000)
  const shown = (): [number, number] => [viewport.visibleStartSeconds.value, viewport.visibleEndSeconds.value]
  return { viewport, shown }
}

describe('zooming', () => {
  it('keeps a moment that is on the screen where it stands', () => {
    const { viewport, shown } = open()
    viewport.zoomTo(2, 2)
    expect(shown()).toEqual([1, 6])
    viewport.zoomTo(4, 2)
    expect(shown()).toEqual([1.5, 4])
    viewport.zoomTo(1)
    expect(shown()).toEqual([0, 10])
  })

  it('keeps the middle where the moment is not on the screen, as a playhead that was left behind', () => {
    const { viewport, shown } = open()
    viewport.showSpan(6, 7)
    const [start, end] = shown()
    expect((start + end) / 2).toBeCloseTo(6.5)
    viewport.zoomTo(viewport.zoom.value / 2, 0)
    const [before, after] = shown()
    expect((before + after) / 2).toBeCloseTo(6.5)
    expect(after - before).toBeCloseTo(2 * (end - start))
  })
})

describe('a lane of another width', () => {
  it('shows the same span', () => {
    const { viewport, shown } = open()
    viewport.showSpan(6, 7)
    const before = shown()
    for (const width of [1600, 700]) {
      viewport.setWidth(width)
      shown().forEach((seconds, at) => expect(seconds).toBeCloseTo(before[at]!))
      expect(viewport.wantedScroll.value).toBe(viewport.scrollLeft.value)
    }
  })
})

describe('the steps of a scroll', () => {
  it('cover all that is on the screen, and change eight times a screen', () => {
    const { viewport, shown } = open()
    viewport.zoomTo(5, 0)
    const steps = new Set<number>()
    for (let pixels = 0; pixels < 2000; pixels += 7) {
      viewport.scrollTo(pixels)
      const [start, end] = shown()
      expect(viewport.stepStartSeconds.value).toBeLessThanOrEqual(start)
      expect(viewport.stepEndSeconds.value).toBeGreaterThanOrEqual(end)
      expect(viewport.spanFor(10).startSeconds).toBe(viewport.stepStartSeconds.value)
      steps.add(viewport.stepLeft.value)
    }
    expect([...steps]).toEqual(Array.from({ length: 16 }, (_, step) => step * 125))
  })
})
