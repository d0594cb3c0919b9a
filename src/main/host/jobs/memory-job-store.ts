import type { Job } from '../../../shared/contract/jobs'
import { AppError } from '../../../shared/errors'
import type { JobStore } from '../catalog/jobs'

/** The jobs of the machine, which belong to no catalog: they are forgotten with the host. */
export function memoryJobStore(): JobStore {
  const jobs = new Map<string, Job>()
  const read = (id: string): Job => {
    const job = jobs.get(id)
    if (!job) throw new AppError('not-found', `There is no job with the id ${id}.`)
    return { ...job }
  }
  return {
    insert({ id, kind, title, runId }) {
      jobs.set(id, {
        ...{ id, kind, title, runId },
        ...{ status: 'queued', done: 0, total: 0, message: '', createdAt: new Date().toISOString() },
        ...{ startedAt: null, finishedAt: null, error: null, issueCount: 0, importCounts: null, exportResult: null },
      })
    },
    save: (job) => void jobs.set(job.id, { ...job }),
    read,
    list: () => [...jobs.values()].reverse().map((job) => ({ ...job })),
    issues: (id) => (read(id), []),
    transaction: (work) => work(),
  }
}
