import type { Handlers } from '../../../shared/contract/contract'
import { countNoun, requireClip } from '../catalog/labels'
import { setMetadata } from '../catalog/metadata'
import { applyPattern, previewPattern, refuseTaken } from '../datasets/read-patterns'
import type { Workspace } from '../workspace'

export function metadataHandlers(workspace: Workspace): Handlers['metadata'] {
  return {
    names: () =>
      workspace.database.all(
        `SELECT n.name, (SELECT count(*) FROM clip_metadata m WHERE m.name_key = n.key) AS clips
           FROM metadata_names n ORDER BY n.name`,
      ),
    set({ clipIds, name, value }, { author }) {
      refuseTaken(name)
      return workspace.edit('metadata.set', author, (recorder) => {
        const ids = new Set(clipIds)
        for (const id of ids)
          setMetadata(workspace.database, recorder, requireClip(workspace.database, id), name, value)
        const clips = countNoun(ids.size, 'clip')
        return { title: value === null ? `Remove ${name} of ${clips}` : `Set ${name} of ${clips}: ${value}` }
      })
    },
    previewPattern: (input) => previewPattern(workspace.database, input),
    applyPattern: (input, { author }) =>
      workspace.edit('metadata.pattern', author, (recorder) => applyPattern(workspace.database, recorder, input)),
  }
}
