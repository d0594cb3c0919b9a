import { describe, expect, it } from 'vitest'
import { logmelFrontEnd } from '../../../dsp/presets'
import type { AugmentationStep } from '../../../dsp/recipe'
import { previewChain } from './preview-chain'

const rateHz = logmelFrontEnd.sampleRateHz
const tone = (hz: number): Float32Array =>
  Float32Array.from({ length: rateHz / 2 }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rateHz) / 2)
const ask = (steps: AugmentationStep[]) =>
  previewChain({
    samples: tone(500),
    sampleRateHz: rateHz,
    frontEnd: logmelFrontEnd,
    chain: { steps },
    seed: 1,
    className: 'dog',
    segments: [],
    materials: [],
    others: [{ id: 'other', className: 'rain', segments: [], samples: tone(3000), sampleRateHz: rateHz }],
    draws: 6,
  })

describe('the preview of a chain', () => {
  it('changes pictures in decibels, and leaves the sound', async () => {
    const { before, draws } = await ask([{ kind: 'picture-gain', decibels: [3, 3] }])
    for (const { samples, values, drawn } of draws) {
      expect(samples).toEqual(before.samples)
      expect(drawn).toMatchObject([{ kind: 'picture-gain', isDone: true, values: { gainDb: 3 } }])
      for (let cell = 0; cell < values.length; cell += 97)
        expect(values[cell]! - before.values[cell]!).toBeCloseTo(3, 2)
    }
  })

  it('mixes in the other clips, heard by their class', async () => {
    const { before, draws } = await ask([{ kind: 'between-class', ratio: [0.5, 0.5] }])
    for (const { samples, drawn } of draws) {
      expect(drawn[0]).toMatchObject({ isDone: true, partner: 'other' })
      expect(samples).not.toEqual(before.samples)
    }
    const mixed = (await ask([{ kind: 'mixup', alpha: 1, labels: 'shares' }])).draws
    expect(mixed.some(({ values }) => values.some((value, cell) => Math.abs(value - before.values[cell]!) > 1))).toBe(
      true,
    )
  })
})
