import { describe, expect, it } from 'vitest'
import { Random } from '../../dsp/random'
import { coveredShare, isSilent, proposeSegments, slideWindows } from './propose-segments'

const clip = (startSeconds: number, endSeconds: number) => ({ startSeconds, endSeconds })

describe('sliding windows', () => {
  it('go by their hop, and the last one ends with the clip', () => {
    expect(slideWindows(clip(10, 15), 3, 1.5)).toEqual([clip(10, 13), clip(11.5, 14.5), clip(12, 15)])
    expect(slideWindows(clip(0, 6), 3, 1.5)).toEqual([clip(0, 3), clip(1.5, 4.5), clip(3, 6)])
    expect(slideWindows(clip(0, 6.125), 3, 1.5)).toEqual([clip(0, 3), clip(1.5, 4.5), clip(3.125, 6.125)])
    expect(slideWindows(clip(0, 4), 1, 2)).toEqual([clip(0, 1), clip(2, 3), clip(3, 4)])
  })

  it('are one over a clip that is not longer', () => {
    expect(slideWindows(clip(2, 4), 3, 1.5)).toEqual([clip(2, 4)])
    expect(slideWindows(clip(0, 3.0000000001), 3, 1.5)).toEqual([clip(0, 3.0000000001)])
  })

  it('refuse what would never end', () => {
    expect(() => slideWindows(clip(0, 5), 3, 0)).toThrow(RangeError)
    expect(() => slideWindows(clip(0, 5), Number.NaN, 1)).toThrow(RangeError)
    expect(() => slideWindows(clip(5, 5), 3, 1)).toThrow(RangeError)
  })

  it('cover every moment of any clip, inside it and in order', () => {
    const random = new Random(3, 'windows')
    for (let round = 0; round < 500; round++) {
      const start = random.uniform(0, 100)
      const own = clip(start, start + random.uniform(0.01, 60))
      const windowSeconds = random.uniform(0.05, 5)
      const windows = slideWindows(own, windowSeconds, random.uniform(0.05, 1) * windowSeconds)
      expect(windows[0]!.startSeconds).toBe(own.startSeconds)
      expect(windows.at(-1)!.endSeconds).toBe(own.endSeconds)
      for (const [index, { startSeconds, endSeconds }] of windows.slice(1).entries()) {
        expect(startSeconds).toBeGreaterThan(windows[index]!.startSeconds)
        expect(startSeconds).toBeLessThanOrEqual(windows[index]!.endSeconds + 1e-9)
        expect(endSeconds).toBeLessThanOrEqual(own.endSeconds + 1e-9)
      }
    }
  })
})

describe('windows to segments', () => {
  const windows = slideWindows(clip(0, 6), 2, 1) // 0–2, 1–3, 2–4, 3–5, 4–6

  it('joins neighbours, with peak and mean', () => {
    const scores = [0.1, 0.6, 0.9, 0.2, 0.1].map((dog) => [dog, 0])
    expect(proposeSegments(windows, scores, 2, 0.5)).toEqual([
      { classIndex: 0, startSeconds: 1, endSeconds: 4, peak: 0.9, mean: 0.75, windows: 2 },
    ])
  })

  it('takes a score at the floor, and one window alone', () => {
    expect(proposeSegments(windows, [[0], [0], [0.5], [0.4999], [0]], 1, 0.5)).toMatchObject([
      { startSeconds: 2, endSeconds: 4, windows: 1, mean: 0.5 },
    ])
  })

  it('goes to both ends of the clip, and finds nothing in nothing', () => {
    expect(
      proposeSegments(
        windows,
        Array.from({ length: 5 }, () => [1]),
        1,
        0.5,
      ),
    ).toMatchObject([{ startSeconds: 0, endSeconds: 6, windows: 5, mean: 1 }])
    expect(
      proposeSegments(
        windows,
        Array.from({ length: 5 }, () => [0.3]),
        1,
        0.5,
      ),
    ).toEqual([])
    expect(proposeSegments([], [], 3, 0.5)).toEqual([])
  })

  it('parts two segments of a class with a window between them in the middle of what both would have', () => {
    const dense = slideWindows(clip(0, 4), 2, 0.5) // 0–2, 0.5–2.5, 1–3, 1.5–3.5, 2–4
    expect(proposeSegments(dense, [[0.8], [0.1], [0.7], [0.6], [0.1]], 1, 0.5)).toMatchObject([
      { startSeconds: 0, endSeconds: 1.5, peak: 0.8 },
      { startSeconds: 1.5, endSeconds: 3.5, peak: 0.7 },
    ])
  })

  it('lets classes overlap', () => {
    const both = Array.from({ length: 5 }, () => [0.5, 0.5])
    expect(proposeSegments(windows, both, 2, 0.5).map(({ classIndex }) => classIndex)).toEqual([0, 1])
  })

  it('refuses what is no score', () => {
    expect(() => proposeSegments(windows, [[0]], 1, 0.5)).toThrow('1 windows have scores, of 5')
    expect(() => proposeSegments([windows[0]!], [[0, 1]], 1, 0.5)).toThrow('2 scores for 1 classes')
    expect(() => proposeSegments([windows[0]!], [[Number.NaN]], 1, 0.5)).toThrow('is NaN')
    expect(() => proposeSegments([windows[0]!], [[1.5]], 1, 0.5)).toThrow('is 1.5')
  })

  it('holds of any scores: apart within a class, inside the clip, every window above the floor in its segment', () => {
    const random = new Random(8, 'segments')
    for (let round = 0; round < 300; round++) {
      const own = clip(3, 3 + random.uniform(1, 30))
      const length = random.uniform(0.3, 4)
      const list = slideWindows(own, length, length * random.uniform(0.1, 1))
      const scores = list.map(() => Float32Array.from({ length: 3 }, () => random.uniform()))
      const floor = random.uniform(0.1, 0.9)
      const segments = proposeSegments(list, scores, 3, floor)
      for (let label = 0; label < 3; label++) {
        const mine = segments.filter(({ classIndex }) => classIndex === label)
        const above = scores.filter((row) => row[label]! >= floor)
        expect(mine.reduce((sum, { windows: count }) => sum + count, 0)).toBe(above.length)
        expect(Math.max(0, ...mine.map(({ peak }) => peak))).toBe(Math.max(0, ...above.map((row) => row[label]!)))
        for (const [index, segment] of mine.entries()) {
          expect(segment.endSeconds).toBeGreaterThan(segment.startSeconds)
          expect(segment.startSeconds).toBeGreaterThanOrEqual(own.startSeconds)
          expect(segment.endSeconds).toBeLessThanOrEqual(own.endSeconds + 1e-9)
          expect(segment.mean).toBeGreaterThanOrEqual(floor - 1e-6)
          expect(segment.mean).toBeLessThanOrEqual(segment.peak + 1e-6)
          if (index > 0) expect(segment.startSeconds).toBeGreaterThanOrEqual(mine[index - 1]!.endSeconds)
        }
        for (const [index, row] of scores.entries()) {
          if (row[label]! < floor) continue
          const middle = (list[index]!.startSeconds + list[index]!.endSeconds) / 2
          expect(mine.some((one) => one.startSeconds <= middle + 1e-9 && one.endSeconds >= middle - 1e-9)).toBe(true)
        }
      }
    }
  })
})

it('says how much of a span another one covers', () => {
  expect(coveredShare(clip(0, 4), clip(1, 3))).toBe(0.5)
  expect(coveredShare(clip(1, 3), clip(0, 4))).toBe(1)
  expect(coveredShare(clip(0, 1), clip(1, 2))).toBe(0)
})

describe('silence', () => {
  it('is what stays below -70 dBFS, and ends a segment whatever the floor is', () => {
    expect([0, 10 ** (-70.1 / 20), 10 ** (-69.9 / 20), 1].map(isSilent)).toEqual([true, true, false, false])
    const windows = slideWindows(clip(0, 5), 1, 1)
    const spans = proposeSegments(windows, [[0.9], [0.8], null, [0], null], 1, 0)
    expect(spans.map(({ startSeconds, endSeconds }) => [startSeconds, endSeconds])).toEqual([
      [0, 2],
      [3, 4],
    ])
  })
})
