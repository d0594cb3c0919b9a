// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { computeFrontEnd } from '../../../dsp/features'
import type { Bands, Recipe, SpectrogramFrontEnd } from '../../../dsp/recipe'
import { runRequestSchema } from '../../../shared/contract/runs'
import { parseFrontEnd } from '../../../shared/contract/front-end'
import { recipes } from '../../../zoo/recipes'
import { useTrainingDraftStore } from './draft-store'
import { bandNames, bandsOf, levelKindOf, type LevelKind, levelNames, levelOf } from './front-end-shapes'

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

  it('takes another front end, in whole or in part, forgets what was typed into that part, and goes back', () => {
    const draft = useTrainingDraftStore()
    draft.choose(cnn)
    draft.type('frontEnd.bands.count', '40')
    draft.type('frontEnd.hopSamples', '256')
    const level = levelOf('pcen')
    draft.takeFrontEnd({ ...(cnn.frontEnd as SpectrogramFrontEnd), bands: bandsOf('linear', 22050) }, 'frontEnd.bands')
    draft.takeFrontEnd({ ...(draft.base!.frontEnd as SpectrogramFrontEnd), level }, 'frontEnd.level')
    expect(draft.reading.changed).toEqual(['frontEnd.hopSamples'])
    expect(draft.request?.recipe.frontEnd).toEqual({
      ...cnn.frontEnd,
      hopSamples: 256,
      bands: { scale: 'linear' },
      level,
    })
    expect(draft.hasOtherFrontEnd).toBe(true)
    draft.reset()
    expect(draft.request?.recipe).toEqual(cnn)
    expect(draft.hasOtherFrontEnd).toBe(false)
  })

  it('has bands and levels of every kind that can be computed', () => {
    for (const sampleRateHz of [8000, 22050, 48000])
      for (const scale of Object.keys(bandNames) as Bands['scale'][])
        for (const kind of Object.keys(levelNames) as LevelKind[]) {
          const frontEnd = { ...cnn.frontEnd, sampleRateHz, bands: bandsOf(scale, sampleRateHz), level: levelOf(kind) }
          expect(levelKindOf(levelOf(kind))).toBe(kind)
          const { bands } = computeFrontEnd(new Float32Array(sampleRateHz), parseFrontEnd(frontEnd, 'form'))
          expect(bands).toBeGreaterThan(1)
        }
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
    const other: Recipe = { ...cnn, seed: 7, training: { ...cnn.training, learningRate: 0.25 } }
    draft.adopt(other, known, { kind: 'random', testShare: 0.3 })
    expect(draft.request?.recipe).toEqual(other)
    expect(draft.reading.changed.sort()).toEqual(['seed', 'training.learningRate'])
    expect(draft.split).toEqual({ kind: 'random', testShare: 0.3 })
  })
})
