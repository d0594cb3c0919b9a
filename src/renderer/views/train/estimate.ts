/** How long a run or a job still takes, from what it has told so far. */
import type { RunEpoch } from '../../../shared/contract/runs'

export interface Estimate {
  /** Epochs done over all folds, and the most there can be. */
  done: number
  planned: number
  /** Seconds left if no fold stops early; null until an epoch has been seen. */
  remainingSeconds: number | null
}

/**
 * What is left of a training run: epochs that remain in the current fold and in those not begun, at the mean
 * time of the newest epochs. Folds that stopped early count as done, so the figure is an upper bound.
 * @param folds number of folds the run trains, 1 or more.
 */
export function estimateRun(epochs: RunEpoch[], folds: number, maxEpochs: number): Estimate {
  const counts = new Map<string, number>()
  for (const { fold } of epochs) counts.set(fold, (counts.get(fold) ?? 0) + 1)
  const current = epochs.at(-1)?.fold
  const inCurrent = current === undefined ? 0 : counts.get(current)!
  const foldsLeft = Math.max(0, folds - Math.max(1, counts.size))
  const left = Math.max(0, maxEpochs - inCurrent) + foldsLeft * maxEpochs
  const newest = epochs.slice(-8)
  const secondsPerEpoch = newest.reduce((sum, epoch) => sum + epoch.seconds, 0) / newest.length
  return {
    done: epochs.length,
    planned: epochs.length + left,
    remainingSeconds: newest.length === 0 ? null : left * secondsPerEpoch,
  }
}

export interface JobPace {
  /** 0 to 1; null while the total is unknown. */
  share: number | null
  /** Units a second since the start; null before anything was done. */
  perSecond: number | null
  remainingSeconds: number | null
}

/** A job's share, rate and remaining time at the moment `nowMs`, at its mean rate since it started. */
export function paceJob(job: { done: number; total: number; startedAt: string | null }, nowMs: number): JobPace {
  const share = job.total > 0 ? Math.min(1, job.done / job.total) : null
  const elapsed = job.startedAt === null ? 0 : (nowMs - Date.parse(job.startedAt)) / 1000
  if (elapsed <= 0 || job.done <= 0) return { share, perSecond: null, remainingSeconds: null }
  const perSecond = job.done / elapsed
  return { share, perSecond, remainingSeconds: share === null ? null : Math.max(0, job.total - job.done) / perSecond }
}
