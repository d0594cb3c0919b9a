/** Where sounds begin: spectral flux and its peaks, as librosa's onset detector finds them. */
import { powerToDb } from './decibel'
import { applyFilterBank } from './filter-bank'
import { melFilterBank } from './mel'
import { StftPlan } from './stft'

export interface OnsetFraming {
  fftSamples: number
  hopSamples: number
}

/** Fine enough to put an edge within 3 ms at 44.1 kHz. */
export const fineOnsets: OnsetFraming = { fftSamples: 1024, hopSamples: 128 }

const bandCount = 128

/**
 * How much rises from frame to frame: the mean over 128 mel bands of the increase in dB (Böck & Widmer 2013 without
 * the maximum filter), as librosa.onset.onset_strength 0.11 gives with its defaults.
 * @param samples mono, not empty
 * @returns one value a frame, 0 or more; frame t lies at t·hop samples
 */
export function onsetStrength(samples: Float32Array, sampleRateHz: number, framing: OnsetFraming): Float32Array {
  const { fftSamples, hopSamples } = framing
  const plan = new StftPlan({
    fftSamples,
    hopSamples,
    windowSamples: fftSamples,
    window: 'hann',
    center: true,
    padMode: 'constant',
  })
  const bank = melFilterBank(
    { scale: 'mel', count: bandCount, minHz: 0, maxHz: null, formula: 'slaney', norm: 'slaney' },
    sampleRateHz,
    fftSamples,
  )
  const frames = 1 + Math.floor(samples.length / hopSamples)
  const power = new Float64Array(frames * bandCount)
  plan.forEachFrame(samples, (spectrum, frame) => applyFilterBank(bank, spectrum, power, frame * bandCount))
  const level = powerToDb(power, { referencePower: 1, aminPower: 1e-10, topDb: 80 })
  // A frame is centred, so that what it sees of a beginning comes half an FFT before it.
  const shift = 1 + Math.floor(fftSamples / (2 * hopSamples))
  const strength = new Float32Array(frames)
  for (let frame = 1; frame < frames && frame - 1 + shift < frames; frame++) {
    let sum = 0
    for (let band = 0; band < bandCount; band++)
      sum += Math.max(0, level[frame * bandCount + band]! - level[(frame - 1) * bandCount + band]!)
    strength[frame - 1 + shift] = sum / bandCount
  }
  return strength
}

/**
 * Frames of the onsets, ascending: peaks of the strength, scaled to 0 to 1, that are the largest from 30 ms before and
 * 0.07 above the mean from 100 ms before to 100 ms after, 30 ms apart (librosa.onset.onset_detect 0.11). Silence, or a
 * strength that never changes, has none.
 */
export function pickOnsets(strength: Float32Array, sampleRateHz: number, hopSamples: number): number[] {
  const least = strength.reduce((low, value) => Math.min(low, value), Infinity)
  const scale = strength.reduce((high, value) => Math.max(high, value - least), 0)
  if (!(scale > 0)) return []
  const scaled = strength.map((value) => (value - least) / scale)
  const framesIn = (seconds: number): number => Math.floor((seconds * sampleRateHz) / hopSamples)
  const before = framesIn(0.03)
  const around = framesIn(0.1)
  const onsets: number[] = []
  for (let frame = 0; frame < scaled.length; frame++) {
    const value = scaled[frame]!
    let isPeak = true
    for (let other = Math.max(0, frame - before); other < frame; other++) if (scaled[other]! > value) isPeak = false
    if (!isPeak) continue
    const near = scaled.subarray(Math.max(0, frame - around), Math.min(scaled.length, frame + around + 1))
    if (value < near.reduce((sum, one) => sum + one, 0) / near.length + 0.07) continue
    onsets.push(frame)
    frame += before
  }
  return onsets
}

/** Each onset rolled back to the last local minimum of the strength before it (librosa.onset.onset_backtrack 0.11). */
export function backtrackOnsets(onsets: readonly number[], strength: Float32Array): number[] {
  return onsets.map((onset) => {
    for (let frame = Math.min(onset, strength.length - 2); frame > 0; frame--)
      if (strength[frame]! <= strength[frame - 1]! && strength[frame]! < strength[frame + 1]!) return frame
    return 0
  })
}

/** A rise of fewer dB, in the mean of all bands, is the unrest of a steady sound. */
const leastRiseDb = 1

/** The beginnings of sounds in seconds, ascending, each at the quiet moment before its rise. */
export function findOnsets(samples: Float32Array, sampleRateHz: number, framing: OnsetFraming = fineOnsets): number[] {
  if (samples.length === 0) return []
  const strength = onsetStrength(samples, sampleRateHz, framing)
  const onsets = pickOnsets(strength, sampleRateHz, framing.hopSamples)
  const frames = backtrackOnsets(
    onsets.filter((frame) => strength[frame]! >= leastRiseDb),
    strength,
  )
  return [...new Set(frames)].map((frame) => (frame * framing.hopSamples) / sampleRateHz)
}
