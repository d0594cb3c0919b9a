/** Chooses the clips that decide when training stops. */
import type { Random } from '../../../dsp/random'
import type { TrainClip } from '../../../shared/job/manifest'

export interface ValidationSplit {
  train: number[]
  validation: number[]
}

/**
 * Takes whole groups from the training clips until every class has about `share` of its clips held out:
 * grouped (no group on both sides) and stratified (class by class). A group is taken only where it leaves
 * each of its classes within its quota, so a class whose groups are all too large gives none.
 *
 * @param positions of the training clips in `clips`; the test clips are not among them
 * @param share 0 to 0.5; 0 holds out nothing
 */
export function holdOutGroups(
  clips: readonly TrainClip[],
  positions: readonly number[],
  share: number,
  random: Random,
): ValidationSplit {
  if (!(share >= 0 && share <= 0.5)) throw new RangeError(`the validation share must be 0 to 0.5, not ${share}`)
  const quota = new Map<number, number>()
  const groups = new Map<string, number[]>()
  for (const position of positions) {
    const { classIndex, group } = clips[position]!
    quota.set(classIndex, (quota.get(classIndex) ?? 0) + share)
    groups.set(group, [...(groups.get(group) ?? []), position])
  }
  for (const [classIndex, clipsWanted] of quota) quota.set(classIndex, Math.round(clipsWanted))
  const validation = new Set<number>()
  for (const group of random.shuffle([...groups.keys()].sort())) {
    const members = groups.get(group)!
    const needs = new Map<number, number>()
    for (const position of members) {
      const { classIndex } = clips[position]!
      needs.set(classIndex, (needs.get(classIndex) ?? 0) + 1)
    }
    if (![...needs].every(([classIndex, count]) => count <= quota.get(classIndex)!)) continue
    for (const [classIndex, count] of needs) quota.set(classIndex, quota.get(classIndex)! - count)
    for (const position of members) validation.add(position)
  }
  return {
    train: positions.filter((position) => !validation.has(position)),
    validation: positions.filter((position) => validation.has(position)),
  }
}
