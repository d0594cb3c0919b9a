import { describe, expect, it } from 'vitest'
import { backtrackOnsets, findOnsets, fineOnsets, onsetStrength, pickOnsets } from './onsets'
import reference from './reference/onsets.json'
import { referenceNoise, worstDeviation } from './reference-signals'
import { nearestZeroCrossing } from './zero-crossing'

const { sampleRateHz } = reference

/** Tones of 1 kHz that decay, over a faint noise, as in scripts/make-onset-reference.py. */
function bursts(): Float32Array {
  const noise = referenceNoise(reference.samples)
  const starts = [
    [0.25, 0.5],
    [0.8, 0.4],
    [1.3, 0.1],
  ] as const
  return Float32Array.from(noise, (value, n) => {
    let sum = 0.001 * value
    for (const [start, gain] of starts) {
      const t = (n - Math.floor(start * sampleRateHz)) / sampleRateHz
      if (t >= 0) sum += gain * Math.exp(-t / 0.05) * Math.sin(2 * Math.PI * 1000 * t)
    }
    return sum
  })
}

describe.each(reference.cases)('onsets with an FFT of $fftSamples and a hop of $hopSamples', (expected) => {
  const strength = onsetStrength(bursts(), sampleRateHz, expected)
  it('have librosa’s strength', () => {
    expect(worstDeviation(strength, expected.strength, 1e-3, 2e-3)).toBeLessThanOrEqual(1)
  })
  it('are librosa’s, also rolled back', () => {
    const onsets = pickOnsets(strength, sampleRateHz, expected.hopSamples)
    expect(onsets).toEqual(expected.onsets)
    expect(backtrackOnsets(onsets, strength)).toEqual(expected.backtracked)
  })
})

describe('findOnsets', () => {
  it('finds where the bursts begin, within 12 ms before', () => {
    const found = findOnsets(bursts(), sampleRateHz)
    for (const start of [0.25, 0.8, 1.3]) {
      const nearest = found.reduce((best, one) => (Math.abs(one - start) < Math.abs(best - start) ? one : best))
      expect(start - nearest).toBeGreaterThan(-0.003)
      expect(start - nearest).toBeLessThan(0.012 + (2 * fineOnsets.hopSamples) / sampleRateHz)
    }
  })
  it('finds none in silence, in a steady tone but its start, and in nothing', () => {
    expect(findOnsets(new Float32Array(22050), sampleRateHz)).toEqual([])
    expect(findOnsets(new Float32Array(0), sampleRateHz)).toEqual([])
    const tone = Float32Array.from({ length: 44100 }, (_, n) => Math.sin((2 * Math.PI * 440 * n) / 22050))
    expect(findOnsets(tone, sampleRateHz).filter((seconds) => seconds > 0.1 && seconds < 1.9)).toEqual([])
  })
})

describe('nearestZeroCrossing', () => {
  it('is where a sine is zero, between samples', () => {
    const period = 100.5
    const sine = Float32Array.from({ length: 1000 }, (_, n) => Math.sin((2 * Math.PI * (n - 0.25)) / period))
    for (const at of [30, 49, 51, 70, 512, 960]) {
      const nearest = Math.round(((at - 0.25) * 2) / period) * (period / 2) + 0.25
      expect(nearestZeroCrossing(sine, at)).toBeCloseTo(nearest, 2)
    }
  })
  it('looks from anywhere, and finds none where there is none', () => {
    expect(nearestZeroCrossing(Float32Array.of(1, -1, -1, -1), 100)).toBeCloseTo(0.5)
    expect(nearestZeroCrossing(Float32Array.of(1, -1, -1, -1), -5)).toBeCloseTo(0.5)
    expect(nearestZeroCrossing(Float32Array.of(1, 1, 0, 1), 1)).toBeNull()
    expect(nearestZeroCrossing(new Float32Array(0), 1)).toBeNull()
    // The nearer one on the other side, by less than a sample.
    expect(nearestZeroCrossing(Float32Array.of(1, -9, -9, -1, 9, 9), 2.4)).toBeCloseTo(3.1)
  })
})
