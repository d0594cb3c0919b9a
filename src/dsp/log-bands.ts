/** Filter banks whose bands lie equally spaced in pitch. */
import { normalizeRow, packFilterBank, type FilterBank } from './filter-bank'
import type { LogNormalBands, LogTriangleBands } from './front-end'

/**
 * Weights exp(−½·((log2 f − log2 f_c)/σ)²)/(σ·f) around f_c = minHz·2^(band/bandsPerOctave), σ = spread/bandsPerOctave
 * octaves, each band's sum 1, nothing of 0 Hz (kapre.backend.filterbank_log, from librosa's former logfrequency).
 *
 * @throws RangeError where the highest band lies beyond half the sample rate
 */
export function logNormalBank(bands: LogNormalBands, sampleRateHz: number, fftSamples: number): FilterBank {
  const { count, minHz, bandsPerOctave, spread } = bands
  const centersHz = Float64Array.from({ length: count }, (_, band) => minHz * 2 ** (band / bandsPerOctave))
  const highest = centersHz[count - 1]!
  if (!(minHz > 0 && highest <= sampleRateHz / 2))
    throw new RangeError(`bands from ${minHz} to ${highest.toFixed(1)} Hz do not fit a rate of ${sampleRateHz} Hz`)
  const sigma = spread / bandsPerOctave
  const rows = Array.from(centersHz, (center) => {
    const row = new Float64Array(Math.floor(fftSamples / 2) + 1)
    for (let bin = 1; bin < row.length; bin++) {
      const octave = Math.log2((bin * sampleRateHz) / fftSamples)
      row[bin] = Math.exp(-0.5 * ((octave - Math.log2(center)) / sigma) ** 2 - Math.log2(sigma) - octave)
    }
    normalizeRow(row, 'l1')
    return row
  })
  return packFilterBank(rows, Float32Array.from(centersHz))
}

/**
 * madmom's LogarithmicFilterbank (Böck et al. 2016): of the pitches referenceHz·2^(k/bandsPerOctave) from minHz to maxHz
 * the nearest FFT bins, each once; every three neighbours are start, peak and end of a triangle, the end left out. The
 * bin of half the sample rate is not used.
 *
 * @throws RangeError where the range does not fit the sample rate or leaves no band
 */
export function logTriangleBank(bands: LogTriangleBands, sampleRateHz: number, fftSamples: number): FilterBank {
  const { bandsPerOctave, minHz, maxHz, referenceHz, norm } = bands
  if (!(minHz > 0 && minHz < maxHz && maxHz <= sampleRateHz / 2))
    throw new RangeError(`bands from ${minHz} to ${maxHz} Hz do not fit a sample rate of ${sampleRateHz} Hz`)
  const last = Math.floor(fftSamples / 2) - 1
  const corners: number[] = []
  const left = Math.floor(Math.log2(minHz / referenceHz) * bandsPerOctave)
  const right = Math.ceil(Math.log2(maxHz / referenceHz) * bandsPerOctave)
  for (let k = left; k < right; k++) {
    const hz = referenceHz * 2 ** (k / bandsPerOctave)
    if (hz < minHz || hz > maxHz) continue
    const bin = nearestBin(hz, sampleRateHz / fftSamples, last)
    if (corners.at(-1) !== bin) corners.push(bin)
  }
  if (corners.length < 3)
    throw new RangeError(`an FFT of ${fftSamples} samples leaves no band in ${minHz} to ${maxHz} Hz`)
  const centers = corners.slice(1, -1)
  const rows = centers.map((center, band) => {
    const row = new Float64Array(Math.floor(fftSamples / 2) + 1)
    const [start, end] = [corners[band]!, corners[band + 2]!]
    for (let bin = start; bin < center; bin++) row[bin] = (bin - start) / (center - start)
    for (let bin = center; bin < end; bin++) row[bin] = (end - bin) / (end - center)
    if (norm === 'l1') normalizeRow(row, 'l1')
    return row
  })
  return packFilterBank(
    rows,
    Float32Array.from(centers, (bin) => (bin * sampleRateHz) / fftSamples),
  )
}

/** The bin nearest to a frequency, the upper of two equally near; 0 Hz only for what lies nearer to it than to bin 1. */
function nearestBin(hz: number, binHz: number, last: number): number {
  const above = Math.min(Math.max(Math.ceil(hz / binHz), 1), last)
  return hz - (above - 1) * binHz < above * binHz - hz ? above - 1 : above
}
