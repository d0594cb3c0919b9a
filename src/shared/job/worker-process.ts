import type { WorkerKind } from './manifest'
import type { WorkerCommand, WorkerEvent } from './worker-event'

/** A running worker as the host sees it, whatever kind of process it is. */
export interface WorkerProcess {
  send(command: WorkerCommand): void
  onEvent(listener: (event: WorkerEvent) => void): void
  /**
   * Called once; `code` is null when a signal ended it, whose name is given where it is known. Events sent before the
   * end have been heard by then.
   */
  onExit(listener: (code: number | null, signal?: string | null) => void): void
  kill(): void
}

/** Handed to the host by the door that forks: utilityProcess on the desktop, child_process elsewhere. */
export type LaunchWorker = (kind: WorkerKind) => WorkerProcess
