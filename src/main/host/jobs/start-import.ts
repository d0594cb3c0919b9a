import type { Workspace } from '../workspace'
import { createImportWork, type ImportRequest } from './import-work'

/** Queues an import and tells the windows of its batches. */
export function startImport(workspace: Workspace, request: Omit<ImportRequest, 'tell'>): { jobId: string } {
  const { database, queue } = workspace.catalog
  const work = createImportWork(database, {
    ...request,
    tell(touched) {
      // After the catalog is closed nobody is left to tell.
      if (database.sqlite.open) workspace.tellEdit(touched, database)
    },
  })
  return { jobId: queue.enqueue(work).id }
}
