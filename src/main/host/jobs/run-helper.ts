import { AppError } from '../../../shared/errors'
import type { JobManifest } from '../../../shared/job/manifest'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import type { Workspace } from '../workspace'
import { runWorker } from './run-worker'

/**
 * Runs a worker that answers a question and is no job: nothing of it is kept, and it goes with who asks.
 * @param what for the message where it is cancelled: "The prediction"
 * @throws AppError 'cancelled', 'worker-died' and what the worker says
 */
export async function runHelper(
  workspace: Workspace,
  manifest: JobManifest,
  { what, signal, onEvent }: { what: string; signal: AbortSignal; onEvent(event: WorkerEvent): void },
): Promise<void> {
  const cancelled = (): AppError => new AppError('cancelled', `${what} was cancelled.`)
  if (signal.aborted) throw cancelled()
  let fault: AppError | null = null
  const worker = runWorker(workspace.options.launchWorker, manifest, (event) => {
    if (event.type === 'failed') fault = AppError.fromData(event.error)
    else onEvent(event)
  })
  workspace.helpers.add(worker)
  const onAbort = (): void => worker.kill()
  signal.addEventListener('abort', onAbort, { once: true })
  const { error } = await worker.exited
  signal.removeEventListener('abort', onAbort)
  workspace.helpers.delete(worker)
  if (signal.aborted) throw cancelled()
  if (fault ?? error) throw fault ?? error
}
