/** Workers for tests: in this process, telling what a script says. */
import type { JobManifest } from '../../../shared/job/manifest'
import type { WorkerEvent } from '../../../shared/job/worker-event'
import type { LaunchWorker } from '../../../shared/job/worker-process'

export interface FakeWorker {
  manifest: JobManifest
  isKilled: boolean
  tell(event: WorkerEvent): void
  /** Ends the process: an exit code, or null for a signal. */
  exit(code: number | null, signal?: string): void
}

/** What a worker does with its manifest; when it returns, the process leaves with code 0. */
export type FakeScript = (worker: FakeWorker) => void | Promise<void>

/** A worker that never ends by itself. */
export const hang: FakeScript = () => new Promise<void>(() => undefined)

/** Launches scripts; `launched` holds every worker that was started. */
export function createFakeLauncher(script: FakeScript): { launchWorker: LaunchWorker; launched: FakeWorker[] } {
  const launched: FakeWorker[] = []
  const launchWorker: LaunchWorker = () => {
    let onEvent: (event: WorkerEvent) => void = () => undefined
    let onExit: (code: number | null, signal?: string | null) => void = () => undefined
    let hasExited = false
    let own: FakeWorker | null = null
    const exit = (code: number | null, signal?: string): void => {
      if (hasExited) return
      hasExited = true
      queueMicrotask(() => onExit(code, signal))
    }
    return {
      onEvent: (listener) => void (onEvent = listener),
      onExit: (listener) => void (onExit = listener),
      send(command) {
        if (command.type !== 'start') return
        const { manifest } = command
        const worker: FakeWorker = {
          manifest: structuredClone(manifest),
          isKilled: false,
          tell: (event) => {
            if (!hasExited) onEvent(structuredClone(event))
          },
          exit,
        }
        own = worker
        launched.push(worker)
        queueMicrotask(() => {
          void Promise.resolve(script(worker)).then(() => exit(0))
        })
      },
      kill() {
        if (own) own.isKilled = true
        exit(null)
      },
    }
  }
  return { launchWorker, launched }
}
