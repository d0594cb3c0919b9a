import { describe, expect, it } from 'vitest'
import { frontEndPresets } from '../../../../dsp/front-end-presets'
import { parseRecipe } from '../../../../shared/contract/recipe'
import { recipes } from '../../../../zoo/recipes'
import { listSources } from './model-sources'

describe('whose view can be shown before a run', () => {
  const sources = listSources(Object.values(recipes))

  it('is that of the recipes and of every front end that has a name', () => {
    expect(sources.slice(0, 2).map(({ id }) => id)).toEqual(['recipe:logmel-cnn', 'recipe:mfcc-logistic'])
    expect(sources).toHaveLength(2 + frontEndPresets.length)
    expect(new Set(sources.map(({ id }) => id)).size).toBe(sources.length)
  })

  it.each(sources.map((source) => [source.id, source] as const))('%s is a recipe that the host takes', (id, source) => {
    expect(parseRecipe(source.recipe, id)).toEqual(source.recipe)
  })

  it('has no front ends where there is no network to cut its crops', () => {
    expect(listSources([recipes['mfcc-logistic']]).map(({ id }) => id)).toEqual(['recipe:mfcc-logistic'])
  })
})
