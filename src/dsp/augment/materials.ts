/** Which other sounds a draw of a chain needs: known before any of them is read. */
import { type AugmentationChain, type AugmentationStep, isPictureStep, nameStep, type SoundSource } from './chain'
import { type DrawPlace, isStepDone, streamOf } from './draw-place'
import { runnerOf } from './runners'

/** A sound out of a step's list. */
export interface MaterialPick {
  index: number
  /** 0 to 1: where the excerpt begins among the places it may, in a sound that is longer than an excerpt. */
  place: number
}

/** Of a longer sound so much is read. */
export const longestMaterialSeconds = 60

export function sourceOf(step: AugmentationStep): SoundSource | null {
  return 'source' in step ? step.source : null
}

/**
 * The sounds that a draw takes of each step's list; none for a step that needs none or is not done in this draw.
 *
 * @param counts how many sounds the list of each step has; 0 for one without
 * @throws RangeError naming the first step that needs a sound and has none to choose from
 */
export function drawMaterials(chain: AugmentationChain, place: DrawPlace, counts: readonly number[]): MaterialPick[][] {
  return chain.steps.map((step, position) => {
    if (isPictureStep(step)) return []
    const { countMaterials } = runnerOf(step)
    if (!countMaterials || !isStepDone(step, streamOf(place, position), place)) return []
    const random = streamOf(place, position).stream('materials')
    const needed = countMaterials(step, random)
    const count = counts[position] ?? 0
    if (needed > 0 && count === 0) throw noSoundFor(step, position)
    return Array.from({ length: needed }, () => ({
      index: Math.floor(random.uniform() * count),
      place: random.uniform(),
    }))
  })
}

export function noSoundFor(step: AugmentationStep, position: number): RangeError {
  return new RangeError(`${nameStep(step, position)} has no sound to take`)
}

/** Samples `from` to `to` of a sound with `length` of them: the whole, or as much as an excerpt has. */
export function excerptOf(place: number, length: number, sampleRateHz: number): { from: number; to: number } {
  const most = Math.round(longestMaterialSeconds * sampleRateHz)
  if (length <= most) return { from: 0, to: length }
  const from = Math.floor(place * (length - most + 1))
  return { from, to: from + most }
}
