import { describe, expect, it } from 'vitest'
import { referenceMixtures } from '../../../scripts/signal-docs/mixing-rows'
import { Random } from '../random'
import { drawBeta } from './beta'
import { mixBetween, mixSamples, mixTargets, weightedLevel } from './mixing'
import reference from '../reference/mixing.json'

const { own: tone, other: low } = referenceMixtures()[0]!
const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length)

describe('between-class mixing', () => {
  it('has the levels, weights and loudness of the paper’s code, at 16 and at 44.1 kHz', () => {
    for (const { own, other, sampleRateHz, wanted } of referenceMixtures()) {
      expect(weightedLevel(own, sampleRateHz)).toBeCloseTo(wanted.levels[0]!, 4)
      expect(weightedLevel(other, sampleRateHz)).toBeCloseTo(wanted.levels[1]!, 4)
      const { samples, weight } = mixBetween(own, other, wanted.ratio, sampleRateHz)!
      expect(weight / wanted.weight).toBeCloseTo(1, 5)
      expect(rms(samples) / wanted.rms).toBeCloseTo(1, 5)
    }
    // As the reference of audio machine learning gives them.
    expect(reference.mixed[0]!.weight).toBeCloseTo(0.01094498, 8)
    expect(reference.mixed[0]!.rms).toBeCloseTo(0.0711204, 7)
    expect(reference.mixed[1]!.weight).toBeCloseTo(0.00367514, 8)
  })

  it('is one of the two at either end, and nothing where one is silent', () => {
    expect(mixBetween(tone, low, 0, 16000)!.samples).toEqual(low)
    expect(mixBetween(tone, low, 1, 16000)!.samples).toEqual(tone)
    expect(mixBetween(tone, new Float32Array(tone.length), 0.5, 16000)).toBeNull()
    expect(mixBetween(new Float32Array(tone.length), low, 0.5, 16000)).toBeNull()
    expect(weightedLevel(new Float32Array(0), 16000)).toBe(-80)
  })

  it('hears what is shorter than a frame', () => {
    expect(weightedLevel(tone.subarray(0, 700), 16000)).toBeGreaterThan(30)
  })
})

describe('mixup', () => {
  it('mixes samples and shares by one number', () => {
    const [own, other] = [Float32Array.of(1, 0), Float32Array.of(0, 1)]
    expect([...mixSamples(own, other, 0.25)]).toEqual([0.25, 0.75])
    expect([...mixTargets(own, other, 0.25, 'shares')]).toEqual([0.25, 0.75])
  })

  it('takes both classes for heard where that is asked for, however loud each is', () => {
    const [own, other] = [Float32Array.of(1, 0, 0), Float32Array.of(0, 0.5, 0.5)]
    expect([...mixTargets(own, other, 0.9, 'both')]).toEqual([0.5, 0.25, 0.25])
    expect([...mixTargets(own, own, 0.9, 'both')]).toEqual([1, 0, 0])
  })

  it.each([0.2, 1, 10])('draws from Beta(α, α) with its mean and variance, α = %d', (alpha) => {
    const random = new Random(7)
    const draws = Array.from({ length: 20_000 }, () => drawBeta(alpha, random))
    const mean = draws.reduce((total, draw) => total + draw, 0) / draws.length
    const variance = draws.reduce((total, draw) => total + (draw - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0.5, 1)
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeCloseTo(1, 1)
  })
})
