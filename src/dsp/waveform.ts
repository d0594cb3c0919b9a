/** The samples themselves as a picture, and their µ-law companding. */
import type { WaveformFrontEnd } from './front-end'

/** Number of frames of a waveform; throws RangeError where there is none. */
export function countWaveformFrames(
  samples: number,
  { frameSamples, hopSamples, rest }: Pick<WaveformFrontEnd, 'frameSamples' | 'hopSamples' | 'rest'>,
): number {
  if (samples < 1) throw new RangeError('frames need at least one sample')
  if (rest === 'pad') return 1 + Math.max(0, Math.ceil((samples - frameSamples) / hopSamples))
  if (samples < frameSamples) throw new RangeError(`${samples} samples are fewer than one frame of ${frameSamples}`)
  return 1 + Math.floor((samples - frameSamples) / hopSamples)
}

/** Frames one after the other, `frameSamples` values each; a last one that is not full ends in zeros. */
export function frameWaveform(samples: Float32Array, frontEnd: WaveformFrontEnd): Float32Array {
  const { frameSamples, hopSamples, companding } = frontEnd
  const frames = countWaveformFrames(samples.length, frontEnd)
  const output = new Float32Array(frames * frameSamples)
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hopSamples
    output.set(samples.subarray(start, start + frameSamples), frame * frameSamples)
  }
  if (companding) compand(output, companding.levels, companding.output)
  return output
}

/**
 * µ-law of ITU-T G.711's curve with µ = levels − 1, in place: sign(x)·ln(1 + µ|x|)/ln(1 + µ) of x cut to −1 … 1. As
 * 'values' −1 to 1; as 'codes' ⌊(y + 1)/2·µ + ½⌋, whole numbers from 0 to µ (van den Oord et al. 2016,
 * torchaudio.functional.mu_law_encoding).
 */
export function compand(samples: Float32Array, levels: number, output: 'values' | 'codes'): void {
  const mu = requireLevels(levels) - 1
  const scale = 1 / Math.log1p(mu)
  for (let n = 0; n < samples.length; n++) {
    const sample = Math.min(1, Math.max(-1, samples[n]!))
    const value = Math.sign(sample) * Math.log1p(mu * Math.abs(sample)) * scale
    samples[n] = output === 'values' ? value : Math.floor(((value + 1) / 2) * mu + 0.5)
  }
}

/** The samples that codes of `compand` stand for, −1 to 1 (torchaudio.functional.mu_law_decoding). */
export function expand(codes: ArrayLike<number>, levels: number): Float32Array {
  const mu = requireLevels(levels) - 1
  return Float32Array.from(codes, (code) => {
    const value = (code / mu) * 2 - 1
    return (Math.sign(value) * Math.expm1(Math.abs(value) * Math.log1p(mu))) / mu
  })
}

function requireLevels(levels: number): number {
  if (!Number.isInteger(levels) || levels < 2) throw new RangeError(`µ-law needs 2 levels or more, not ${levels}`)
  return levels
}
