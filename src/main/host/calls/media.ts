import type { Handlers } from '../../../shared/contract/contract'
import type { Workspace } from '../workspace'

export function mediaHandlers(workspace: Workspace): Handlers['media'] {
  return {
    samples: ({ clipId }, { signal }) => workspace.catalog.media.samples(clipId, signal),
    outline: ({ clipId, ...span }, { signal }) => workspace.catalog.media.outline(clipId, span, signal),
    tile: ({ clipId, ...request }, { signal }) => workspace.catalog.media.tile(clipId, request, signal),
    thumbnail: ({ clipId }, { signal }) => workspace.catalog.media.thumbnail(clipId, signal),
    readRange: ({ clipId, start, end }) => workspace.catalog.media.readRange(clipId, start, end),
  }
}
