import type { Handlers } from '../../../shared/contract/contract'
import { readClip } from '../catalog/clips'
import { setClipNote } from '../catalog/labels'
import { suggestForQuery } from '../catalog/query-suggestions'
import { resolveInside } from '../media/resolve-inside'
import type { Workspace } from '../workspace'

export function clipHandlers(workspace: Workspace): Handlers['clips'] {
  return {
    list: (input) => workspace.catalog.reader.ask({ kind: 'page', ...input }),
    get({ id }) {
      const { rootPath, ...clip } = readClip(workspace.database, id)
      return { ...clip, absolutePath: resolveInside(rootPath, clip.recordingPath) }
    },
    suggest: ({ key, prefix }) => suggestForQuery(workspace.database, key, prefix),
    facets: (input) => workspace.catalog.reader.ask({ kind: 'facets', ...input }),
    facetValues: (input) => workspace.catalog.reader.ask({ kind: 'facetValues', ...input }),
    position: (input) => workspace.catalog.reader.ask({ kind: 'position', ...input }),
    setNote: (input, { author }) =>
      workspace.edit('clips.note', author, (recorder) => setClipNote(workspace.database, recorder, input)),
    ids: (input) => workspace.catalog.reader.ask({ kind: 'ids', ...input }),
  }
}
