import type { Connection } from '../../shared/rpc/client'
import type { Terminal } from './terminal'

/** Kinds of jobs that a command waits for by the answer to its own call. */
const awaitedKinds: readonly string[] = ['edit', 'history']

/** Shows how far something is whose answer is waited for, until it is over; Ctrl-C cancels it. */
export async function withProgress<T>(
  connection: Connection,
  terminal: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const progress = terminal.startProgress()
  let jobId: string | null = null
  const cancelJob = (): void => {
    if (jobId !== null) connection.client.jobs.cancel({ id: jobId }).catch(() => undefined)
  }
  const stops = [
    connection.on('catalog.working', ({ title, done, total }) => progress.show({ done, total, message: title })),
    connection.on('jobs.changed', (job) => {
      if (!awaitedKinds.includes(job.kind) || job.status !== 'running') return
      jobId = job.id
      progress.show({ ...job, message: job.title })
      if (terminal.signal.aborted) cancelJob()
    }),
  ]
  terminal.signal.addEventListener('abort', cancelJob, { once: true })
  try {
    return await work(terminal.signal)
  } finally {
    for (const stop of stops) stop()
    terminal.signal.removeEventListener('abort', cancelJob)
    progress.clear()
  }
}
