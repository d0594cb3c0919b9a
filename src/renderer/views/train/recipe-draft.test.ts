import { describe, expect, it } from 'vitest'
import { logmelFrontEnd } from '../../../dsp/presets'
import type { Recipe } from '../../../dsp/recipe'
import { describeRange, rangeOf, readDraft, type RecipeDraft, textOf, typeInto } from './recipe-draft'
import { fieldsOf, readField, recipeFields, writeField } from './recipe-fields'

const cnn: Recipe = {
  name: 'logmel-cnn',
  frontEnd: logmelFrontEnd,
  model: { kind: 'logmel-cnn', cropSeconds: 2, filters: [16, 32], dropout: 0.3 },
  training: {
    maxEpochs: 60,
    batchClips: 32,
    learningRate: 0.001,
    patienceEpochs: 10,
    validationShare: 0.15,
    isClassBalanced: true,
    mixupAlpha: 0.2,
    frequencyMasks: 1,
    frequencyMaskBands: 8,
    timeMasks: 1,
    timeMaskFrames: 20,
    gainDb: 6,
  },
  seed: 1,
}
const logistic: Recipe = {
  ...cnn,
  name: 'mfcc-logistic',
  model: { kind: 'mfcc-logistic', mfccCount: 20, inverseL2: 1 },
}
const draft = (base = cnn): RecipeDraft => ({ base, texts: {} })

describe('the fields', () => {
  it('cover every leaf of both recipes except the name, the kinds and what names them', () => {
    const leaves = (value: unknown, path: string): string[] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
        : [path]
    const wanted = new Set([...leaves(cnn, ''), ...leaves(logistic, '')])
    for (const path of ['name', 'model.kind', 'frontEnd.bands.scale']) wanted.delete(path)
    expect(recipeFields.map((field) => field.path).sort()).toEqual([...wanted].sort())
  })

  it('shows a logistic regression only what it reads', () => {
    const paths = fieldsOf(logistic).map((field) => field.path)
    expect(paths).toContain('model.mfccCount')
    expect(paths).toContain('training.maxEpochs')
    expect(paths).not.toContain('training.learningRate')
    expect(paths).not.toContain('model.dropout')
  })

  it('writes into a copy', () => {
    const copy = writeField(cnn, 'frontEnd.bands.count', 128)
    expect(readField(copy, 'frontEnd.bands.count')).toBe(128)
    expect(readField(cnn, 'frontEnd.bands.count')).toBe(64)
    expect(writeField(cnn, 'seed', 9).seed).toBe(9)
  })
})

describe('readDraft', () => {
  it('gives back the base while nothing was typed', () => {
    expect(readDraft(draft())).toEqual({ recipe: cnn, issues: {}, changed: [] })
  })

  it('reads numbers, lists, choices, switches and emptiness', () => {
    let edited = typeInto(draft(), 'training.learningRate', '3e-4')
    edited = typeInto(edited, 'model.filters', '24, 48 96')
    edited = typeInto(edited, 'frontEnd.power', '1')
    edited = typeInto(edited, 'training.isClassBalanced', 'false')
    edited = typeInto(edited, 'frontEnd.level.topDb', '')
    const { recipe, changed } = readDraft(edited)
    expect(recipe).toEqual({
      ...cnn,
      frontEnd: { ...logmelFrontEnd, power: 1, level: { ...logmelFrontEnd.level, topDb: null } },
      model: { ...cnn.model, filters: [24, 48, 96] },
      training: { ...cnn.training, learningRate: 0.0003, isClassBalanced: false },
    })
    expect(changed).toHaveLength(5)
  })

  it.each([
    ['model.dropout', '1.5', 'At most 0.9.'],
    ['model.dropout', 'a lot', 'Wants a number.'],
    ['model.dropout', '', 'Wants a number.'],
    ['model.cropSeconds', '0', 'More than 0 s.'],
    ['training.maxEpochs', '2.5', 'Wants a whole number.'],
    ['training.batchClips', '0', 'At least 1 clip.'],
    ['model.filters', '', 'Wants at least one number.'],
    ['model.filters', '16, x', 'Wants a number.'],
    ['name', '  ', 'Wants a name.'],
  ])('refuses %s = "%s" with "%s"', (path, text, message) => {
    const { recipe, issues } = readDraft(typeInto(draft(), path, text))
    expect(recipe).toBeNull()
    expect(issues).toEqual({ [path]: message })
  })

  it('sees no change where the text says what the recipe says', () => {
    const there = typeInto(draft(), 'training.learningRate', '0.01')
    expect(readDraft(there).changed).toEqual(['training.learningRate'])
    expect(typeInto(there, 'training.learningRate', '1e-3').texts).toEqual({})
    expect(textOf(cnn.model.kind === 'logmel-cnn' ? cnn.model.filters : [])).toBe('16, 32')
  })
})

describe('ranges', () => {
  it('come from the contract’s check', () => {
    expect(rangeOf('model.dropout')).toEqual({ minimum: 0, isMinimumExcluded: false, maximum: 0.9, isWhole: false })
    expect(rangeOf('model.filters')).toEqual({ minimum: 1, isMinimumExcluded: false, maximum: 1024, isWhole: true })
    expect(rangeOf('frontEnd.window')).toBeNull()
    expect(rangeOf('frontEnd.power')).toBeNull()
    expect(describeRange('model.cropSeconds')).toBe('above 0, to 60')
    expect(describeRange('frontEnd.bands.count')).toBe('1 to 1\u2009024')
    expect(describeRange('frontEnd.bands.maxHz')).toBe('above 0')
  })

  it('exist for every number field', () => {
    for (const field of recipeFields)
      if (field.kind === 'number' || field.kind === 'list') expect(describeRange(field.path), field.path).not.toBe('')
  })
})
