// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue'
import type { RatingItem } from '../../../shared/contract/sessions'
import { usePictures } from './use-pictures'

const item = (position: number, verdict: string | null = null): RatingItem =>
  ({ position, classes: [{ classId: 'dog', verdict }] }) as unknown as RatingItem

let scope: EffectScope
let frames: Map<number, () => void>
let asked = 0
beforeEach(() => {
  vi.useFakeTimers()
  frames = new Map()
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => {
    frames.set(++asked, work)
    return asked
  })
  vi.stubGlobal('cancelAnimationFrame', (id: number) => frames.delete(id))
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

let pictures: ReturnType<typeof usePictures>
/** The callbacks of a frame, and then what waited until it was drawn. */
function drawFrame(): void {
  const before = pictures.value
  const due = [...frames.values()]
  frames.clear()
  for (const work of due) work()
  expect(pictures.value).toBe(before)
  vi.runAllTimers()
}

function setUp() {
  const current = shallowRef<RatingItem | null>(item(3))
  const beside = shallowRef<(RatingItem | null)[]>([item(2), item(4)])
  scope = effectScope()
  pictures = scope.run(() => usePictures(current, beside))!
  const places = (): number[] => pictures.value.map(({ position }) => position)
  const show = async (position: number, before: number | null, next: number | null): Promise<void> => {
    current.value = item(position)
    beside.value = [before, next].map((place) => (place === null ? null : item(place)))
    await nextTick()
  }
  return { current, places, show }
}

describe('the pictures of a session', () => {
  it('has the shown segment at once, and those beside it once that is drawn, in their order', () => {
    const { places } = setUp()
    expect(places()).toEqual([3])
    drawFrame()
    expect(places()).toEqual([2, 3, 4])
  })

  it('shows what was drawn beside without making anything before the frame', async () => {
    const { places, show } = setUp()
    drawFrame()
    const before = pictures.value
    await show(4, 3, 7)
    expect(pictures.value).toBe(before)
    drawFrame()
    expect(places()).toEqual([3, 4, 7])
    expect(pictures.value[0]).toBe(before[1])
  })

  it('has a segment that is gone to from far away at once, beside those that go', async () => {
    const { places, show } = setUp()
    drawFrame()
    await show(40, 39, null)
    expect(places()).toEqual([2, 3, 4, 40])
    drawFrame()
    expect(places()).toEqual([39, 40])
  })

  it('of keys quicker than frames makes only what the last one wants', async () => {
    const { places, show } = setUp()
    drawFrame()
    await show(4, 3, 5)
    await show(5, 4, 6)
    expect(places()).toEqual([2, 3, 4, 5])
    drawFrame()
    expect(places()).toEqual([4, 5, 6])
  })

  it('keeps a picture through what is said of its segment', async () => {
    const { current } = setUp()
    drawFrame()
    const before = pictures.value
    current.value = item(3, 'present')
    await nextTick()
    expect(pictures.value).toBe(before)
    expect(frames.size).toBe(0)
  })
})
