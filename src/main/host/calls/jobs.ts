import type { Handlers } from '../../../shared/contract/contract'
import type { JobQueue } from '../jobs/queue'
import type { Workspace } from '../workspace'

export function jobHandlers(workspace: Workspace): Handlers['jobs'] {
  const queues = (): JobQueue[] => [
    workspace.machineQueue,
    ...(workspace.isCatalogOpen ? [workspace.catalog.queue] : []),
  ]
  /** The machine's where it knows the job, else the catalog's. */
  const queueOf = (id: string): JobQueue =>
    workspace.machineQueue.list().some((job) => job.id === id) ? workspace.machineQueue : workspace.catalog.queue
  return {
    list: () =>
      queues()
        .flatMap((queue) => queue.list())
        .sort((a, b) => (a.id < b.id ? 1 : -1)),
    get: ({ id }) => queueOf(id).get(id),
    issues: ({ id }) => queueOf(id).issues(id),
    cancel: ({ id }) => queueOf(id).cancel(id),
  }
}
