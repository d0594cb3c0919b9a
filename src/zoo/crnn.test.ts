import { describe, expect, it } from 'vitest'
import { describeCrnn, paperCrnnWidths } from './crnn'
import { countParameters, countValues, flowShapes, type ModelSpec } from './model-spec'

const input = { frames: 1366, bands: 96 }
const spec = describeCrnn(input, 50)

describe('crnn', () => {
  it('has the published number of weights, and those of the input’s normalisation', () => {
    expect(countValues(spec)).toBe(394_802 + 384)
    // Without the running statistics: those of 448 channels and 96 bands.
    expect(countParameters(spec)).toBe(394_802 + 384 - 2 * (448 + 96))
  })

  it.each([
    [30, 60, 97_550],
    [47, 95, 240_676],
    [68, 137, 498_115],
    [96, 195, 1_001_729],
    [169, 339, 3_030_084],
  ])('%i and %i wide has %i', (first, others, count) => {
    expect(countValues(describeCrnn(input, 50, paperCrnnWidths(first, others)))).toBe(count + 384)
  })

  it('leaves 15 frames of one band to its recurrent layers', () => {
    const shapes = flowShapes(spec)
    expect(shapes.filter((_, index) => spec.layers[index]!.kind === 'max-pool')).toEqual([
      [720, 48, 64],
      [240, 16, 128],
      [60, 4, 128],
      [15, 1, 128],
    ])
    expect(shapes.slice(-5)).toEqual([[15, 128], [15, 32], [32], [32], [50]])
  })

  it('refuses layers that do not fit what flows', () => {
    const refuse = (layers: ModelSpec['layers']): (() => unknown) => {
      return () => flowShapes({ name: 'x', input: { frames: 4, bands: 4 }, layers })
    }
    const gru = { kind: 'gated-recurrent', units: 2, returnSequences: true, resetAfter: true } as const
    expect(refuse([gru])).toThrow('layer 1 (gated-recurrent) of x needs a sequence, not a picture')
    expect(refuse([{ kind: 'frames' }, gru, { kind: 'dense', units: 2 }])).toThrow(
      'layer 3 (dense) of x needs a row of values, not a sequence',
    )
    expect(refuse([{ kind: 'convolution', filters: 2, kernel: [1, 1] }, { kind: 'band-normalization' }])).toThrow(
      'layer 2 (band-normalization) of x needs a picture of one channel, not of 2',
    )
    expect(refuse([{ kind: 'global-average-pool' }, { kind: 'frames' }])).toThrow(
      'layer 2 (frames) of x needs a picture, not a row of values',
    )
  })
})
