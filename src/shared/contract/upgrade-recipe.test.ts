import { describe, expect, it } from 'vitest'
import { recipes } from '../../zoo/recipes'
import { overrideRecipe, parseRecipe } from './recipe'
import { upgradeRecipe } from './upgrade-recipe'

const training = structuredClone(recipes['logmel-cnn'].training)
delete training.chain
const fields = {
  mixupAlpha: 0.2,
  frequencyMasks: 2,
  frequencyMaskBands: 12,
  timeMasks: 1,
  timeMaskFrames: 24,
  gainDb: 6,
}
const off = { ...fields, mixupAlpha: 0, frequencyMasks: 0, timeMasks: 0, gainDb: 0 }
const former = (more: object) => ({ ...recipes['logmel-cnn'], training: { ...training, ...more } })

describe('a recipe of an earlier Earmark', () => {
  it('has its gain, masks and mixup as steps, in the order in which they were done, after the steps of its sound', () => {
    const polarity = { kind: 'polarity' as const }
    const recipe = parseRecipe(former({ ...fields, chain: { steps: [polarity] } }), 'old.json')
    expect(recipe).toEqual(
      former({
        chain: {
          steps: [
            polarity,
            { kind: 'picture-gain', decibels: [-6, 6] },
            { kind: 'frequency-mask', masks: 2, widestBands: 12 },
            { kind: 'time-mask', masks: 1, widestFrames: 24, widestShare: 1 },
            { kind: 'mixup', alpha: 0.2, labels: 'shares' },
          ],
        },
      }),
    )
  })

  it('has no chain where nothing was done, nor where its model never read them', () => {
    expect(parseRecipe(former(off), 'old.json')).toEqual(former({}))
    const logistic = recipes['mfcc-logistic']
    const old = { ...logistic, training: { ...logistic.training, ...fields } }
    expect(parseRecipe(old, 'old.json')).toEqual(logistic)
  })

  it('as it was shipped is the one that is shipped now', () => {
    const shipped = { ...off, mixupAlpha: 0.2, gainDb: 6 }
    expect(upgradeRecipe(former(shipped))).toEqual(recipes['logmel-cnn'])
  })

  it('leaves recipes of today, and what is none, as they are', () => {
    for (const value of [recipes['logmel-cnn'], recipes['mfcc-logistic'], null, 3, {}, { training: [] }])
      expect(upgradeRecipe(value)).toBe(value)
    expect(() => parseRecipe(former({ gainDb: 6 }), 'odd.json')).toThrow(/^odd\.json: training: .*gainDb/)
  })

  it('says where a field went that --set no longer knows', () => {
    const hint = { hint: 'It is a step of training.chain now (docs/augmentation.md).' }
    expect(() => overrideRecipe(recipes['logmel-cnn'], 'training.gainDb=3')).toThrow(
      expect.objectContaining(hint) as Error,
    )
  })
})
