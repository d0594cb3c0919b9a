import { describe, expect, it } from 'vitest'
import { describeLogmelCnn } from './logmel-cnn'
import { countParameters, flowShapes, type ModelSpec } from './model-spec'

const model = { kind: 'logmel-cnn' as const, cropSeconds: 3, filters: [16, 32, 64], dropout: 0.3 }

describe('logmel-cnn', () => {
  it('halves time and frequency in every block and keeps the bands that are left', () => {
    const spec = describeLogmelCnn(model, { frames: 129, bands: 64 }, 10)
    expect(flowShapes(spec).filter((_, index) => index % 4 === 3)).toEqual([
      [64, 32, 16],
      [32, 16, 32],
      [16, 8, 64],
    ])
    expect(flowShapes(spec).at(-2)).toEqual([2 * 8 * 64])
  })

  it('counts its parameters by the formula', () => {
    const spec = describeLogmelCnn(model, { frames: 129, bands: 64 }, 10)
    const convolutions = 9 * (1 * 16 + 16 * 32 + 32 * 64)
    expect(countParameters(spec)).toBe(convolutions + 2 * (16 + 32 + 64) + (2 * 8 * 64 * 10 + 10))
  })

  it('refuses a picture that is pooled away', () => {
    const spec = describeLogmelCnn(model, { frames: 7, bands: 64 }, 10)
    expect(() => flowShapes(spec)).toThrow(
      'layer 11 (max-pool) of logmel-cnn has nothing left to pool: 1 frames × 16 bands',
    )
  })

  it('refuses a dense layer on a picture', () => {
    const spec: ModelSpec = { name: 'x', input: { frames: 4, bands: 4 }, layers: [{ kind: 'dense', units: 2 }] }
    expect(() => countParameters(spec)).toThrow('needs a row of values')
  })
})
