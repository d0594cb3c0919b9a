/** Batches of an epoch: as many as fit the number of clips that are trained on, at least one. */
export function countBatches(trainClips: number, batchClips: number): number {
  return Math.max(1, Math.floor(trainClips / batchClips))
}
