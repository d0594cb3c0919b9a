import { AppError } from '../../../shared/errors'
import type { JobManifest } from '../../../shared/job/manifest'
import { isBatch, type WorkerEvent } from '../../../shared/job/worker-event'
import type { LaunchWorker } from '../../../shared/job/worker-process'

export interface WorkerEnd {
  /** When it died by itself. */
  error: AppError | null
  /** Null when a signal ended it, or it ignored its end. */
  code: number | null
  /** The signal that ended it, where that is known. */
  signal: string | null
}

export interface WorkerHandle {
  /** Resolves once the process is gone (or has ignored its end for too long). */
  exited: Promise<WorkerEnd>
  kill(): void
  /** It has said "done" and should leave by itself; if it does not, it is ended. */
  retire(): void
}

const graceMs = 10_000

/** Starts a worker process, hands it its manifest and listens until it ends. @throws what launching throws */
export function runWorker(
  launchWorker: LaunchWorker,
  manifest: JobManifest,
  onEvent: (event: WorkerEvent) => void,
): WorkerHandle {
  const worker = launchWorker(manifest.kind)
  let hasConcluded = false
  let isKilled = false
  let hasExited = false
  let timer: NodeJS.Timeout | null = null
  let resolveExited: (end: WorkerEnd) => void = () => undefined
  const exited = new Promise<WorkerEnd>((resolve) => (resolveExited = resolve))
  const kill = (): void => {
    if (hasExited) return
    isKilled = true
    worker.kill()
    // A process that cannot be ended (stuck in the kernel) must not hold the queue for ever.
    timer ??= setTimeout(() => resolveExited({ error: null, code: null, signal: null }), graceMs)
  }
  worker.onEvent((event) => {
    if (event.type === 'done' || event.type === 'failed') hasConcluded = true
    onEvent(event)
    if (isBatch(event) && !hasExited) worker.send({ type: 'taken' })
  })
  worker.onExit((code, signal = null) => {
    hasExited = true
    if (timer) clearTimeout(timer)
    const error = hasConcluded || isKilled ? null : describeDeath(manifest.kind, code)
    resolveExited({ error, code, signal })
  })
  worker.send({ type: 'start', manifest })
  return {
    exited,
    kill,
    retire() {
      if (hasExited) return
      timer = setTimeout(() => {
        timer = null
        kill()
      }, graceMs)
      timer.unref()
    },
  }
}

function describeDeath(kind: string, code: number | null): AppError {
  const how = code === null ? 'was ended by a signal' : `ended with exit code ${code}`
  return new AppError('worker-died', `The ${kind} process ${how} before its work was done.`, {
    hint:
      code === null
        ? 'A system that runs out of memory ends processes this way; close other programs or use smaller batches.'
        : 'The catalog is unharmed. Try again; the log has what the process said last.',
  })
}
