/** What Electron's main process and the host process say to each other; ports travel beside the messages. */
import type { WorkerKind } from '../../shared/job/manifest'

export type ToHost =
  | { type: 'start'; version: string; userFolder: string; documentsFolder: string }
  /** With a port: serve the contract over it. */
  | { type: 'connect' }
  /** With a port: the line to a worker that was asked for. */
  | { type: 'worker-launched'; workerId: number }
  | { type: 'worker-exited'; workerId: number; code: number | null }
  | { type: 'ask-running-jobs'; questionId: number }
  /** Close the catalog and end. */
  | { type: 'close' }

export type FromHost =
  | { type: 'launch-worker'; workerId: number; kind: WorkerKind }
  | { type: 'kill-worker'; workerId: number }
  | { type: 'running-jobs'; questionId: number; titles: string[] }
  | { type: 'log'; line: string }
