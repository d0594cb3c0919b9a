import type { Handlers } from '../../../shared/contract/contract'
import type { Job } from '../../../shared/contract/jobs'
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
  /** A job in a thread; null for those of the queues. */
  const findThreadJob = (id: string): Job | null =>
    workspace.isCatalogOpen ? workspace.catalog.threadJobs.find(id) : null
  return {
    list: () =>
      [...queues(), ...(workspace.isCatalogOpen ? [workspace.catalog.threadJobs] : [])]
        .flatMap((jobs) => jobs.list())
        .sort((a, b) => (a.id < b.id ? 1 : -1)),
    get: ({ id }) => findThreadJob(id) ?? queueOf(id).get(id),
    issues: ({ id }) => (findThreadJob(id) ? [] : queueOf(id).issues(id)),
    cancel: ({ id }) => (findThreadJob(id) ? workspace.catalog.threadJobs.cancel(id) : queueOf(id).cancel(id)),
  }
}
