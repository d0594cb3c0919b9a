import type { Handlers } from '../../../shared/contract/contract'
import { AppError } from '../../../shared/errors'
import { inspectMachine } from '../jobs/inspect-machine'
import { createSetupWork } from '../jobs/setup-work'
import type { Workspace } from '../workspace'

export function setupHandlers(workspace: Workspace): Handlers['setup'] {
  const { machineQueue, settings } = workspace
  const findRunning = (): string | null => machineQueue.unfinished().find(({ kind }) => kind === 'setup')?.id ?? null
  return {
    async state() {
      const machine = await inspectMachine(workspace)
      return { ...machine, jobId: findRunning(), isDeclined: settings.read().isSetupDeclined }
    },
    tensorflow({ variant }) {
      if (findRunning() !== null)
        throw new AppError('conflict', 'TensorFlow is being set up already.', {
          hint: 'The job tray shows how far it is.',
        })
      return { jobId: machineQueue.enqueue(createSetupWork(variant)).id }
    },
    decline: () => settings.declineSetup(),
  }
}
