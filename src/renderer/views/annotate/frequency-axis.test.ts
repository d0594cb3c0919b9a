import { describe, expect, it } from 'vitest'
import { computeFrontEnd } from '../../../dsp/features'
import { displayFrontEnd } from '../../../dsp/presets'
import { frequencyTicks, hertzToShare, shareToHertz, type FrequencyAxis } from './frequency-axis'

const sampleRateHz = 44_100
function axisOf(scale: 'mel' | 'linear'): FrequencyAxis & { bandHz: Float32Array } {
  const frontEnd = displayFrontEnd(sampleRateHz, scale)
  const { bands, bandHz } = computeFrontEnd(new Float32Array(frontEnd.fftSamples).fill(0.1), frontEnd)
  return { scale, sampleRateHz, fftSamples: frontEnd.fftSamples, bands, bandHz }
}

describe.each(['mel', 'linear'] as const)('the %s frequency axis', (scale) => {
  const axis = axisOf(scale)

  it('puts the centre of each band in the middle of its row', () => {
    for (const band of [0, 1, Math.floor(axis.bands / 2), axis.bands - 1])
      expect(hertzToShare(axis.bandHz[band]!, axis)).toBeCloseTo((band + 0.5) / axis.bands, 4)
  })

  it('comes back to the same frequency', () => {
    for (const hertz of [100, 440, 1000, 5000, 12_345, 20_000])
      expect(shareToHertz(hertzToShare(hertz, axis), axis)).toBeCloseTo(hertz, 3)
    expect(shareToHertz(1, axis)).toBeLessThanOrEqual(sampleRateHz / 2)
    expect(shareToHertz(0, axis)).toBeGreaterThanOrEqual(0)
  })

  it('writes round frequencies that keep their distance', () => {
    const ticks = frequencyTicks(axis, 300)
    expect(ticks.length).toBeGreaterThan(4)
    const heights = ticks.map((hertz) => hertzToShare(hertz, axis) * 300)
    for (let index = 1; index < heights.length; index++)
      expect(heights[index]! - heights[index - 1]!).toBeGreaterThanOrEqual(26)
  })
})
