import { AppError } from '../../../shared/errors'
import type { BackendStatus } from '../../../shared/job/worker-event'
import type { Workspace } from '../workspace'
import { runWorker } from './run-worker'

/** Which backends this machine has, asked of a worker process once a host; a probe that failed is tried again. */
export function probeBackends(workspace: Workspace): Promise<BackendStatus[]> {
  workspace.backends ??= probe(workspace).catch((error: unknown) => {
    workspace.backends = null
    throw error
  })
  return workspace.backends
}

async function probe(workspace: Workspace): Promise<BackendStatus[]> {
  let backends: BackendStatus[] | null = null
  let fault: AppError | null = null
  const worker = runWorker(workspace.options.launchWorker, { kind: 'probe' }, (event) => {
    if (event.type === 'backends') backends = event.backends
    if (event.type === 'failed') fault = AppError.fromData(event.error)
  })
  workspace.helpers.add(worker)
  const { error } = await worker.exited
  workspace.helpers.delete(worker)
  if (backends) return backends
  throw fault ?? error ?? new AppError('backend-unavailable', 'The worker said nothing about its backends.')
}
