import { existsSync, realpathSync } from 'node:fs'
import { v7 as createId } from 'uuid'
import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { requireAbsolute } from '../catalog/catalog-folder'
import type { Database } from '../catalog/database'
import { listRoots, relinkRecordings } from '../catalog/relink'
import { findMoved, type FoundPlaces } from '../find-moved'
import { requireFolder } from '../require-folder'
import type { Workspace } from '../workspace'

export function relinkHandlers(workspace: Workspace): Handlers['relink'] {
  /** The newest search; it belongs to the catalog that was open. */
  let newest: { id: string; database: Database; found: FoundPlaces } | null = null
  return {
    async plan({ from: given, to: folder }, { signal }) {
      const { database } = workspace
      const from = requireAbsolute(given)
      const to = realpathSync(requireFolder(requireAbsolute(folder)))
      const found = await findMoved({
        database,
        from: existsSync(from) ? realpathSync(from) : from,
        to,
        signal,
        onProgress: (done, total) =>
          workspace.announcer.tell('catalog.working', { title: 'Looking for moved files', done, total }),
      })
      const id = createId()
      newest = { id, database, found }
      return { id, ...found.plan }
    },
    apply({ id }, { author }) {
      const { database } = workspace
      if (newest?.id !== id || newest.database !== database)
        throw new AppError('not-found', 'This search is over.', { hint: 'Search again.' })
      const { places, movedRoots } = newest.found
      if (places.length === 0)
        throw new AppError('invalid-argument', 'No file was found, so there is nothing to relink.')
      const { relinked } = workspace.edit('recordings.relink', author, (recorder) =>
        relinkRecordings(database, recorder, places, movedRoots),
      )
      newest = null
      return { relinked }
    },
    roots: () => listRoots(workspace.database),
  }
}
