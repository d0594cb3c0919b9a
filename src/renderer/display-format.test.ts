import { describe, expect, it } from 'vitest'
import { formatBytes, formatDuration, formatHertz, formatNumberOf, formatTime, parseTime } from './display-format'

describe('formatTime', () => {
  it('writes m:ss.mmm and carries when it rounds', () => {
    expect(formatTime(0)).toBe('0:00.000')
    expect(formatTime(4.0006)).toBe('0:04.001')
    expect(formatTime(59.9996)).toBe('1:00.000')
    expect(formatTime(59.96, 1)).toBe('1:00.0')
    expect(formatTime(3661.5, 1)).toBe('1:01:01.5')
    expect(formatTime(-0.25)).toBe('−0:00.250')
    expect(formatTime(-0.0001)).toBe('0:00.000')
    expect(formatTime(Number.NaN)).toBe('–')
  })

  it('is read back by parseTime', () => {
    for (const seconds of [0, 0.001, 61.25, 3599.999, 7325.5])
      expect(parseTime(formatTime(seconds))).toBeCloseTo(seconds, 6)
    expect(parseTime('62,5')).toBe(62.5)
    for (const wrong of ['', 'a', '1:', '1:2:3:4', '-1', '1.2.3']) expect(parseTime(wrong)).toBeNull()
  })
})

describe('other figures', () => {
  it('has three significant digits for frequencies and sizes', () => {
    expect(formatHertz(440)).toBe('440 Hz')
    expect(formatHertz(999.96)).toBe('1.00 kHz')
    expect(formatHertz(2205)).toBe('2.21 kHz')
    expect(formatHertz(16000)).toBe('16.0 kHz')
    expect(formatBytes(441_044)).toBe('441 kB')
    expect(formatBytes(999)).toBe('999 B')
  })

  it('writes lengths and counts for people', () => {
    expect(formatDuration(0.4)).toBe('0.4 s')
    expect(formatDuration(200)).toBe('3 min 20 s')
    expect(formatDuration(7500)).toBe('2 h 5 min')
    expect(formatNumberOf(1, 'clip')).toBe('1 clip')
    expect(formatNumberOf(12_480, 'clip')).toBe('12\u2009480 clips')
  })
})
