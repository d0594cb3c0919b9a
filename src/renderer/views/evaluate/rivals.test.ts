import { expect, it } from 'vitest'
import type { RunSummary } from '../../../shared/contract/runs'
import { recipes } from '../../../zoo/recipes'
import { chooseRivals } from './rivals'

const known = Object.values(recipes)
const run = (id: string, kind: 'logmel-cnn' | 'mfcc-logistic', changes: Partial<RunSummary> = {}): RunSummary => ({
  id,
  jobId: null,
  name: id,
  status: 'done',
  recipe: known.find((recipe) => recipe.model.kind === kind)!,
  recipeHash: '',
  frontEndHash: '',
  split: { kind: 'cross-validate' },
  requestedBackend: 'auto',
  backend: 'wasm',
  backendReason: null,
  backendDevice: null,
  createdAt: `2026-01-01T00:00:0${id.slice(-1)}Z`,
  startedAt: null,
  finishedAt: null,
  seconds: 1,
  accuracy: 0.8,
  clipCount: 320,
  classCount: 10,
  folds: ['1', '2'],
  error: null,
  snapshotId: null,
  snapshotName: null,
  ...changes,
})

it('puts the newest control first, then the newest others', () => {
  const runs = [
    run('a1', 'logmel-cnn'),
    run('b2', 'mfcc-logistic'),
    run('c3', 'logmel-cnn'),
    run('d4', 'mfcc-logistic'),
  ]
  const ids = chooseRivals(run('me9', 'logmel-cnn'), runs).map((one) => one.id)
  expect(ids).toEqual(['d4', 'c3', 'b2', 'a1'])
})

it('leaves out itself and whatever was not tested in the same way', () => {
  const me = run('me9', 'logmel-cnn')
  const others = [
    me,
    run('a1', 'logmel-cnn', { status: 'failed' }),
    run('b2', 'logmel-cnn', { clipCount: 319 }),
    run('c3', 'logmel-cnn', { split: { kind: 'random', testShare: 0.2 } }),
    run('d4', 'logmel-cnn', { folds: ['2', '1'] }),
  ]
  expect(chooseRivals(me, others).map((one) => one.id)).toEqual(['d4'])
})
