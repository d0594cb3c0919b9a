import { describe, expect, it } from 'vitest'
import { Random } from '../random'
import { applyChain } from './apply-chain'
import type { AugmentationChain } from './chain'
import type { DrawPlace } from './draw-place'
import { drawMaterials, excerptOf } from './materials'
import { fitNoise, meanSquare } from './noise'

const rateHz = 8000
const place: DrawPlace = { seed: 5, epoch: 1, example: 0, className: 'rain' }
const chain: AugmentationChain = {
  steps: [
    { kind: 'polarity' },
    { kind: 'recorded-noise', source: { query: 'label:hum' }, snrDb: [6, 6], level: 'rms', probability: 0.5 },
  ],
}

describe('materials', () => {
  it('are drawn for the draws that do the step, evenly out of the list, and the same again', () => {
    const seen = new Map<number, number>()
    let done = 0
    for (let example = 0; example < 600; example++) {
      const [none, picks] = drawMaterials(chain, { ...place, example }, [0, 3])
      expect(none).toEqual([])
      expect(drawMaterials(chain, { ...place, example }, [0, 3])[1]).toEqual(picks)
      const { drawn } = applyChain(
        { samples: new Float32Array(10).fill(0.1), sampleRateHz: rateHz, segments: [] },
        chain,
        { ...place, example },
        [[], [new Float32Array(20).fill(0.5)]],
      )
      expect(drawn[1]!.isDone).toBe(picks!.length === 1)
      for (const { index } of picks!) {
        done++
        seen.set(index, (seen.get(index) ?? 0) + 1)
      }
    }
    // Four standard deviations of 300 draws of a half, and of their thirds.
    expect(Math.abs(done - 300)).toBeLessThan(49)
    expect([...seen.keys()].sort()).toEqual([0, 1, 2])
    for (const count of seen.values()) expect(Math.abs(count - done / 3)).toBeLessThan(33)
  })

  it('name the step that has none', () => {
    const always: AugmentationChain = { steps: [chain.steps[0]!, { ...chain.steps[1]!, probability: 1 }] }
    expect(() => drawMaterials(always, place, [0, 0])).toThrow('step 2 of the chain (recorded-noise) has no sound')
  })

  it('are read for a minute at most, from the place that was drawn', () => {
    expect(excerptOf(0.9, 60 * rateHz, rateHz)).toEqual({ from: 0, to: 60 * rateHz })
    expect(excerptOf(0.5, 160 * rateHz, rateHz)).toEqual({ from: 50 * rateHz, to: 110 * rateHz })
    expect(excerptOf(1 - 2 ** -53, 61 * rateHz, rateHz).to).toBeLessThanOrEqual(61 * rateHz)
  })
})

describe('recorded noise', () => {
  const hum = new Float32Array(3000)
  new Random(2).fillNormal(hum)

  it('is cut out of a longer one at the place that was drawn', () => {
    expect(fitNoise(hum, 1000, rateHz, 0)).toEqual(hum.subarray(0, 1000))
    expect(fitNoise(hum, 1000, rateHz, 0.5)).toEqual(hum.subarray(1000, 2000))
    expect(fitNoise(hum, 3000, rateHz, 0.7)).toEqual(hum)
  })

  it('begins anew where it is shorter, without a step and without a dip', () => {
    const slow = Float32Array.from({ length: 3000 }, (_, n) => Math.sin((2 * Math.PI * 50.3 * n) / rateHz))
    const looped = fitNoise(slow, 20_000, rateHz, 0.3)
    const steepest = (2 * Math.PI * 50.3) / rateHz
    // In the 80 samples of a fade, a sine meets another of its kind: √2 as steep, and the fade's own slope.
    const most = Math.SQRT2 * (steepest + Math.PI / 2 / 80)
    for (let n = 1; n < looped.length; n++) expect(Math.abs(looped[n]! - looped[n - 1]!)).toBeLessThan(most)
    const noise = fitNoise(hum, 200_000, rateHz, 0)
    expect(Math.abs(10 * Math.log10(meanSquare(noise) / meanSquare(hum)))).toBeLessThan(0.1)
    expect(noise.subarray(2920, 5840)).toEqual(noise.subarray(0, 2920))
  })

  it('is silent where there is none', () => {
    expect(fitNoise(new Float32Array(0), 4, rateHz, 0.5)).toEqual(new Float32Array(4))
    expect(fitNoise(new Float32Array([1]), 3, rateHz, 0.5)).toEqual(new Float32Array([1, 1, 1]))
  })
})
