import type { WorkerEvent } from '../../shared/job/worker-event'

const intervalMs = 100

/** Progress that tells at most ten times a second, and always of the first and the last. */
export function throttleProgress(
  tell: (event: WorkerEvent) => void,
  total: number,
): (done: number, message: string) => void {
  let lastMs = -Infinity
  return (done, message) => {
    const nowMs = performance.now()
    if (nowMs - lastMs < intervalMs && done < total) return
    lastMs = nowMs
    tell({ type: 'progress', done, total, message })
  }
}
