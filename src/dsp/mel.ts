/** Mel scales and triangular filter banks, as librosa.filters.mel makes them. */
import type { MelBands } from './recipe'

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

/** The `count` + 2 band edges in Hz, equally spaced in mel. */
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

export interface MelFilter {
  /** First FFT bin with a weight above zero. */
  startBin: number
  weights: Float64Array
}

export interface MelFilterBank {
  filters: MelFilter[]
  centersHz: Float32Array
  /** Bands that no FFT bin falls into: they are silent whatever the sound. Fewer bands or a longer FFT avoid them. */
  emptyBands: number[]
}

/**
 * Triangles linear in Hz between the edges of `melEdgesHz`, evaluated at the bin frequencies k·rate/fft;
 * norm 'slaney' scales band i by 2/(f[i+2] − f[i]), 'none' leaves the peak at 1. Weights are rounded to
 * float32 as librosa stores them.
 */
export function melFilterBank(bands: MelBands, sampleRateHz: number, fftSamples: number): MelFilterBank {
  const edges = melEdgesHz(bands, sampleRateHz)
  const bins = Math.floor(fftSamples / 2) + 1
  const filters: MelFilter[] = []
  const emptyBands: number[] = []
  for (let band = 0; band < bands.count; band++) {
    const [low, center, high] = [edges[band]!, edges[band + 1]!, edges[band + 2]!]
    const scale = bands.norm === 'slaney' ? 2 / (high - low) : 1
    const weights: number[] = []
    let startBin = 0
    for (let bin = 0; bin < bins; bin++) {
      const hz = (bin * sampleRateHz) / fftSamples
      const weight = Math.fround(scale * Math.min((hz - low) / (center - low), (high - hz) / (high - center)))
      if (weight <= 0) continue
      if (weights.length === 0) startBin = bin
      weights.push(weight)
    }
    if (weights.length === 0) emptyBands.push(band)
    filters.push({ startBin, weights: Float64Array.from(weights) })
  }
  return { filters, centersHz: Float32Array.from(edges.subarray(1, -1)), emptyBands }
}

/** Writes the energy of each band of one spectrum to `output` from `offset`. */
export function applyMelFilterBank(bank: MelFilterBank, spectrum: Float64Array, output: Float64Array, offset: number) {
  for (let band = 0; band < bank.filters.length; band++) {
    const { startBin, weights } = bank.filters[band]!
    let sum = 0
    for (let i = 0; i < weights.length; i++) sum += weights[i]! * spectrum[startBin + i]!
    output[offset + band] = sum
  }
}
