import { drawMaterials, type MaterialPick } from '../../../dsp/augment/materials'
import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { listMaterials, listSource, toSpans } from '../datasets/chain-materials'
import type { Workspace } from '../workspace'

export function mediaHandlers(workspace: Workspace): Handlers['media'] {
  return {
    countSource: ({ source }) => listSource(workspace.database, source).length,
    materials({ chain, seed, examples, className, ...heard }, { signal }) {
      const materials = listMaterials(workspace.database, chain)
      const spans = (materials ?? []).map(toSpans)
      const counts = chain.steps.map((_, position) => spans[position]?.length ?? 0)
      const draw = (example: number): MaterialPick[][] =>
        drawMaterials(chain, { seed, epoch: 1, example, className }, counts)
      const read = (picks: MaterialPick[], position: number): Promise<Float32Array[]> =>
        Promise.all(
          picks.map(({ index, place }) =>
            workspace.catalog.media.excerpt({ ...spans[position]![index]!, place, ...heard }, signal),
          ),
        )
      const draws = readDraws(() => Array.from({ length: examples }, (_, example) => draw(example)))
      return Promise.all(draws.map((steps) => Promise.all(steps.map(read))))
    },
    samples: ({ clipId }, { signal }) => workspace.catalog.media.samples(clipId, signal),
    outline: ({ clipId, ...span }, { signal }) => workspace.catalog.media.outline(clipId, span, signal),
    tile: ({ clipId, ...request }, { signal }) => workspace.catalog.media.tile(clipId, request, signal),
    thumbnail: ({ clipId, takesSketch }, { signal }) => workspace.catalog.media.thumbnail(clipId, takesSketch, signal),
    readRange: ({ clipId, start, end }) => workspace.catalog.media.readRange(clipId, start, end),
  }
}

/** The DSP says which step has no sound, in its own words. */
function readDraws<T>(draw: () => T): T {
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
