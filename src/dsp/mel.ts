/** Mel scales and triangular filter banks, as librosa, VGGish and python_speech_features make them. */
import { normalizeRow, packFilterBank, type FilterBank } from './filter-bank'
import type { MelBands } from './front-end'

const slaneyLogStep = Math.log(6.4) / 27

/** Hz to mel. Slaney (Auditory Toolbox, 1998): linear to 1000 Hz, then logarithmic; HTK: 2595·log10(1 + f/700). */
export function hzToMel(hz: number, formula: MelBands['formula']): number {
  if (formula === 'htk') return 2595 * Math.log10(1 + hz / 700)
  return hz < 1000 ? (3 * hz) / 200 : 15 + Math.log(hz / 1000) / slaneyLogStep
}

export function melToHz(mel: number, formula: MelBands['formula']): number {
  if (formula === 'htk') return 700 * (10 ** (mel / 2595) - 1)
  return mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(slaneyLogStep * (mel - 15))
}

/** The `count` + 2 band edges in Hz, equally spaced in mel. Throws RangeError where they do not fit the rate. */
export function melEdgesHz(bands: MelBands, sampleRateHz: number): Float64Array {
  const maxHz = bands.maxHz ?? sampleRateHz / 2
  if (!(bands.minHz >= 0 && bands.minHz < maxHz && maxHz <= sampleRateHz / 2))
    throw new RangeError(`mel range ${bands.minHz} to ${maxHz} Hz does not fit a sample rate of ${sampleRateHz} Hz`)
  if (!Number.isInteger(bands.count) || bands.count < 1)
    throw new RangeError(`the number of mel bands must be 1 or more, not ${bands.count}`)
  const low = hzToMel(bands.minHz, bands.formula)
  const step = (hzToMel(maxHz, bands.formula) - low) / (bands.count + 1)
  return Float64Array.from({ length: bands.count + 2 }, (_, i) => melToHz(low + i * step, bands.formula))
}

/**
 * Triangles between the edges of `melEdgesHz` at the bin frequencies k·rate/fft, straight along the axis that
 * `flanks` says. Norm 'slaney' scales band i by 2/(f[i+2] − f[i]). With flanks along Hz the weights are rounded to
 * float32, as librosa stores them.
 */
export function melFilterBank(bands: MelBands, sampleRateHz: number, fftSamples: number): FilterBank {
  const edges = melEdgesHz(bands, sampleRateHz)
  const bins = Math.floor(fftSamples / 2) + 1
  const hzOf = (bin: number): number => (bin * sampleRateHz) / fftSamples
  const flanks = bands.flanks ?? 'hz'
  // Edges and bins on the axis along which flanks are straight.
  const along = (hz: number): number =>
    flanks === 'hz'
      ? hz
      : flanks === 'mel'
        ? hzToMel(hz, bands.formula)
        : Math.floor(((fftSamples + 1) * hz) / sampleRateHz)
  const edgesAlong = edges.map(along)
  const binsAlong = Float64Array.from({ length: bins }, (_, bin) => (flanks === 'bins' ? bin : along(hzOf(bin))))
  const rows = Array.from({ length: bands.count }, (_, band) => {
    const row = new Float64Array(bins)
    const [low, center, high] = [edgesAlong[band]!, edgesAlong[band + 1]!, edgesAlong[band + 2]!]
    const scale = bands.norm === 'slaney' ? 2 / (edges[band + 2]! - edges[band]!) : 1
    for (let bin = 0; bin < bins; bin++) {
      const at = binsAlong[bin]!
      // Where two edges fall into one bin, the flank between them has no width.
      const rising = center > low ? (at - low) / (center - low) : at >= center ? 1 : 0
      const falling = high > center ? (high - at) / (high - center) : at < center ? 1 : 0
      const weight = scale * Math.min(rising, falling)
      if (weight > 0) row[bin] = flanks === 'hz' ? Math.fround(weight) : weight
    }
    if (bands.norm === 'l1' || bands.norm === 'l2' || bands.norm === 'max') normalizeRow(row, bands.norm)
    return row
  })
  return packFilterBank(rows, Float32Array.from(edges.subarray(1, -1)))
}
