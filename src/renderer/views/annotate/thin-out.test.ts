import { describe, expect, it } from 'vitest'
import { thinOut } from './thin-out'

const segment = (id: number, startSeconds: number, seconds: number, tier = 'human') => ({
  id,
  startSeconds,
  endSeconds: startSeconds + seconds,
  tier,
})
const idsOf = (segments: { id: number }[]): number[] => segments.map(({ id }) => id)
const none = (): boolean => false

describe('segments that are drawn', () => {
  it('are all of them where they are wide enough to be taken', () => {
    const wide = Array.from({ length: 50 }, (_, id) => segment(id, id * 0.001, 0.05))
    expect(thinOut(wide, 100, none)).toEqual(wide)
    expect(thinOut(wide, 70, none)).toHaveLength(2)
  })

  it('are of lines in one place the first of each tier', () => {
    const lines = [
      segment(1, 1, 0.01),
      segment(2, 1.01, 0.01),
      segment(3, 1.01, 0.01, 'model'),
      segment(4, 1.012, 0.5),
      segment(5, 1.015, 0.01),
      segment(6, 1.04, 0.01),
    ]
    expect(idsOf(thinOut(lines, 100, none))).toEqual([1, 3, 4, 6])
  })

  it('are also those that are kept, and no more than there are places', () => {
    const many = Array.from({ length: 5000 }, (_, id) => segment(id, id * 0.72, 0.06, ['a', 'b', 'c'][id % 3]))
    const drawn = thinOut(many, 0.22, ({ id }) => id === 4567)
    expect(drawn.length).toBeLessThanOrEqual(1 + 3 * Math.ceil((3600 * 0.22) / 3))
    expect(drawn.length).toBeGreaterThan(700)
    expect(idsOf(drawn)).toContain(4567)
  })
})
