import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { recipes } from '../../../zoo/recipes'
import { changeGain, drawBeta, maskCrop, mixPairs } from './augment'

const training = recipes['logmel-cnn'].training

describe('SpecAugment masks', () => {
  it('clears whole bands and whole frames and nothing else', () => {
    const bands = 8
    const random = new Random(3)
    const settings = { ...training, frequencyMasks: 1, frequencyMaskBands: 3, timeMasks: 1, timeMaskFrames: 4 }
    let masked = 0
    for (let round = 0; round < 50; round++) {
      const crop = new Float32Array(20 * bands).fill(1)
      maskCrop(crop, { bands }, settings, random)
      const clearedFrames = new Set<number>()
      for (let frame = 0; frame < 20; frame++) {
        if (crop.subarray(frame * bands, (frame + 1) * bands).every((value) => value === 0)) clearedFrames.add(frame)
      }
      const others = Array.from({ length: 20 }, (_, frame) => frame).filter((frame) => !clearedFrames.has(frame))
      const rows = others.map((frame) => crop.subarray(frame * bands, (frame + 1) * bands).join())
      expect(new Set(rows).size).toBe(1)
      expect(clearedFrames.size).toBeLessThanOrEqual(4)
      const clearedBands = rows[0]!.split(',').filter((value) => value === '0').length
      expect(clearedBands).toBeLessThanOrEqual(3)
      masked += clearedFrames.size + clearedBands
    }
    expect(masked).toBeGreaterThan(50)
  })

  it('covers all channels of a band', () => {
    const settings = { ...training, frequencyMasks: 1, frequencyMaskBands: 3, timeMasks: 0 }
    let masked = 0
    for (let seed = 0; seed < 20; seed++) {
      const crop = new Float32Array(5 * 8 * 2).fill(1)
      maskCrop(crop, { bands: 8, channels: 2 }, settings, new Random(seed))
      for (let cell = 0; cell < 5 * 8; cell++) expect(crop[2 * cell]).toBe(crop[2 * cell + 1])
      masked += crop.filter((value) => value === 0).length / 10
    }
    expect(masked).toBeGreaterThan(10)
  })
})

describe('gain', () => {
  it('is the same number of decibels in every band, and within its bounds', () => {
    const decibel = Float32Array.of(1 / 2, 1 / 4)
    for (let seed = 0; seed < 20; seed++) {
      const crop = new Float32Array(6)
      changeGain(crop, decibel, 6, new Random(seed))
      expect(crop[1]! * 4).toBeCloseTo(crop[0]! * 2, 5)
      expect(crop[4]).toBe(crop[0])
      expect(Math.abs(crop[0]! * 2)).toBeLessThanOrEqual(6)
      expect(crop[0]).not.toBe(0)
    }
  })
})

describe('mixup', () => {
  it('mixes inputs and targets by the same share, with the larger share on the row itself', () => {
    const rows = 6
    const inputs = Float32Array.from({ length: rows }, (_, row) => 10 ** row)
    const targets = Float32Array.from({ length: rows * rows }, (_, index) => (index % (rows + 1) === 0 ? 1 : 0))
    mixPairs(inputs, targets, rows, 0.5, new Random(5))
    let mixed = 0
    for (let row = 0; row < rows; row++) {
      const shares = targets.subarray(row * rows, (row + 1) * rows)
      expect(shares[row]).toBeGreaterThanOrEqual(0.5)
      expect(shares.reduce((total, share) => total + share, 0)).toBeCloseTo(1, 5)
      const expected = shares.reduce((total, share, other) => total + share * 10 ** other, 0)
      expect(inputs[row]! / expected).toBeCloseTo(1, 5)
      if (shares[row]! < 1) mixed++
    }
    expect(mixed).toBeGreaterThan(0)
  })

  it('changes nothing at alpha 0', () => {
    const inputs = Float32Array.of(1, 2)
    mixPairs(inputs, Float32Array.of(1, 0), 2, 0, new Random(1))
    expect([...inputs]).toEqual([1, 2])
  })

  it.each([0.2, 1, 5])('draws from Beta(α, α) with its mean and variance, α = %d', (alpha) => {
    const random = new Random(7)
    const draws = Array.from({ length: 20_000 }, () => drawBeta(alpha, random))
    const mean = draws.reduce((total, draw) => total + draw, 0) / draws.length
    const variance = draws.reduce((total, draw) => total + (draw - mean) ** 2, 0) / draws.length
    expect(mean).toBeCloseTo(0.5, 1)
    expect(variance / (1 / (4 * (2 * alpha + 1)))).toBeCloseTo(1, 1)
  })
})
