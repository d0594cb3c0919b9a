import { Random } from '../../../dsp/random'
import type { SplitChoice } from '../../../shared/contract/runs'
import { AppError } from '../../../shared/errors'
import type { TrainFold } from '../../../shared/job/manifest'
import { compareFolds } from '../catalog/clips'

/** What a split needs to know of a clip. */
export interface SplitClip {
  fold: string | null
  /** Clips of one group are never on both sides of a random split. */
  group: string
  classIndex: number
}

export interface Split {
  /** Positions in the clips given. */
  folds: TrainFold[]
  /** Reason for each clip that is on no side of any fold, by position. */
  unused: Map<number, string>
}

/**
 * Decides which clips train and which test.
 * @param seed of the recipe; only a random split reads it
 * @throws AppError 'invalid-argument' when the choice contradicts itself or names a fold that no clip has
 */
export function buildSplit(clips: readonly SplitClip[], choice: SplitChoice, seed: number): Split {
  const names = [...new Set(clips.map((clip) => clip.fold))].filter((fold) => fold !== null).sort(compareFolds)
  const unused = new Map<number, string>()
  const pick = (isWanted: (clip: SplitClip) => boolean): number[] =>
    clips.flatMap((clip, position) => (isWanted(clip) ? [position] : []))
  switch (choice.kind) {
    case 'cross-validate': {
      clips.forEach((clip, position) => {
        if (clip.fold === null) unused.set(position, 'It has no fold')
      })
      const folds = names.map((name) => ({
        name,
        train: pick((clip) => clip.fold !== null && clip.fold !== name),
        test: pick((clip) => clip.fold === name),
      }))
      return { folds, unused }
    }
    case 'holdout': {
      const trainFolds = choice.trainFolds ?? names.filter((name) => name !== choice.testFold)
      if (trainFolds.includes(choice.testFold))
        throw new AppError('invalid-argument', `Fold ${choice.testFold} is to train and to test at once.`)
      for (const name of [choice.testFold, ...trainFolds])
        if (!names.includes(name))
          throw new AppError('invalid-argument', `No usable clip has the fold ${name}.`, {
            hint: names.length > 0 ? `The folds are ${names.join(', ')}.` : 'These clips have no folds.',
          })
      clips.forEach((clip, position) => {
        if (clip.fold === null) unused.set(position, 'It has no fold')
        else if (clip.fold !== choice.testFold && !trainFolds.includes(clip.fold))
          unused.set(position, 'Its fold is neither trained nor tested')
      })
      const train = pick((clip) => clip.fold !== null && trainFolds.includes(clip.fold))
      return { folds: [{ name: choice.testFold, train, test: pick((clip) => clip.fold === choice.testFold) }], unused }
    }
    case 'random': {
      const isTest = drawTestGroups(clips, choice.testShare, seed)
      const test = pick((clip) => isTest.has(clip.group))
      return { folds: [{ name: 'random', train: pick((clip) => !isTest.has(clip.group)), test }], unused }
    }
  }
}

/**
 * Draws whole groups for the test side so that each class comes near its share: groups in random order, those
 * of rare classes first, are taken when that brings the class counts nearer to the wanted ones. A class with
 * two groups or more is then on both sides, one with a single group is only trained. The same seed and clips
 * draw the same groups.
 */
function drawTestGroups(clips: readonly SplitClip[], share: number, seed: number): Set<string> {
  const groups = countGroups(clips)
  const classCount = clips.reduce((most, clip) => Math.max(most, clip.classIndex + 1), 0)
  const total = new Array<number>(classCount).fill(0)
  const groupsOfClass = new Array<number>(classCount).fill(0)
  for (const counts of groups.values())
    counts.forEach((count, index) => {
      total[index]! += count
      groupsOfClass[index]! += Number(count > 0)
    })
  const rarity = (group: string): number =>
    Math.min(...groups.get(group)!.map((count, index) => (count > 0 ? groupsOfClass[index]! : Infinity)))
  const order = new Random(seed, 'split')
    .shuffle([...groups.keys()].sort())
    .map((group) => ({ group, rarity: rarity(group) }))
    .sort((a, b) => a.rarity - b.rarity)
    .map(({ group }) => group)

  const test = new Set<string>()
  const taken = new Array<number>(classCount).fill(0)
  const take = (group: string): void => {
    test.add(group)
    groups.get(group)!.forEach((count, index) => (taken[index]! += count))
  }
  for (const group of order) {
    if (rarity(group) === 1) continue
    let gain = 0
    groups.get(group)!.forEach((count, index) => {
      const missing = share * total[index]! - taken[index]!
      // Squared distance before minus after, relative to the class's size so that rare classes count as much.
      gain += (missing ** 2 - (missing - count) ** 2) / Math.max(1, total[index]!)
    })
    if (gain > 0) take(group)
  }
  for (let index = 0; index < classCount; index++) {
    if (taken[index]! > 0 || groupsOfClass[index]! < 2) continue
    const smallest = order
      .filter((group) => groups.get(group)![index]! > 0 && rarity(group) > 1)
      .sort((a, b) => groups.get(a)![index]! - groups.get(b)![index]!)[0]
    if (smallest !== undefined) take(smallest)
  }
  for (let index = 0; index < classCount; index++) {
    if (taken[index]! < total[index]! || groupsOfClass[index]! < 2) continue
    const given = order.find((group) => test.has(group) && groups.get(group)![index]! > 0)!
    test.delete(given)
    groups.get(given)!.forEach((count, other) => (taken[other]! -= count))
  }
  return test
}

function countGroups(clips: readonly SplitClip[]): Map<string, number[]> {
  const classCount = clips.reduce((most, clip) => Math.max(most, clip.classIndex + 1), 0)
  const groups = new Map<string, number[]>()
  for (const clip of clips) {
    let counts = groups.get(clip.group)
    if (!counts) groups.set(clip.group, (counts = new Array<number>(classCount).fill(0)))
    counts[clip.classIndex]!++
  }
  return groups
}
