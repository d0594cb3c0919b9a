import { describe, expect, it } from 'vitest'
import { Random } from '../../../dsp/random'
import { buildSplit, type SplitClip } from './split'

/** ESC-10 in small: 10 classes, 4 folds, groups of 1 to 5 clips inside one fold. */
function makeClips(seed: number, classCount = 10): SplitClip[] {
  const random = new Random(seed, 'clips')
  const clips: SplitClip[] = []
  for (let classIndex = 0; classIndex < classCount; classIndex++)
    for (let group = 0; group < 12; group++)
      for (let take = 0; take <= random.integer(5); take++)
        clips.push({ fold: String((group % 4) + 1), group: `${classIndex}-${group}`, classIndex })
  return clips
}

const sizeOf = (clips: SplitClip[], positions: number[], classIndex: number): number =>
  positions.filter((position) => clips[position]!.classIndex === classIndex).length

describe('a split', () => {
  it('cross-validates over the given folds: each clip is tested once, by a model that has not seen its fold', () => {
    const clips = [
      ...makeClips(1),
      { fold: null, group: 'x', classIndex: 0 },
      { fold: '10', group: 'y', classIndex: 1 },
    ]
    const { folds, unused } = buildSplit(clips, { kind: 'cross-validate' }, 1)
    expect(folds.map((fold) => fold.name)).toEqual(['1', '2', '3', '4', '10'])
    expect([...unused]).toEqual([[clips.length - 2, 'It has no fold']])
    const tested = folds.flatMap((fold) => fold.test)
    expect(new Set(tested).size).toBe(tested.length)
    expect(tested).toHaveLength(clips.length - 1)
    for (const fold of folds) {
      expect(fold.train.every((position) => clips[position]!.fold !== fold.name)).toBe(true)
      expect(fold.train.length + fold.test.length).toBe(clips.length - 1)
    }
  })

  it('holds a fold out, and trains on the others or on those that are named', () => {
    const clips = makeClips(2)
    const [rest] = buildSplit(clips, { kind: 'holdout', testFold: '4', trainFolds: null }, 1).folds
    expect(new Set(rest!.train.map((position) => clips[position]!.fold))).toEqual(new Set(['1', '2', '3']))
    const named = buildSplit(clips, { kind: 'holdout', testFold: '4', trainFolds: ['1'] }, 1)
    expect(named.folds[0]!.test).toEqual(rest!.test)
    expect(named.folds[0]!.train.every((position) => clips[position]!.fold === '1')).toBe(true)
    expect(new Set(named.unused.values())).toEqual(new Set(['Its fold is neither trained nor tested']))
    expect(named.unused.size).toBe(clips.length - named.folds[0]!.test.length - named.folds[0]!.train.length)
  })

  it('refuses a fold on both sides and one that no clip has', () => {
    const clips = makeClips(3)
    const refuse = (testFold: string, trainFolds: string[]) => () =>
      buildSplit(clips, { kind: 'holdout', testFold, trainFolds }, 1)
    expect(refuse('1', ['1', '2'])).toThrowError(expect.objectContaining({ code: 'invalid-argument' }))
    expect(refuse('9', ['1', '2'])).toThrowError(/fold 9/)
    expect(refuse('1', ['7'])).toThrowError(/fold 7/)
  })

  for (const testShare of [0.1, 0.25, 0.5])
    it(`draws a random ${testShare} of every class by whole groups, the same from the same seed`, () => {
      for (let seed = 1; seed <= 10; seed++) {
        const clips = makeClips(seed)
        const choice = { kind: 'random', testShare } as const
        const [fold] = buildSplit(clips, choice, seed).folds
        expect(buildSplit(clips, choice, seed).folds[0]).toEqual(fold)
        expect(fold!.train.length + fold!.test.length).toBe(clips.length)
        const trained = new Set(fold!.train.map((position) => clips[position]!.group))
        expect(fold!.test.filter((position) => trained.has(clips[position]!.group))).toEqual([])
        for (let classIndex = 0; classIndex < 10; classIndex++) {
          const test = sizeOf(clips, fold!.test, classIndex)
          const total = test + sizeOf(clips, fold!.train, classIndex)
          expect(test).toBeGreaterThan(0)
          // Groups have five clips at most, so a class can miss its share by half of that, and a little.
          expect(Math.abs(test - testShare * total)).toBeLessThanOrEqual(3)
        }
      }
    })

  it('draws other groups from another seed', () => {
    const clips = makeClips(1)
    const draw = (seed: number): number[] => buildSplit(clips, { kind: 'random', testShare: 0.25 }, seed).folds[0]!.test
    expect(draw(1)).not.toEqual(draw(2))
  })

  it('does not depend on the order of the clips', () => {
    const clips = makeClips(1)
    const groups = (list: SplitClip[]): string[] =>
      [
        ...new Set(
          buildSplit(list, { kind: 'random', testShare: 0.25 }, 3).folds[0]!.test.map((at) => list[at]!.group),
        ),
      ].sort()
    expect(groups(clips.toReversed())).toEqual(groups(clips))
  })

  it('puts a class of two groups on both sides, and a class of one group only into training', () => {
    const clips: SplitClip[] = [
      ...makeClips(1, 2),
      { fold: null, group: 'rare-1', classIndex: 2 },
      { fold: null, group: 'rare-2', classIndex: 2 },
      { fold: null, group: 'only', classIndex: 3 },
    ]
    for (const testShare of [0.05, 0.2, 0.9]) {
      const [fold] = buildSplit(clips, { kind: 'random', testShare }, 1).folds
      expect(sizeOf(clips, fold!.test, 2)).toBe(1)
      expect(sizeOf(clips, fold!.train, 2)).toBe(1)
      expect(sizeOf(clips, fold!.train, 3)).toBe(1)
    }
  })
})
