// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Recipe } from '../../../dsp/recipe'
import { runRequestSchema } from '../../../shared/contract/runs'
import { recipes } from '../../../zoo/recipes'
import { useTrainingDraftStore } from './draft-store'

const known: Recipe[] = Object.values(recipes)
const cnn = known.find((recipe) => recipe.model.kind === 'logmel-cnn')!

beforeEach(() => setActivePinia(createPinia()))

describe('the run being prepared', () => {
  it('is a request that the host accepts and that can be copied to it', () => {
    const draft = useTrainingDraftStore()
    draft.choose(cnn)
    draft.type('training.maxEpochs', '3')
    draft.queryText = 'label:dog'
    draft.learnFolds(['1', '2'])
    const request = structuredClone(draft.request)!
    expect(runRequestSchema.safeParse(request).success).toBe(true)
    expect(request.recipe).toEqual({ ...cnn, training: { ...cnn.training, maxEpochs: 3 } })
    expect(request.split).toEqual({ kind: 'cross-validate' })
    expect(request.query.labels).toEqual([{ name: 'dog', state: 'present', isNegated: false }])
  })

  it('is no request while a field is wrong, and is one again after its reset', () => {
    const draft = useTrainingDraftStore()
    draft.choose(cnn)
    draft.type('training.maxEpochs', '0')
    expect(draft.request).toBeNull()
    expect(draft.reading.issues).toEqual({ 'training.maxEpochs': 'At least 1 epoch.' })
    draft.reset('training.maxEpochs')
    expect(draft.request).not.toBeNull()
    expect(draft.reading.changed).toEqual([])
  })

  it('proposes the split that the folds allow, until a person has chosen one', () => {
    const draft = useTrainingDraftStore()
    draft.choose(cnn)
    draft.learnFolds([])
    expect(draft.split).toEqual({ kind: 'random', testShare: 0.25 })
    draft.learnFolds(['1', '2', '3'])
    expect(draft.split).toEqual({ kind: 'cross-validate' })
    draft.splitKind = 'holdout'
    draft.isSplitChosen = true
    draft.learnFolds(['1', '2', '3'])
    expect(draft.split).toEqual({ kind: 'holdout', testFold: '3', trainFolds: null })
    draft.learnFolds([])
    expect(draft.split).toEqual({ kind: 'random', testShare: 0.25 })
  })

  it.each(['4', '95', 'x', ''])('refuses a random share of "%s" per cent', (text) => {
    const draft = useTrainingDraftStore()
    draft.choose(cnn)
    draft.splitKind = 'random'
    draft.testSharePercent = text
    expect(draft.split).toBeNull()
    expect(draft.request).toBeNull()
  })

  it('takes over another run’s recipe with its differences marked', () => {
    const draft = useTrainingDraftStore()
    const other: Recipe = { ...cnn, seed: 7, training: { ...cnn.training, gainDb: 2.5 } }
    draft.adopt(other, known, { kind: 'random', testShare: 0.3 })
    expect(draft.request?.recipe).toEqual(other)
    expect(draft.reading.changed.sort()).toEqual(['seed', 'training.gainDb'])
    expect(draft.split).toEqual({ kind: 'random', testShare: 0.3 })
  })
})
