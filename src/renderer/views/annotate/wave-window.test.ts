import { describe, expect, it } from 'vitest'
import { nextWaveSpan } from './wave-window'

const at = (startSeconds: number, endSeconds: number) => ({
  startSeconds,
  endSeconds,
  durationSeconds: 7200,
  pixelsPerSecond: 1000 / (endSeconds - startSeconds),
})

describe('the span that a waveform is drawn for', () => {
  it('is the whole clip where the whole clip is shown', () => {
    expect(nextWaveSpan(at(0, 7200), null)).toEqual({ startSeconds: 0, endSeconds: 7200 })
  })

  it('reaches a screen to either side, and serves while a quarter of one is left', () => {
    const span = nextWaveSpan(at(100, 110), null)!
    expect(span).toEqual({ startSeconds: 90, endSeconds: 120 })
    const drawn = { ...span, pixelsPerSecond: 100 }
    expect(nextWaveSpan(at(107, 117), drawn)).toBeNull()
    expect(nextWaveSpan(at(108, 118), drawn)).toEqual({ startSeconds: 98, endSeconds: 128 })
    expect(nextWaveSpan(at(92, 102), drawn)).toEqual({ startSeconds: 82, endSeconds: 112 })
  })

  it('begins and ends on whole pixels, and reaches no less far for it', () => {
    const { startSeconds, endSeconds } = nextWaveSpan({ ...at(100, 110), pixelsPerSecond: 30.7 }, null)!
    for (const seconds of [startSeconds, endSeconds])
      expect(Math.abs(seconds * 30.7 - Math.round(seconds * 30.7))).toBeLessThan(1e-6)
    expect(startSeconds).toBeLessThanOrEqual(90)
    expect(endSeconds).toBeGreaterThanOrEqual(120)
    expect(endSeconds - startSeconds).toBeLessThan(30 + 2 / 30.7)
  })

  it('ends where the clip ends, and serves up to there', () => {
    const span = nextWaveSpan(at(7190, 7200), null)!
    expect(span).toEqual({ startSeconds: 7180, endSeconds: 7200 })
    expect(nextWaveSpan(at(7190, 7200), { ...span, pixelsPerSecond: 100 })).toBeNull()
  })

  it('is taken anew where it would be coarse, or far wider than the screen', () => {
    const drawn = { startSeconds: 90, endSeconds: 120, pixelsPerSecond: 100 }
    expect(nextWaveSpan(at(103, 108), drawn)).not.toBeNull()
    expect(nextWaveSpan(at(100, 102), { ...drawn, pixelsPerSecond: 500 })).not.toBeNull()
  })

  it('is none where there is no clip or no screen', () => {
    expect(nextWaveSpan({ ...at(0, 1), durationSeconds: 0 }, null)).toBeNull()
    expect(nextWaveSpan(at(5, 5), null)).toBeNull()
  })
})
