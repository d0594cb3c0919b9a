import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { EdgeIndex, nearestPlace, snapGeometry, type SnapPlace } from './snap'

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
})

describe('EdgeIndex', () => {
  /** Every edge but those of one segment, looked at one by one. */
  const walk = (segments: readonly Named[], exceptId: string | null, seconds: number, withinSeconds?: number) => {
    const others = segments.filter(({ id }) => id !== exceptId)
    return nearestPlace(
      seconds,
      others.flatMap(({ startSeconds, endSeconds }) => [at(startSeconds), at(endSeconds)]),
      withinSeconds,
    )
  }
  type Named = ReturnType<typeof span> & { id: string }
  const named = (id: string, from: number, to: number): Named => ({ id, ...span(from, to) })

  it('leaves a segment’s own edges out', () => {
    const index = new EdgeIndex([named('a', 1, 2), named('b', 3, 4)])
    expect(index.nearest(1.9, 'a')).toEqual(at(3))
    expect(index.nearest(1.9, 'b')).toEqual(at(2))
    expect(index.nearest(1.9, 'a', 1)).toBeNull()
    expect(new EdgeIndex([]).nearest(1, null)).toBeNull()
  })

  it('finds what a walk over all edges finds, ties and twins among them', () => {
    const stream = new Random(5, 'edges')
    const random = (): number => stream.uniform()
    for (let round = 0; round < 40; round++) {
      // Whole hundredths make ties; a few segments make every place an end of the list.
      const steps = round % 2 === 0 ? 100 : 1e9
      const moment = (): number => Math.round(random() * 20 * steps) / steps
      const segments = Array.from({ length: 1 + 5 * round }, (_, n) => {
        const start = moment()
        return named(String(n), start, start + moment())
      })
      const index = new EdgeIndex(segments)
      for (let asked = 0; asked < 50; asked++) {
        const seconds = asked % 5 === 0 ? segments[asked % segments.length]!.endSeconds : moment() * 2 - 1
        const exceptId = asked % 3 === 0 ? null : String(asked % segments.length)
        const within = asked % 2 === 0 ? undefined : random()
        expect(index.nearest(seconds, exceptId, within)).toEqual(walk(segments, exceptId, seconds, within))
      }
    }
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
