/** One row of numbers per clip, for `mfcc-logistic`. */
import { computeDelta } from '../../../dsp/delta'
import { computeFrontEnd } from '../../../dsp/features'
import { computeMfcc } from '../../../dsp/mfcc'
import type { FrontEnd, SpectrogramFrontEnd } from '../../../dsp/recipe'
import { zeroCrossingRates } from '../../../dsp/zero-crossing'

const deltaWidth = 9

/** Whether `summarizeClip` can summarise what a front end hears: levels of a spectrum, without steps. */
export function isSummarizable(frontEnd: FrontEnd): frontEnd is SpectrogramFrontEnd {
  return frontEnd.kind !== 'constant-q' && frontEnd.kind !== 'waveform' && !frontEnd.steps?.length
}

/** Length of a row: mean and deviation of every MFCC and band, deviation of every delta, mean and deviation of the zero crossings. */
export function countSummaryValues(mfccCount: number, bands: number): number {
  return 3 * mfccCount + 2 + 2 * bands
}

/** What each value of a row is. */
export function nameSummaryValues(mfccCount: number, bands: number): string[] {
  const of = (count: number, name: (index: number) => string): string[] =>
    Array.from({ length: count }, (_, index) => name(index + 1))
  return [
    ...of(mfccCount, (index) => `mean of MFCC ${index}`),
    ...of(mfccCount, (index) => `deviation of MFCC ${index}`),
    ...of(mfccCount, (index) => `deviation of ΔMFCC ${index}`),
    'mean of the zero crossings',
    'deviation of the zero crossings',
    ...of(bands, (index) => `mean of band ${index}`),
    ...of(bands, (index) => `deviation of band ${index}`),
  ]
}

/**
 * Summarises a clip over time, after Piczak (2015): mean and standard deviation of the MFCC, standard deviation of
 * their deltas (width 9), mean and standard deviation of the zero-crossing rate, mean and standard deviation
 * of the log-mel bands. With 20 MFCC and 60 bands that is 182 values.
 *
 * @param samples mono at `frontEnd.sampleRateHz`, at least one; a clip shorter than nine frames is repeated,
 *   because a delta needs nine
 * @throws RangeError for an empty signal or more MFCC than bands
 */
export function summarizeClip(samples: Float32Array, frontEnd: SpectrogramFrontEnd, mfccCount: number): Float32Array {
  const enough = repeatSamples(samples, deltaWidth * frontEnd.hopSamples + frontEnd.fftSamples)
  const logMel = computeFrontEnd(enough, frontEnd)
  const mfcc = computeMfcc(logMel, mfccCount)
  const mfccMoments = columnMoments(mfcc, mfccCount)
  const deltaMoments = columnMoments(computeDelta(mfcc, mfccCount, deltaWidth), mfccCount)
  const crossingMoments = columnMoments(zeroCrossingRates(enough, frontEnd.fftSamples, frontEnd.hopSamples), 1)
  const bandMoments = columnMoments(logMel.values, logMel.bands)
  return Float32Array.from([
    ...mfccMoments.means,
    ...mfccMoments.deviations,
    ...deltaMoments.deviations,
    ...crossingMoments.means,
    ...crossingMoments.deviations,
    ...bandMoments.means,
    ...bandMoments.deviations,
  ])
}

function repeatSamples(samples: Float32Array, least: number): Float32Array {
  if (samples.length === 0) throw new RangeError('a clip without samples cannot be summarised')
  if (samples.length >= least) return samples
  return Float32Array.from({ length: least }, (_, index) => samples[index % samples.length]!)
}

/** Mean and population deviation of every column of rows that follow each other. */
function columnMoments(values: Float32Array, columns: number): { means: Float64Array; deviations: Float64Array } {
  const rows = values.length / columns
  const means = new Float64Array(columns)
  const deviations = new Float64Array(columns)
  for (let index = 0; index < values.length; index++) means[index % columns]! += values[index]! / rows
  for (let index = 0; index < values.length; index++) {
    deviations[index % columns]! += (values[index]! - means[index % columns]!) ** 2 / rows
  }
  return { means, deviations: deviations.map(Math.sqrt) }
}
