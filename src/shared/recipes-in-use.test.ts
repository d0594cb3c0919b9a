import { expect, it } from 'vitest'
import type { FrontEnd, Recipe } from '../dsp/recipe'
import type { RunSummary } from './contract/runs'
import { listFrontEndsInUse } from './recipes-in-use'

const frontEnds = { mel: { hopSamples: 512 }, mfcc: { hopSamples: 256 } } as unknown as Record<string, FrontEnd>
const run = (createdAt: string, name: string, recipeHash: string, frontEndHash: string): RunSummary =>
  ({
    createdAt,
    recipeHash,
    frontEndHash,
    recipe: { name, frontEnd: frontEnds[frontEndHash] } as Recipe,
  }) as RunSummary

it('lists each front end once, with its recipes, the newest first', () => {
  const runs = [
    run('2026-01-01', 'logmel-cnn', 'r1', 'mel'),
    run('2026-01-04', 'mfcc-logistic', 'r2', 'mfcc'),
    run('2026-01-02', 'logmel-cnn', 'r1', 'mel'),
    run('2026-01-03', 'logmel-cnn', 'r3', 'mel'),
  ]
  const found = listFrontEndsInUse(runs)
  expect(found.map(({ hash, recipes, runs: own }) => [hash, recipes, own.map(({ createdAt }) => createdAt)])).toEqual([
    ['mfcc', [{ name: 'mfcc-logistic', hash: 'r2', runs: 1 }], ['2026-01-04']],
    [
      'mel',
      [
        { name: 'logmel-cnn', hash: 'r3', runs: 1 },
        { name: 'logmel-cnn', hash: 'r1', runs: 2 },
      ],
      ['2026-01-03', '2026-01-02', '2026-01-01'],
    ],
  ])
  expect(found[1]!.frontEnd).toBe(frontEnds['mel'])
  expect(listFrontEndsInUse([])).toEqual([])
})
