import { describe, expect, it } from 'vitest'
import { findFrontEndPreset, frontEndPresets } from '../../../dsp/front-end-presets'
import { logmelFrontEnd } from '../../../dsp/presets'
import type { Recipe } from '../../../dsp/recipe'
import { describeRange, rangeOf, readDraft, type RecipeDraft, textOf, typeInto } from './recipe-draft'
import { readField, writeField } from './recipe-field'
import { fieldsOf } from './recipe-fields'

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
  const leaves = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null && path !== 'model.filters'
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key))
      : [path]
  const namesKind = /(^name|\.kind|\.scale|bands\.flanks)$/
  const isKind = (path: string): boolean => namesKind.test(path) && path !== 'frontEnd.level.scale'

  it.each([cnn, logistic, ...frontEndPresets.map(({ frontEnd, name }) => ({ ...cnn, frontEnd, name }))])(
    'cover every leaf of $name except its name and what says its kind',
    (recipe) => {
      const paths = fieldsOf(recipe).map((field) => field.path)
      expect(new Set(paths).size).toBe(paths.length)
      const read = recipe.model.kind === 'mfcc-logistic' ? /^(frontEnd|model|seed|training\.maxEpochs)/ : /^/
      const wanted = leaves(recipe, '').filter((path) => !isKind(path) && read.test(path))
      expect(wanted.filter((path) => !paths.includes(path))).toEqual([])
      // What is offered beyond is what may be absent.
      for (const field of fieldsOf(recipe))
        expect(field.offeredWith !== undefined || wanted.includes(field.path), field.path).toBe(true)
    },
  )

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

describe('front ends of other kinds', () => {
  const of = (name: string): RecipeDraft => draft({ ...cnn, frontEnd: findFrontEndPreset(name)!.frontEnd })

  it('are read with their steps, levels and what may be absent', () => {
    let edited = typeInto(of('mfcc-deltas'), 'frontEnd.steps.0.count', '20')
    edited = typeInto(edited, 'frontEnd.steps.1.order', '1')
    edited = typeInto(edited, 'frontEnd.conditioning.preEmphasis', '0.97')
    edited = typeInto(edited, 'frontEnd.level.weighting', 'A')
    const { recipe, issues } = readDraft(edited)
    expect(issues).toEqual({})
    expect(recipe?.frontEnd).toMatchObject({
      conditioning: { preEmphasis: 0.97 },
      level: { weighting: 'A' },
      steps: [{ count: 20 }, { order: 1, width: 9 }],
    })
    edited = typeInto(typeInto(edited, 'frontEnd.conditioning.preEmphasis', ''), 'frontEnd.level.weighting', '')
    expect(Object.keys(edited.texts)).toEqual(['frontEnd.steps.0.count', 'frontEnd.steps.1.order'])
    expect(readDraft(edited).recipe?.frontEnd).not.toHaveProperty('conditioning')
  })

  it.each([
    ['pcen', 'frontEnd.level.timeConstantSeconds', '0', 'More than 0 s.'],
    ['constant-q', 'frontEnd.minHz', 'C1', 'Wants a number.'],
    ['mfcc-librosa', 'frontEnd.steps.0.count', '0', 'At least 1.'],
    ['mfcc-deltas', 'frontEnd.steps.1.width', '4', 'Wants an odd number.'],
    ['difference-of-gaussians', 'frontEnd.steps.0.wideSigma', '0.5', 'Above the narrow one, 1.'],
    ['logmel', 'frontEnd.windowParameter', '8', 'A hann window has none.'],
    ['logmel', 'frontEnd.level.referencePower', 'loud', 'Wants a power above 0, or “maximum”.'],
    ['logmel', 'frontEnd.bands.maxHz', '12000', 'At most half the sample rate, 11025 Hz.'],
  ])('%s refuses %s = "%s" with "%s"', (preset, path, text, message) => {
    const { recipe, issues } = readDraft(typeInto(of(preset), path, text))
    expect(recipe).toBeNull()
    expect(issues).toEqual({ [path]: message })
  })

  it('are refused with the reason where their parts do not fit each other', () => {
    const { recipe, issues } = readDraft(typeInto(of('mfcc-librosa'), 'frontEnd.steps.0.count', '200'))
    expect(recipe).toBeNull()
    expect(issues).toEqual({
      frontEnd: 'Cannot be computed: the number of coefficients must be 1 to 128, not 200.',
    })
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
    for (const { frontEnd } of frontEndPresets)
      for (const field of fieldsOf({ ...cnn, frontEnd }))
        if ((field.kind === 'number' || field.kind === 'list') && field.path !== 'frontEnd.segments.quietest')
          expect(describeRange(field.path), field.path).not.toBe('')
  })
})
