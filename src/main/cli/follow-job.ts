import type { Job } from '../../shared/contract/jobs'
import { AppError } from '../../shared/errors'
import type { Connection } from '../../shared/rpc/client'
import type { Terminal } from './terminal'

const isEnded = (job: Job): boolean => job.status === 'done' || job.status === 'failed' || job.status === 'cancelled'

/**
 * Shows a job's progress until it ends; Ctrl-C cancels it.
 * @returns the job as it ended, whichever way.
 */
export async function followJob(connection: Connection, jobId: string, terminal: Terminal): Promise<Job> {
  const { client } = connection
  const progress = terminal.startProgress()
  const stops: (() => void)[] = []
  try {
    return await new Promise<Job>((resolve, reject) => {
      const onJob = (job: Job): void => {
        if (job.id !== jobId) return
        if (isEnded(job)) resolve(job)
        else progress.show(job)
      }
      const onAbort = (): void => {
        terminal.note('Cancelling …')
        client.jobs.cancel({ id: jobId }).then(onJob, reject)
      }
      stops.push(connection.on('jobs.changed', onJob))
      connection.onClose(() => reject(new AppError('disconnected', 'The host went away before the job ended.')))
      terminal.signal.addEventListener('abort', onAbort, { once: true })
      stops.push(() => terminal.signal.removeEventListener('abort', onAbort))
      // It may have ended before anybody listened.
      client.jobs.get({ id: jobId }).then(onJob, reject)
      if (terminal.signal.aborted) onAbort()
    })
  } finally {
    for (const stop of stops) stop()
    progress.clear()
  }
}

/** Follows a job that must succeed. @throws AppError with the job's own reason, or 'cancelled'. */
export async function finishJob(connection: Connection, jobId: string, terminal: Terminal): Promise<Job> {
  const job = await followJob(connection, jobId, terminal)
  throwUnlessDone(job)
  return job
}

/** @throws AppError with the job's own reason when it failed, 'cancelled' when it was. */
export function throwUnlessDone(job: Job): void {
  if (job.status === 'cancelled') throw new AppError('cancelled', `${job.title} was cancelled.`)
  if (job.status === 'failed')
    throw job.error ? AppError.fromData(job.error) : new AppError('internal', `${job.title} failed without a reason.`)
}
