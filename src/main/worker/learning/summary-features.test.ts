import { describe, expect, it } from 'vitest'
import { mfccFrontEnd } from '../../../dsp/presets'
import { countSummaryValues, summarizeClip } from './summary-features'

function tone(hz: number, seconds: number, amplitude = 0.5): Float32Array {
  const samples = Math.round(seconds * mfccFrontEnd.sampleRateHz)
  return Float32Array.from(
    { length: samples },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / mfccFrontEnd.sampleRateHz),
  )
}

describe('summary features', () => {
  it('gives 182 finite values', () => {
    const row = summarizeClip(tone(440, 1), mfccFrontEnd, 20)
    expect(row.length).toBe(182)
    expect(countSummaryValues(20, 60)).toBe(182)
    expect(row.every(Number.isFinite)).toBe(true)
  })

  it('has the zero-crossing rate after the 60 cepstral values: two crossings a cycle', () => {
    expect(summarizeClip(tone(1000, 2), mfccFrontEnd, 20)[60]).toBeCloseTo(2000 / 22050, 2)
  })

  it('has the band means next: a tone twenty decibels softer is twenty decibels lower there', () => {
    const loud = summarizeClip(tone(1000, 1, 0.5), mfccFrontEnd, 20).slice(62, 122)
    const soft = summarizeClip(tone(1000, 1, 0.05), mfccFrontEnd, 20).slice(62, 122)
    const band = loud.indexOf(Math.max(...loud))
    expect(loud[band]! - soft[band]!).toBeCloseTo(20, 3)
  })

  it('repeats a clip that is too short for deltas', () => {
    expect(summarizeClip(tone(440, 0.01), mfccFrontEnd, 20).every(Number.isFinite)).toBe(true)
  })

  it('refuses a clip without samples', () => {
    expect(() => summarizeClip(new Float32Array(0), mfccFrontEnd, 20)).toThrow('without samples')
  })
})
