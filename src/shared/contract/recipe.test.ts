import { describe, expect, it } from 'vitest'
import { mfccFrontEnd } from '../../dsp/presets'
import type { Recipe } from '../../dsp/recipe'
import { overrideRecipe, parseRecipe } from './recipe'

const recipe: Recipe = {
  name: 'mfcc-logistic',
  frontEnd: mfccFrontEnd,
  model: { kind: 'mfcc-logistic', mfccCount: 20, inverseL2: 1 },
  training: {
    maxEpochs: 500,
    batchClips: 32,
    learningRate: 0.001,
    patienceEpochs: 0,
    validationShare: 0,
    isClassBalanced: false,
  },
  seed: 1,
}

describe('recipes from outside', () => {
  it('accepts a whole one unchanged', () => {
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)), 'x.json')).toEqual(recipe)
  })

  it('names the file and the field of a wrong one', () => {
    expect(() => parseRecipe({ ...recipe, seed: -1 }, 'mine.json')).toThrow(/^mine\.json: seed: /)
    expect(() => parseRecipe({ ...recipe, speed: 1 }, 'mine.json')).toThrow(/speed/)
    expect(() => parseRecipe(null, 'mine.json')).toThrow(/^mine\.json: recipe: /)
  })

  it('sets numbers, nulls and text by a dotted path, leaving the original alone', () => {
    expect(overrideRecipe(recipe, 'training.maxEpochs=3').training.maxEpochs).toBe(3)
    expect(overrideRecipe(recipe, 'frontEnd.level.topDb=null').frontEnd).toHaveProperty('level.topDb', null)
    expect(overrideRecipe(recipe, 'name=mine').name).toBe('mine')
    expect(recipe.training.maxEpochs).toBe(500)
  })

  it.each([
    ['training.epochs=3', 'this recipe has no training.epochs'],
    ['training.maxEpochs.x=3', 'this recipe has no training.maxEpochs.x'],
    ['maxEpochs', 'write it as key=value'],
    ['training.maxEpochs=many', 'training.maxEpochs'],
    ['__proto__.polluted=1', 'this recipe has no __proto__.polluted'],
  ])('refuses --set %s', (assignment, reason) => {
    expect(() => overrideRecipe(recipe, assignment)).toThrow(reason)
  })
})
