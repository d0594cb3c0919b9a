/** The sounds that a draw of a chain takes, told before any of them is read: so a task is given these, and no lists. */
import type { DrawPlace } from '../../dsp/augment/draw-place'
import { drawMaterials } from '../../dsp/augment/materials'
import type { AugmentationChain } from '../../dsp/recipe'
import { AppError } from '../../shared/errors'
import type { MaterialSpan, MediaSpan } from './media-task'

/**
 * For each step the sounds that it takes.
 *
 * @param sources for each step the sounds of its source
 * @throws AppError 'invalid-argument' naming the first step that needs a sound and has none to choose from
 */
export function drawSounds(
  chain: AugmentationChain,
  place: DrawPlace,
  sources: readonly (readonly MediaSpan[])[],
): MaterialSpan[][] {
  const counts = chain.steps.map((_, position) => sources[position]?.length ?? 0)
  return withHint(() => drawMaterials(chain, place, counts)).map((picks, position) =>
    picks.map((pick) => ({ ...sources[position]![pick.index]!, place: pick.place })),
  )
}

/** The DSP says which step has no sound, in its own words. */
function withHint<T>(draw: () => T): T {
  try {
    return draw()
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    throw new AppError('invalid-argument', `${thrown.message}.`, {
      hint: 'Give it a source that has some.',
      cause: thrown,
    })
  }
}
