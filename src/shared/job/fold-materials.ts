/** Which of the sounds of a chain's steps a fold may learn from: nothing of what it is tested on. */
import type { AugmentationChain } from '../../dsp/recipe'
import type { ManifestMaterial, TrainClip, TrainFold } from './manifest'

type MaterialClip = Pick<TrainClip, 'path' | 'contentHash' | 'group' | 'fold'>

/**
 * The sounds that stay when all are left out that share a file, a content or a group with a clip that is held out, or lie in a
 * fold that only clips lie in that are held out.
 *
 * @param train the clips that the fold learns from
 * @param heldOut those it is tested on and those that decide when it stops
 */
export function listFoldMaterials(
  materials: readonly ManifestMaterial[],
  train: readonly MaterialClip[],
  heldOut: readonly MaterialClip[],
): ManifestMaterial[] {
  const paths = new Set(heldOut.map(({ path }) => path))
  const hashes = new Set(heldOut.map(({ contentHash }) => contentHash).filter((hash) => hash !== ''))
  const groups = new Set(heldOut.map(({ group }) => group))
  const trainFolds = new Set(train.map(({ fold }) => fold))
  const folds = new Set(heldOut.map(({ fold }) => fold).filter((fold) => fold !== null && !trainFolds.has(fold)))
  return materials.filter(
    ({ path, contentHash, group, fold }) =>
      !paths.has(path) &&
      !(contentHash !== null && hashes.has(contentHash)) &&
      !(group !== null && groups.has(group)) &&
      !folds.has(fold),
  )
}

/**
 * What is wrong where a step takes other sounds and a fold has none for it, naming both; null where each has some.
 * Clips that are still to be drawn for validation are not counted out.
 */
export function findSilentStep({
  chain,
  materials,
  clips,
  folds,
}: {
  chain: AugmentationChain
  materials: readonly (readonly ManifestMaterial[])[]
  clips: readonly TrainClip[]
  folds: readonly TrainFold[]
}): string | null {
  const pick = (positions: readonly number[]): TrainClip[] => positions.map((position) => clips[position]!)
  for (const [position, step] of chain.steps.entries()) {
    if (!('source' in step)) continue
    const own = materials[position] ?? []
    const name = `Step ${position + 1} of the chain (${step.kind})`
    if (own.length === 0) return `${name} takes other sounds, and its source has none.`
    for (const { name: fold, train, test, validation = [] } of folds)
      if (listFoldMaterials(own, pick(train), pick([...test, ...validation])).length === 0)
        return `${name} has no sound for fold “${fold}”: what its source has (${own.length}) belongs to what the fold is tested on.`
  }
  return null
}
