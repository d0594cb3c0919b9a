/** Sounds and labels of two clips in one. */
import { RealFft } from '../fft'
import { mixSamples as addShares } from '../sample-loops'
import { makeWindow } from '../window'
import type { LabelMix } from './chain'

/** Below this a level is silence (Tokozume et al. 2018). */
export const silentLevelDb = -80

/** λ·own + (1 − λ)·other (mixup, Zhang et al. 2018), both of one length. */
export function mixSamples(own: Float32Array, other: Float32Array, share: number): Float32Array {
  return addShares(own, share, other, 1 - share)
}

/**
 * Between-class mixing (Tokozume, Ushiku & Harada 2018): two sounds so weighted that the first makes `ratio` of what is heard,
 * (p·own + (1 − p)·other)/√(p² + (1 − p)²) with p = 1/(1 + 10^((G1 − G2)/20)·(1 − ratio)/ratio), G being their A-weighted levels.
 *
 * @returns null where one of them is silent: no weight makes it heard
 */
export function mixBetween(
  own: Float32Array,
  other: Float32Array,
  ratio: number,
  sampleRateHz: number,
): { samples: Float32Array; weight: number } | null {
  const [ownDb, otherDb] = [own, other].map((samples) => weightedLevel(samples, sampleRateHz)) as [number, number]
  if (Math.min(ownDb, otherDb) <= silentLevelDb) return null
  const weight = 1 / (1 + (10 ** ((ownDb - otherDb) / 20) * (1 - ratio)) / ratio)
  const norm = Math.hypot(weight, 1 - weight)
  const samples = new Float32Array(own.length)
  for (let n = 0; n < samples.length; n++) samples[n] = (weight * own[n]! + (1 - weight) * other[n]!) / norm
  return { samples, weight }
}

/**
 * How loud a sound is at its loudest: the largest A-weighted sum of |X|² over Hann frames, half a frame apart, in dB, not
 * scaled by the frame; −80 and less is −80. A frame has 2048 samples at 16 kHz and 4096 at 44.1 kHz, as the paper's code
 * has it, at other rates the power of two that is nearest to 110 ms. What is shorter is filled with silence.
 */
export function weightedLevel(samples: Float32Array, sampleRateHz: number): number {
  const size = 2 ** Math.max(4, Math.round(Math.log2(0.11 * sampleRateHz)))
  const { fft, window, weights } = planFor(size, sampleRateHz)
  let most = 0
  for (let start = 0; start === 0 || start + size <= samples.length; start += size / 2) {
    for (let n = 0; n < size; n++) fft.input[n] = (samples[start + n] ?? 0) * window[n]!
    fft.transform()
    let power = 0
    for (let k = 0; k < fft.bins; k++) power += weights[k]! * (fft.real[k]! ** 2 + fft.imaginary[k]! ** 2)
    if (power > most) most = power
  }
  return Math.max(silentLevelDb, 10 * Math.log10(most))
}

/** A-weighting of power, with its corners rounded as the paper's code has them (`../weighting` has them exactly). */
function weighOf(hz: number): number {
  const f2 = hz * hz
  const amplitude =
    (12194 ** 2 * f2 * f2) / ((f2 + 20.6 ** 2) * Math.sqrt((f2 + 107.7 ** 2) * (f2 + 737.9 ** 2)) * (f2 + 12194 ** 2))
  return Math.max(1e-8, 10 ** 0.2 * amplitude * amplitude)
}

interface LevelPlan {
  fft: RealFft
  window: Float64Array
  weights: Float64Array
}
const plans = new Map<string, LevelPlan>()

function planFor(size: number, sampleRateHz: number): LevelPlan {
  const key = `${size}/${sampleRateHz}`
  const known = plans.get(key)
  if (known) return known
  const fft = new RealFft(size)
  const plan = {
    fft,
    window: makeWindow({ window: 'hann' }, size),
    weights: Float64Array.from({ length: fft.bins }, (_, k) => weighOf(k === 0 ? 1 : (k * sampleRateHz) / size)),
  }
  plans.set(key, plan)
  return plan
}

/**
 * What a mixture is, from what its two clips are: λ·own + (1 − λ)·other, or, with 'both', the larger of the two for each class,
 * divided by their sum, for the networks here share one among the classes.
 *
 * @param own shares of the classes, with sum 1, as `other`
 */
export function mixTargets(own: Float32Array, other: Float32Array, share: number, labels: LabelMix): Float32Array {
  if (labels === 'shares') return mixSamples(own, other, share)
  const either = own.map((value, index) => Math.max(value, other[index]!))
  const sum = either.reduce((total, value) => total + value, 0)
  return either.map((value) => value / sum)
}
