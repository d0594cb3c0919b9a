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
 * What is left of a training run: epochs that remain in the current fold and in those not begun, at the pace of the
 * newest ones told. Folds that stopped early count as done, so the figure is an upper bound. A solver that tells every
 * tenth iteration only is read rightly: an epoch stands for those since the one told before it.
 * @param folds number of folds the run trains, 1 or more.
 */
export function estimateRun(epochs: RunEpoch[], folds: number, maxEpochs: number): Estimate {
  const reached = new Map<string, number>()
  const steps = epochs.map(({ fold, epoch, seconds }) => {
    const count = epoch - (reached.get(fold) ?? 0)
    reached.set(fold, epoch)
    return { count, seconds }
  })
  const current = epochs.at(-1)
  const foldsLeft = Math.max(0, folds - Math.max(1, reached.size))
  const left = Math.max(0, maxEpochs - (current?.epoch ?? 0)) + foldsLeft * maxEpochs
  const done = steps.reduce((sum, step) => sum + step.count, 0)
  const newest = steps.slice(-8)
  const seconds = newest.reduce((sum, step) => sum + step.seconds, 0)
  const count = newest.reduce((sum, step) => sum + step.count, 0)
  return { done, planned: done + left, remainingSeconds: count > 0 ? (left * seconds) / count : null }
}
