import { describe, expect, it } from 'vitest'
import { parseByteRange } from './byte-range'

describe('parseByteRange', () => {
  it('reads the three forms of one range', () => {
    expect(parseByteRange('bytes=0-99', 1000)).toEqual({ start: 0, end: 100 })
    expect(parseByteRange('bytes=900-', 1000)).toEqual({ start: 900, end: 1000 })
    expect(parseByteRange('bytes=-100', 1000)).toEqual({ start: 900, end: 1000 })
  })

  it('clamps what reaches past the end', () => {
    expect(parseByteRange('bytes=990-5000', 1000)).toEqual({ start: 990, end: 1000 })
    expect(parseByteRange('bytes=-5000', 1000)).toEqual({ start: 0, end: 1000 })
  })

  it('refuses what starts at or after the end, and an empty suffix', () => {
    expect(parseByteRange('bytes=1000-', 1000)).toBe('unsatisfiable')
    expect(parseByteRange('bytes=0-', 0)).toBe('unsatisfiable')
    expect(parseByteRange('bytes=-0', 1000)).toBe('unsatisfiable')
  })

  it('ignores what is no single byte range', () => {
    for (const header of [null, '', 'bytes=-', 'bytes=5-2', 'bytes=0-1,5-6', 'items=0-1', 'bytes=a-b'])
      expect(parseByteRange(header, 1000), String(header)).toBeNull()
  })
})
