import { AppError } from '../../../shared/errors'
import type { SetupMachine } from '../../../shared/job/setup-machine'
import type { Workspace } from '../workspace'
import { runWorker } from './run-worker'

/** What the setup would find on this machine, looked at in a worker process. @throws what the worker says */
export async function inspectMachine(workspace: Workspace): Promise<SetupMachine> {
  let machine: SetupMachine | null = null
  let fault: AppError | null = null
  const worker = runWorker(workspace.options.launchWorker, { kind: 'inspect' }, (event) => {
    if (event.type === 'setup-machine') machine = event.machine
    if (event.type === 'failed') fault = AppError.fromData(event.error)
  })
  workspace.helpers.add(worker)
  const { error } = await worker.exited
  workspace.helpers.delete(worker)
  if (machine) return machine
  throw fault ?? error ?? new AppError('internal', 'The worker said nothing about this machine.')
}
