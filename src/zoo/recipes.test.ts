import { describe, expect, it } from 'vitest'
import { findEmptyBands } from '../dsp/features'
import { parseRecipe } from '../shared/contract/recipe'
import { describeLogmelCnn } from './logmel-cnn'
import { countParameters } from './model-spec'
import { recipes } from './recipes'

describe('the recipes that come with Earmark', () => {
  it.each(Object.entries(recipes))('%s passes the check of recipes and is named for its key', (name, recipe) => {
    expect(parseRecipe(recipe, name)).toEqual(recipe)
    expect(recipe.name).toBe(name)
    expect(recipe.model.kind).toBe(name)
  })

  it.each(Object.values(recipes))('$name has no band that is always silent', ({ frontEnd }) => {
    expect(findEmptyBands(frontEnd)).toEqual([])
  })

  it('keeps the baseline network small', () => {
    const { model } = recipes['logmel-cnn']
    if (model.kind !== 'logmel-cnn') throw new Error('logmel-cnn is of another kind')
    expect(countParameters(describeLogmelCnn(model, { frames: 129, bands: 64 }, 10))).toBeLessThan(100_000)
  })
})
