import type { Handlers } from '../../../shared/contract/contract'
import { listIssues } from '../catalog/jobs'
import type { Workspace } from '../workspace'

export function jobHandlers(workspace: Workspace): Handlers['jobs'] {
  return {
    list: () => workspace.catalog.queue.list(),
    get: ({ id }) => workspace.catalog.queue.get(id),
    issues: ({ id }) => listIssues(workspace.database, id),
    cancel: ({ id }) => workspace.catalog.queue.cancel(id),
  }
}
