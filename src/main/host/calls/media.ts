import type { Handlers } from '../../../shared/contract/contract'
import { drawSounds } from '../../media/draw-sounds'
import type { MaterialSpan } from '../../media/media-task'
import { listMaterials, listSource, toSpans } from '../datasets/chain-materials'
import type { Workspace } from '../workspace'

export function mediaHandlers(workspace: Workspace): Handlers['media'] {
  return {
    countSource: ({ source }) => listSource(workspace.database, source).length,
    materials({ chain, seed, examples, className, ...heard }, { signal }) {
      const materials = listMaterials(workspace.database, chain)
      const spans = (materials ?? []).map(toSpans)
      const read = (material: MaterialSpan): Promise<Float32Array> =>
        workspace.catalog.media.excerpt({ ...material, ...heard }, signal)
      const draws = Array.from({ length: examples }, (_, example) =>
        drawSounds(chain, { seed, epoch: 1, example, className }, spans),
      )
      return Promise.all(draws.map((steps) => Promise.all(steps.map((own) => Promise.all(own.map(read))))))
    },
    samples: ({ clipId }, { signal }) => workspace.catalog.media.samples(clipId, signal),
    outline: ({ clipId, ...span }, { signal }) => workspace.catalog.media.outline(clipId, span, signal),
    tile: ({ clipId, ...request }, { signal }) => workspace.catalog.media.tile(clipId, request, signal),
    thumbnail: ({ clipId, takesSketch }, { signal }) => workspace.catalog.media.thumbnail(clipId, takesSketch, signal),
    readRange: ({ clipId, start, end }) => workspace.catalog.media.readRange(clipId, start, end),
  }
}
