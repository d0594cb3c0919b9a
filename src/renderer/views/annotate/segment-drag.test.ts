import { describe, expect, it } from 'vitest'
import { dragSegment, shortestSeconds, spanBetween } from './segment-drag'

const limits = { durationSeconds: 5, highestHz: 22_050 }
const box = { startSeconds: 1, endSeconds: 2, lowHz: 1000, highHz: 3000 }
const plain = { startSeconds: 1, endSeconds: 2, lowHz: null, highHz: null }
const at = (seconds: number, hertz = 0) => ({ seconds, hertz })

describe('spanBetween', () => {
  it('takes two corners in any order and stays inside the clip', () => {
    expect(spanBetween(at(3, 500), at(-1, 30_000), true, limits)).toEqual({
      startSeconds: 0,
      endSeconds: 3,
      lowHz: 500,
      highHz: 22_050,
    })
    expect(spanBetween(at(1), at(2), false, limits).lowHz).toBeNull()
  })

  it('is never empty', () => {
    const span = spanBetween(at(5), at(5), false, limits)
    expect(span.endSeconds - span.startSeconds).toBeCloseTo(shortestSeconds, 9)
    expect(span.endSeconds).toBeLessThanOrEqual(5 + 1e-9)
  })
})

describe('dragSegment', () => {
  it('moves with its length and band, and stops at the ends', () => {
    const moved = dragSegment(box, 'move', at(1.5, 2000), at(9, 40_000), limits)
    expect(moved).toEqual({ startSeconds: 4, endSeconds: 5, lowHz: 20_050, highHz: 22_050 })
    expect(dragSegment(plain, 'move', at(1.5), at(1.25), limits)).toEqual({
      startSeconds: 0.75,
      endSeconds: 1.75,
      lowHz: null,
      highHz: null,
    })
  })

  it('drags one edge and leaves the others', () => {
    expect(dragSegment(box, 'end', at(2), at(2.5, 9000), limits)).toEqual({ ...box, endSeconds: 2.5 })
    expect(dragSegment(box, 'high', at(1, 3000), at(9, 4000), limits)).toEqual({ ...box, highHz: 4000 })
    expect(dragSegment(box, 'start-low', at(1, 1000), at(0.5, 800), limits)).toEqual({
      ...box,
      startSeconds: 0.5,
      lowHz: 800,
    })
  })

  it('lets edges pass each other and never leaves an empty segment', () => {
    expect(dragSegment(plain, 'start', at(1), at(3), limits)).toMatchObject({ startSeconds: 2, endSeconds: 3 })
    expect(dragSegment(box, 'low', at(0, 1000), at(0, 5000), limits)).toMatchObject({ lowHz: 3000, highHz: 5000 })
    const narrow = dragSegment(plain, 'start', at(1), at(2), limits)
    expect(narrow.endSeconds - narrow.startSeconds).toBeGreaterThanOrEqual(shortestSeconds - 1e-12)
  })
})
