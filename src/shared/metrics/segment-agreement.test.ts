import { describe, expect, it } from 'vitest'
import reference from './reference/agreement.json'
import { assign, computeOverlap, markFrames, matchSpans } from './segment-agreement'

const span = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds })

describe('matching segments', () => {
  it.each(reference.assignment)('assigns as scipy does ($total)', ({ gains, total }) => {
    const columns = assign(gains)
    const used = columns.filter((column) => column >= 0)
    expect(new Set(used).size).toBe(used.length)
    expect(used).toHaveLength(Math.min(gains.length, gains[0]!.length))
    expect(columns.reduce((sum, column, row) => sum + (column < 0 ? 0 : gains[row]![column]!), 0)).toBeCloseTo(total, 9)
  })

  it('measures overlap as intersection over union', () => {
    expect(computeOverlap(span(0, 2), span(1, 3))).toBeCloseTo(1 / 3, 12)
    expect(computeOverlap(span(0, 1), span(1, 2))).toBe(0)
    expect(computeOverlap(span(1, 2), span(1, 2))).toBe(1)
  })

  it('matches as many as it can, then those that overlap most', () => {
    // The best single pair (0 with 0) would leave the others alone.
    const first = [span(0, 4), span(3, 5)]
    const second = [span(0.5, 4.5), span(0, 3)]
    const matches = matchSpans(first, second, 0.3)
    expect(matches.map(({ first: a, second: b }) => [a, b])).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(matchSpans(first, second, 0.6).map(({ first: a, second: b }) => [a, b])).toEqual([[0, 0]])
    expect(matchSpans(first, [], 0.5)).toEqual([])
    expect(() => matchSpans(first, second, 0)).toThrow('no share above 0')
  })

  it('marks the frames whose middle lies in a segment', () => {
    expect([...markFrames([span(10.2, 10.5)], span(10, 11), 0.1)]).toEqual([0, 0, 1, 1, 1, 0, 0, 0, 0, 0])
    expect([...markFrames([span(9, 10.06), span(10.9, 12)], span(10, 11), 0.1)]).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    expect(markFrames([], span(0, 5), 0.01)).toHaveLength(500)
    expect(() => markFrames([], span(0, 5), 2)).toThrow('not between 0.01 and 1 s')
  })
})
