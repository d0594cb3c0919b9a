import { areFinite } from './sample-loops'

/** The place of the first sample that is no number or infinite; −1 where all are numbers. */
export function findBadSample(samples: Float32Array): number {
  return areFinite(samples) ? -1 : samples.findIndex((sample) => !Number.isFinite(sample))
}
