import { describe, expect, it } from 'vitest'
import { describeDeepVgg } from './deep-vgg'
import { countParameters, countValues, flowShapes } from './model-spec'

describe('deep-vgg', () => {
  const spec = describeDeepVgg({ frames: 149, bands: 149 }, 10)

  it('has the published number of weights', () => {
    expect(countValues(spec)).toBe(1_445_448)
    expect(countParameters(spec)).toBe(1_441_972)
    expect(countValues(describeDeepVgg({ frames: 149, bands: 149 }, 15))).toBe(1_448_028)
    expect(spec.layers.filter(({ kind }) => kind === 'convolution')).toHaveLength(11)
  })

  it('shrinks its pictures as published', () => {
    const sides = flowShapes(spec).flatMap(([side], index) =>
      ['convolution', 'max-pool'].includes(spec.layers[index]!.kind) ? [side] : [],
    )
    expect(sides).toEqual([75, 75, 37, 37, 37, 18, 18, 18, 18, 18, 9, 7, 7, 7])
    expect(flowShapes(spec).at(-1)).toEqual([10])
  })

  it('refuses pictures that are too small', () => {
    expect(flowShapes(describeDeepVgg({ frames: 47, bands: 47 }, 10)).at(-2)).toEqual([1, 1, 10])
    expect(() => flowShapes(describeDeepVgg({ frames: 46, bands: 47 }, 10))).toThrow(
      'layer 31 (convolution) of deep-vgg has nothing left to cover: 2 frames × 3 bands',
    )
  })
})
