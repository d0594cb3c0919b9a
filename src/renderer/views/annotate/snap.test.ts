import { describe, expect, it } from 'vitest'
import { edgesOf, nearestPlace, snapGeometry, type SnapPlace } from './snap'

const at = (seconds: number, what = 'edge'): SnapPlace => ({ seconds, what })
const span = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds, lowHz: null, highHz: 900 })
const near =
  (...places: number[]) =>
  (seconds: number) =>
    nearestPlace(
      seconds,
      places.map((place) => at(place)),
      0.1,
    )

describe('nearestPlace', () => {
  it('takes the nearest within reach, and the first of two as near', () => {
    expect(nearestPlace(1, [at(1.25), at(0.75, 'onset')])).toEqual(at(1.25))
    expect(nearestPlace(1, [at(1.3), at(0.8, 'onset')], 0.25)).toEqual(at(0.8, 'onset'))
    expect(nearestPlace(1, [at(1.3)], 0.25)).toBeNull()
    expect(nearestPlace(1, [])).toBeNull()
  })
  it('leaves a segment’s own edges out', () => {
    const segments = [
      { id: 'a', ...span(1, 2) },
      { id: 'b', ...span(3, 4) },
    ]
    expect(edgesOf(segments, 'a')).toEqual([at(3), at(4)])
    expect(edgesOf(segments, null)).toHaveLength(4)
  })
})

describe('snapGeometry', () => {
  it('moves only the edge that was dragged, and keeps the band', () => {
    expect(snapGeometry(span(1, 2), span(1, 2.45), near(0.95, 2.5))).toEqual({
      geometry: span(1, 2.5),
      taken: [at(2.5)],
    })
    expect(snapGeometry(span(1, 2), span(0.4, 2), near(0.35, 2.05)).geometry).toEqual(span(0.35, 2))
  })
  it('keeps the length of a segment that is moved: the nearer edge decides', () => {
    const moved = snapGeometry(span(1, 2), span(2.95, 3.95), near(3, 3.97))
    expect(moved.geometry.endSeconds).toBeCloseTo(3.97)
    expect(moved.geometry.endSeconds - moved.geometry.startSeconds).toBeCloseTo(1)
    expect(moved.taken).toEqual([at(3.97)])
  })
  it('puts both edges of a new one, but never onto each other', () => {
    expect(snapGeometry(null, span(1.04, 1.97), near(1, 2)).geometry).toEqual(span(1, 2))
    expect(snapGeometry(null, span(0.98, 1.02), near(1))).toEqual({ geometry: span(0.98, 1.02), taken: [] })
  })
  it('leaves alone what is near nothing', () => {
    expect(snapGeometry(span(1, 2), span(1.5, 2.5), near(9))).toEqual({ geometry: span(1.5, 2.5), taken: [] })
  })
})
