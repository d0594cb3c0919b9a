import { describe, expect, it } from 'vitest'
import { frequencyScales, frequencyTicks, hertzToShare, makeAxis, makeBandAxis, shareToHertz } from './frequency-axis'

const sampleRateHz = 44_100

describe.each(frequencyScales)('the %s frequency axis', (scale) => {
  const axis = makeAxis(scale, sampleRateHz)
  const band = makeAxis(scale, sampleRateHz, { lowHz: 2000, highHz: 4000 })

  it('comes back to the same frequency', () => {
    for (const hertz of [100, 440, 1000, 5000, 12_345, 20_000])
      expect(shareToHertz(hertzToShare(hertz, axis), axis)).toBeCloseTo(hertz, 3)
    expect(shareToHertz(hertzToShare(3000, band), band)).toBeCloseTo(3000, 3)
    expect(shareToHertz(1, axis)).toBeCloseTo(22_050, 6)
    expect(shareToHertz(0, axis)).toBeCloseTo(scale === 'log' ? 20 : 0, 6)
  })

  it('is clamped to its band', () => {
    expect([hertzToShare(1000, band), hertzToShare(2000, band)]).toEqual([0, 0])
    expect([hertzToShare(4000, band), hertzToShare(9000, band)]).toEqual([1, 1])
  })

  it('takes a band that is none for the whole', () => {
    expect(makeAxis(scale, sampleRateHz, { lowHz: 5000, highHz: 5000 })).toEqual(axis)
    expect(makeAxis(scale, sampleRateHz, { lowHz: 30_000, highHz: 40_000 })).toEqual(axis)
  })

  it('writes round frequencies that keep their distance', () => {
    for (const shown of [axis, band]) {
      const ticks = frequencyTicks(shown, 300)
      expect(ticks.length).toBeGreaterThan(4)
      const heights = ticks.map((hertz) => hertzToShare(hertz, shown) * 300)
      for (let index = 1; index < heights.length; index++)
        expect(heights[index]! - heights[index - 1]!).toBeGreaterThanOrEqual(26)
    }
  })
})

it('a mel axis has 1000 Hz where librosa has it: 15 of the mels of half the rate', () => {
  const axis = makeAxis('mel', 22_050)
  // librosa.hz_to_mel(11025) = 49.91059448
  expect(hertzToShare(1000, axis)).toBeCloseTo(15 / 49.91059448, 6)
})

describe('the axis of bands', () => {
  const axis = makeBandAxis(Float32Array.of(100, 200, 400, 800), 44_100)!

  it('gives every band the same height, and stands in its middle at its centre', () => {
    const shares = [100, 200, 400, 800].map((hertz) => hertzToShare(hertz, axis))
    for (const [band, share] of shares.entries()) expect(share).toBeCloseTo((band + 0.5) / 4, 6)
    for (const hertz of [80, 130, 300, 790, 900])
      expect(shareToHertz(hertzToShare(hertz, axis), axis)).toBeCloseTo(hertz, 3)
  })

  it('ends half a band beyond the outermost', () => {
    expect(axis).toMatchObject({ lowHz: 50, highHz: 1000 })
    expect([hertzToShare(20, axis), hertzToShare(5000, axis)]).toEqual([0, 1])
  })

  it('is there only where there are bands', () => {
    expect(makeBandAxis(new Float32Array(0), 44_100)).toBeNull()
    expect(makeBandAxis(Float32Array.of(440), 44_100)).toBeNull()
  })
})
