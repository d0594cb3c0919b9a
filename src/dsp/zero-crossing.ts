/**
 * Share of neighbouring samples between which the sign changes, 0 to 1 (zero counts as positive): a cheap measure of
 * how noisy or bright a sound is. 0 for fewer than two samples.
 */
export function zeroCrossingRate(samples: Float32Array): number {
  if (samples.length < 2) return 0
  let crossings = 0
  for (let i = 1; i < samples.length; i++) if (samples[i]! < 0 !== samples[i - 1]! < 0) crossings++
  return crossings / (samples.length - 1)
}

/** The same frame by frame, centred with edge samples repeated, as librosa.feature.zero_crossing_rate. */
export function zeroCrossingRates(samples: Float32Array, frameSamples: number, hopSamples: number): Float32Array {
  if (samples.length === 0) throw new RangeError('zero crossings need at least one sample')
  const rates = new Float32Array(1 + Math.floor(samples.length / hopSamples))
  const isNegative = (index: number) => samples[Math.min(Math.max(index, 0), samples.length - 1)]! < 0
  for (let frame = 0; frame < rates.length; frame++) {
    const start = frame * hopSamples - Math.floor(frameSamples / 2)
    let crossings = 0
    for (let i = start + 1; i < start + frameSamples; i++) if (isNegative(i) !== isNegative(i - 1)) crossings++
    rates[frame] = crossings / frameSamples
  }
  return rates
}

/**
 * The zero crossing nearest to a place, between two samples where they differ in sign: where the line through them is 0.
 * @param at in samples from the first, may lie anywhere
 * @returns in samples, null where the sign never changes
 */
export function nearestZeroCrossing(samples: Float32Array, at: number): number | null {
  let best: number | null = null
  const consider = (index: number): boolean => {
    if (index < 1 || index >= samples.length) return false
    const [before, after] = [samples[index - 1]!, samples[index]!]
    if (before < 0 === after < 0) return false
    const place = index - 1 + before / (before - after)
    if (best === null || Math.abs(place - at) < Math.abs(best - at)) best = place
    return true
  }
  const middle = Math.min(Math.max(1, Math.round(at)), samples.length - 1)
  // Outwards by turns; once one is found, the other side may still be nearer by a sample.
  for (let step = 0; step < samples.length; step++) {
    const isFound = [consider(middle - step), consider(middle + step)].some(Boolean)
    if (isFound) {
      consider(middle - step - 1)
      consider(middle + step + 1)
      break
    }
  }
  return best
}
