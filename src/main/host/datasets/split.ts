import type { DatasetPart } from '../../../shared/contract/clip-query'
import type { SplitChoice } from '../../../shared/contract/runs'
import { splitByGroups } from '../../../shared/datasets/grouped-split'
import { AppError } from '../../../shared/errors'
import type { TrainFold } from '../../../shared/job/manifest'
import { compareFolds } from '../catalog/clips'

/** What a split needs to know of a clip. */
export interface SplitClip {
  fold: string | null
  /** Its part in the catalog's own split. */
  split?: DatasetPart | null
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
    case 'assigned': {
      clips.forEach(({ split = null }, position) => {
        if (split === null) unused.set(position, 'It is in no part of the split')
      })
      const of = (part: DatasetPart): number[] => pick((clip) => clip.split === part)
      const validation = of('validation')
      const fold = { name: 'split', train: of('train'), test: of('test') }
      return { folds: [validation.length > 0 ? { ...fold, validation } : fold], unused }
    }
    case 'random': {
      const items = clips.map(({ group, classIndex }) => ({ group, classes: [classIndex] }))
      const parts = splitByGroups(items, {
        shares: [1 - choice.testShare, choice.testShare],
        seed,
        keepsSingles: true,
      })
      const of = (part: number): number[] =>
        clips.flatMap((_clip, position) => (parts[position] === part ? [position] : []))
      return { folds: [{ name: 'random', train: of(0), test: of(1) }], unused }
    }
  }
}
