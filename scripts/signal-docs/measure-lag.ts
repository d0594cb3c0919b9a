/** Where a sound has come to: for the tests of what delays, and for what docs/signal.md says. */

/** By how many samples `heard` is later than `samples` where both are most alike (cross-correlation), up to `most` either way. */
export function lagOf(samples: Float32Array, heard: Float32Array, most: number): number {
  let [best, lag] = [-Infinity, 0]
  for (let by = -most; by <= most; by++) {
    let sum = 0
    for (let n = most; n < samples.length - most; n += 3) sum += samples[n]! * heard[n + by]!
    if (sum > best) [best, lag] = [sum, by]
  }
  return lag
}
