import { describe, expect, it } from 'vitest'
import { computeFrontEnd } from './features'
import { frontEndPresets } from './front-end-presets'
import { gainResponse } from './gain-response'
import { referenceNoise } from './reference-signals'

describe('the answer to a decibel more', () => {
  it.each(frontEndPresets)('of $name is what the front end computes of a louder sound', ({ name, frontEnd }) => {
    const response = gainResponse(frontEnd)
    const isDecibels =
      frontEnd.kind !== 'waveform' && (frontEnd.level.kind ?? 'decibel') === 'decibel' && name !== 'waveform'
    expect(response !== null).toBe(isDecibels)
    if (!response) return
    // Noise keeps clear of the floor.
    const samples = referenceNoise(60_000).map((value) => value / 4)
    const soft = computeFrontEnd(samples, frontEnd)
    const loud = computeFrontEnd(
      samples.map((value) => value * 10 ** (2 / 20)),
      frontEnd,
    )
    const row = soft.bands * soft.channels
    expect(response).toHaveLength(row)
    const frame = Math.min(20, Math.floor(soft.frames / 2)) * row
    for (let i = 0; i < row; i++) {
      const change = (loud.values[frame + i]! - soft.values[frame + i]!) / 2
      expect(Math.abs(change - response[i]!)).toBeLessThan(5e-3 * Math.max(1, Math.abs(response[i]!)))
    }
  })
})
