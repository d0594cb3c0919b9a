/** How long a run still takes, from what it has told so far. */
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
