import type { Handlers } from '../../../shared/contract/contract'
import { findClipPosition, listClipIds, listClips, readClip, readFacets } from '../catalog/clips'
import { resolveInside } from '../media/resolve-inside'
import type { Workspace } from '../workspace'

export function clipHandlers(workspace: Workspace): Handlers['clips'] {
  return {
    list: ({ query, offset, limit }) => listClips(workspace.database, query, offset, limit),
    get({ id }) {
      const { rootPath, ...clip } = readClip(workspace.database, id)
      return { ...clip, absolutePath: resolveInside(rootPath, clip.recordingPath) }
    },
    facets: ({ query }) => readFacets(workspace.database, query),
    position: ({ query, id }) => findClipPosition(workspace.database, query, id),
    ids: ({ query }) => listClipIds(workspace.database, query),
  }
}
