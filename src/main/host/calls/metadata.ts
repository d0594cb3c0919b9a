import { join } from 'node:path'
import type { Handlers } from '../../../shared/contract/contract'
import { countChosen, editByPattern, editClips, isMany } from '../bulk-edits'
import { databaseName } from '../catalog/catalog-folder'
import { runTask } from '../catalog/catalog-task'
import { requireClip } from '../catalog/labels'
import { sayMetadata, setMetadata } from '../catalog/metadata'
import { previewPattern, refuseTaken } from '../datasets/read-patterns'
import type { Workspace } from '../workspace'

export function metadataHandlers(workspace: Workspace): Handlers['metadata'] {
  return {
    names: () =>
      workspace.database.all(
        `SELECT n.name, (SELECT count(*) FROM clip_metadata m WHERE m.name_key = n.key) AS clips
           FROM metadata_names n ORDER BY n.name`,
      ),
    set(input, { author }) {
      const { name, value } = input
      refuseTaken(name)
      return editClips(workspace, { kind: 'metadata.set', input }, author, (recorder, clipIds) => {
        const ids = new Set(clipIds)
        for (const id of ids)
          setMetadata(workspace.database, recorder, requireClip(workspace.database, id), name, value)
        return { title: sayMetadata(name, value, ids.size) }
      })
    },
    async previewPattern(request) {
      const { database, path } = workspace.catalog
      if (!isMany(await countChosen(workspace, request))) return previewPattern(database, request)
      return runTask({ kind: 'preview-pattern', file: join(path, databaseName), request })
    },
    applyPattern: (input, { author }) => editByPattern(workspace, { kind: 'metadata.pattern', input }, author),
  }
}
