import { describe, expect, it } from 'vitest'
import type { TrainClip, TrainFold, TrainManifest } from '../../../shared/job/manifest'
import { findFrontEndPreset } from '../../../dsp/front-end-presets'
import type { AugmentationStep, Recipe } from '../../../dsp/recipe'
import { recipes } from '../../../zoo/recipes'
import { checkManifest } from './preflight'

function clip(index: number, classIndex: number, group = `source-${index}`): TrainClip {
  const path = `/sounds/${index}.wav`
  return { id: `${index}`, path, contentHash: '', startSeconds: 0, endSeconds: 1, fold: null, group, classIndex }
}

function manifest(changes: { classes?: string[]; clips?: TrainClip[]; folds?: TrainFold[] } = {}): TrainManifest {
  return {
    kind: 'train',
    runId: 'r',
    folder: '/runs/r',
    recipe: recipes['mfcc-logistic'],
    backend: 'auto',
    classes: (changes.classes ?? ['dog', 'rain']).map((name) => ({ id: name, name })),
    clips: changes.clips ?? [clip(0, 0), clip(1, 1), clip(2, 0), clip(3, 1)],
    folds: changes.folds ?? [{ name: '1', train: [0, 1], test: [2, 3] }],
  }
}

describe('the pre-flight check', () => {
  it('lets a sound manifest pass', () => {
    expect(() => checkManifest(manifest())).not.toThrow()
  })

  const fold = (train: number[], test: number[]): TrainFold => ({ name: '4', train, test })
  it.each([
    ['one class', { classes: ['dog'] }, 'needs two classes or more; there is only “dog”'],
    ['no folds', { folds: [] }, 'has no folds'],
    ['no training clips', { folds: [fold([], [1])] }, 'Fold “4” has no clips to train on'],
    ['no test clips', { folds: [fold([0, 1], [])] }, 'Fold “4” has no clips to test on'],
    ['a class that is only tested', { folds: [fold([0, 2], [1, 3])] }, 'no training clips of class “rain”'],
    ['a clip on both sides', { folds: [fold([0, 1], [1])] }, 'tests on a clip that it trains on: /sounds/1.wav'],
    ['two folds of one name', { folds: [fold([0, 1], [2]), fold([0, 1], [3])] }, 'Two folds have the name “4”'],
    ['a clip that is not there', { folds: [fold([0, 1, 9], [2])] }, 'names clip 9 of 4'],
    [
      'a group on both sides',
      { clips: [clip(0, 0, 'take'), clip(1, 1), clip(2, 0, 'take'), clip(3, 1)] },
      'tests on /sounds/2.wav, and trains on clips of the same group “take”',
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(() => checkManifest(manifest(changes))).toThrow(message)
  })

  it('refuses a network that its crop is too short for', () => {
    const recipe: Recipe = { ...recipes['logmel-cnn'] }
    if (recipe.model.kind === 'logmel-cnn') recipe.model = { ...recipe.model, cropSeconds: 0.1, filters: [4, 4, 4] }
    expect(() => checkManifest({ ...manifest(), recipe })).toThrow('does not fit a crop of 0.1 s')
  })

  it('refuses a chain that the loader cannot run, or that names a class which is not there', () => {
    const withChain = (name: 'logmel-cnn' | 'mfcc-logistic', onlyClasses: string[]): TrainManifest => {
      const recipe = structuredClone(recipes[name])
      recipe.training.chain = { steps: [{ kind: 'polarity' }, { kind: 'polarity', onlyClasses }] }
      return { ...manifest(), recipe }
    }
    expect(() => checkManifest(withChain('logmel-cnn', ['dog']))).not.toThrow()
    expect(() => checkManifest(withChain('logmel-cnn', ['cat']))).toThrow(
      'Step 2 of the chain (polarity) names the class “cat”, which the run does not have.',
    )
    expect(() => checkManifest(withChain('mfcc-logistic', ['dog']))).toThrow('sees every clip once')
    const inGraph = withChain('logmel-cnn', ['dog'])
    inGraph.recipe.features = 'graph'
    expect(() => checkManifest(inGraph)).toThrow('changes the sound, which the media threads do')
    inGraph.recipe.training.chain = { steps: [{ kind: 'time-warp', widestFrames: 4 }] }
    expect(() => checkManifest(inGraph)).not.toThrow()
  })

  it('refuses to mix where there is nothing to mix with', () => {
    const mixing = (step: AugmentationStep): TrainManifest => {
      const recipe = structuredClone(recipes['logmel-cnn'])
      recipe.training.chain = { steps: [step] }
      return { ...manifest(), recipe }
    }
    const between: AugmentationStep = { kind: 'between-class', ratio: [0, 1] }
    expect(() => checkManifest(mixing(between))).not.toThrow()
    expect(() => checkManifest(mixing({ ...between, exceptClasses: ['rain'] }))).toThrow(
      'Step 1 of the chain (between-class) mixes clips of two classes, and is for “dog” alone.',
    )
    const none: AugmentationStep = { kind: 'sound-mixup', alpha: 1, labels: 'shares', exceptClasses: ['rain', 'dog'] }
    expect(() => checkManifest(mixing(none))).toThrow('is for no class of the run')
  })

  it('refuses a front end that cannot be computed, and what its model cannot read of it', () => {
    const { frontEnd } = recipes['logmel-cnn']
    const crop = { kind: 'crop', firstBand: 60, count: 8 } as const
    const cropped: Recipe = { ...recipes['logmel-cnn'], frontEnd: { ...frontEnd, steps: [crop] } }
    expect(() => checkManifest({ ...manifest(), recipe: cropped })).toThrow('the crop reaches to band 68 of 64')
    const pcen: Recipe = { ...recipes['logmel-cnn'], frontEnd: findFrontEndPreset('pcen')!.frontEnd }
    expect(() => checkManifest({ ...manifest(), recipe: pcen })).toThrow(
      '(picture-gain) adds decibels, and this front end gives none',
    )
    const inGraph: Recipe = { ...pcen, features: 'graph', frontEnd: findFrontEndPreset('sobel')!.frontEnd }
    expect(() => checkManifest({ ...manifest(), recipe: inGraph })).toThrow(
      'in the graph: the step “sobel” is computed on',
    )
    const logistic: Recipe = { ...recipes['mfcc-logistic'], features: 'graph' }
    expect(() => checkManifest({ ...manifest(), recipe: logistic })).toThrow('its own in double precision')
    const constantQ: Recipe = { ...recipes['mfcc-logistic'], frontEnd: findFrontEndPreset('constant-q')!.frontEnd }
    expect(() => checkManifest({ ...manifest(), recipe: constantQ })).toThrow('summarises the levels of a spectrum')
  })

  it('refuses more MFCC than bands', () => {
    const recipe: Recipe = { ...recipes['mfcc-logistic'] }
    if (recipe.model.kind === 'mfcc-logistic') recipe.model = { ...recipe.model, mfccCount: 61 }
    expect(() => checkManifest({ ...manifest(), recipe })).toThrow('61 MFCC of 60 bands')
  })
})
