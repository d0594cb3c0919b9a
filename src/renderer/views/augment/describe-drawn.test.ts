import { describe, expect, it } from 'vitest'
import type { DrawnValues } from '../../../shared/job/drawn-values'
import { nameDraws, nameValues } from './describe-drawn'

describe('what was drawn', () => {
  it('is the steps that were done, each with its first value', () => {
    const drawn: DrawnValues[] = [
      { kind: 'noise', isDone: true, values: { snrDb: 12.346, gainDb: -3 } },
      { kind: 'gain', isDone: false, values: {} },
      { kind: 'polarity', isDone: true, values: {} },
      { kind: 'time-stretch', isDone: true, values: { rate: 1.1 } },
    ]
    expect(nameDraws(drawn)).toBe('Noise 12.35 dB, Polarity, Time stretch 1.1 ×')
    expect(nameDraws([])).toBe('')
  })

  it('is every value in words, with its unit', () => {
    const values = {
      snrDb: 12.345,
      silenceSeconds: 0.2,
      cornerHz: 8000,
      sourceMeters: 2,
      mask1FirstBand: 7,
      share: 0.5,
    }
    expect(nameValues({ kind: 'noise', isDone: true, values })).toBe(
      'SNR 12.345 dB, silence 0.2 s, corner 8000 Hz, source 2 m, mask 1 first band 7, share 0.5',
    )
    expect(nameValues({ kind: 'polarity', isDone: true, values: {} })).toBe('')
  })

  it('has a minus sign for what is less than nothing, and says of softening only where there was any', () => {
    const values = { seconds: -0.04, softenedDb: 0 }
    expect(nameValues({ kind: 'time-shift', isDone: true, values })).toBe('−0.04 s')
    expect(nameValues({ kind: 'noise', isDone: true, values: { snrDb: -2, softenedDb: 1.5 } })).toBe(
      'SNR −2 dB, softened by 1.5 dB',
    )
    expect(nameDraws([{ kind: 'gain', isDone: true, values: { decibels: -3 } }])).toBe('Gain −3 dB')
  })
})
