/** The other sounds that the steps of a chain take while a fold is trained. */
import { AppError } from '../../../shared/errors'
import { listFoldMaterials } from '../../../shared/job/fold-materials'
import type { TrainFold, TrainManifest } from '../../../shared/job/manifest'
import type { MediaSpan } from '../../media/media-task'

/**
 * For each step of the recipe's chain the sounds it may take, none of them of what the fold is tested or stopped by.
 *
 * @param split positions in the manifest's clips: the fold's clips without its test clips
 * @throws AppError 'invalid-argument' where a step takes other sounds and none is left
 */
export function listChainSounds(
  { clips, materials = [], recipe }: TrainManifest,
  fold: TrainFold,
  split: { train: readonly number[]; validation: readonly number[] },
): MediaSpan[][] {
  const pick = (positions: readonly number[]) => positions.map((position) => clips[position]!)
  const train = pick(split.train)
  const heldOut = pick([...fold.test, ...split.validation])
  return materials.map((own, position) => {
    const left = listFoldMaterials(own, train, heldOut)
    if (own.length > 0 && left.length === 0)
      throw new AppError(
        'invalid-argument',
        `Step ${position + 1} of the chain (${recipe.training.chain?.steps[position]?.kind}) has no sound for fold “${fold.name}”: all ${own.length} of its source belong to what the fold is tested on or stopped by.`,
        { hint: 'Give the step a source with other recordings.' },
      )
    return left.map(({ path, startSeconds, endSeconds }) => ({
      path,
      startSeconds,
      endSeconds: endSeconds ?? Infinity,
    }))
  })
}
