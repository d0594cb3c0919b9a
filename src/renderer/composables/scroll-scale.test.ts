import { describe, expect, it } from 'vitest'
import { ScrollScale } from './scroll-scale'

const rowHeight = 40
const viewHeight = 700

describe('the scale of a list that is scrolled', () => {
  it('leaves a list alone that a browser can lay out', () => {
    const scale = new ScrollScale(1000 * rowHeight, viewHeight)
    expect(scale.height).toBe(40_000)
    for (const top of [0, 123, 39_300]) expect(scale.place(top)).toEqual({ offset: 0, scrollTop: top })
    expect(scale.place(1e9)).toEqual({ offset: 0, scrollTop: 39_300 })
    expect(scale.offsetAt(20_000)).toBe(0)
    expect(new ScrollScale(0, viewHeight).place(0)).toEqual({ offset: 0, scrollTop: 0 })
  })

  it('reaches every row of two million within what a browser can lay out', () => {
    const trueHeight = 2_084_320 * rowHeight
    const scale = new ScrollScale(trueHeight, viewHeight)
    expect(scale.height).toBe(8_000_000)
    for (let row = 0; row < 2_084_320; row += 997) {
      const { offset, scrollTop } = scale.place(row * rowHeight)
      expect(scrollTop).toBeGreaterThanOrEqual(0)
      expect(scrollTop).toBeLessThanOrEqual(scale.height - viewHeight + 1)
      expect(offset + scrollTop).toBe(Math.min(row * rowHeight, trueHeight - viewHeight))
    }
  })

  it('spans the whole list with the scrollbar', () => {
    const scale = new ScrollScale(2_084_320 * rowHeight, viewHeight)
    expect(scale.offsetAt(0)).toBe(0)
    const bottom = scale.height - viewHeight
    expect(scale.offsetAt(bottom) + bottom).toBeCloseTo(scale.trueHeight - viewHeight, -1)
    let before = -1
    for (let top = 0; top <= bottom; top += 1000) {
      const trueTop = scale.offsetAt(top) + top
      expect(trueTop).toBeGreaterThan(before)
      // As far down the list as the scrollbar says, to within a page of 1 %.
      expect(Math.abs(trueTop / scale.trueHeight - top / scale.height)).toBeLessThan(0.011)
      before = trueTop
    }
  })

  it('moves as far as the wheel does, also from page to page', () => {
    const scale = new ScrollScale(2_084_320 * rowHeight, viewHeight)
    let trueTop = 0
    for (let step = 0; step < 20_000; step++) {
      const { offset, scrollTop } = scale.place(trueTop)
      expect(offset + scrollTop).toBe(trueTop)
      trueTop += 100
    }
  })
})
