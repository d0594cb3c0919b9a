/** What is done to a clip's waveform before it is transformed. */
import type { ClipLength, Conditioning } from './front-end'

/**
 * Applies the steps of a conditioning in the order of its fields; without any, the samples come back as they are (not a
 * copy).
 *
 * @throws RangeError for an empty clip where a step needs samples
 */
export function conditionSamples(samples: Float32Array, conditioning: Conditioning = {}): Float32Array {
  const { removesMean, trimBelowPeakShare, peak, gain, length, preEmphasis } = conditioning
  let current = samples
  if (removesMean) {
    let sum = 0
    for (const sample of current) sum += sample
    const mean = sum / Math.max(1, current.length)
    current = current.map((sample) => sample - mean)
  }
  if (trimBelowPeakShare !== undefined) current = trimQuietEnds(current, trimBelowPeakShare)
  if (peak !== undefined) {
    const loudest = loudestSample(current)
    if (loudest > 0) current = current.map((sample) => (sample / loudest) * peak)
  }
  if (gain !== undefined) current = current.map((sample) => sample * gain)
  if (length !== undefined) current = fitLength(current, length)
  if (preEmphasis !== undefined) current = emphasizeHighs(current, preEmphasis)
  return current
}

/** x[n] − coefficient·x[n−1]; the first sample stays what it is (python_speech_features). */
export function emphasizeHighs(samples: Float32Array, coefficient: number): Float32Array {
  const output = samples.slice()
  for (let n = 1; n < samples.length; n++) output[n] = samples[n]! - coefficient * samples[n - 1]!
  return output
}

function loudestSample(samples: Float32Array): number {
  let loudest = 0
  for (const sample of samples) if (Math.abs(sample) > loudest) loudest = Math.abs(sample)
  return loudest
}

/** A clip of silence stays whole: it has no loudest sample. */
function trimQuietEnds(samples: Float32Array, share: number): Float32Array {
  const threshold = share * loudestSample(samples)
  if (threshold === 0) return samples
  const isHeard = (sample: number): boolean => Math.abs(sample) >= threshold
  return samples.subarray(samples.findIndex(isHeard), samples.findLastIndex(isHeard) + 1)
}

/** Zeros added or samples cut off, at the end or evenly at both ends (the odd one at the end). */
export function fitLength(
  samples: Float32Array,
  { leastSamples, stepSamples, mostSamples, anchor }: ClipLength,
): Float32Array {
  let wanted = Math.max(samples.length, leastSamples)
  if (stepSamples !== undefined) wanted = leastSamples + Math.ceil((wanted - leastSamples) / stepSamples) * stepSamples
  if (mostSamples !== undefined) wanted = Math.min(wanted, mostSamples)
  if (wanted === samples.length) return samples
  const before = anchor === 'center' ? Math.trunc((wanted - samples.length) / 2) : 0
  if (before < 0) return samples.slice(-before, -before + wanted)
  const output = new Float32Array(wanted)
  output.set(samples.subarray(0, Math.min(samples.length, wanted)), before)
  return output
}
