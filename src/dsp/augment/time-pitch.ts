/** Speed without pitch, and pitch without speed. */
import { Varispeed } from '../varispeed'
import { stretchTime } from './phase-vocoder'
import type { AugmentedSound } from './sound'

/** The sound `rate` times as fast at the same pitch (see stretchTime); segments come earlier and are as much shorter. */
export function stretchSound(sound: AugmentedSound, rate: number): AugmentedSound {
  const { samples, sampleRateHz, segments } = sound
  if (rate === 1) return sound
  const stretched = stretchTime(samples, rate, sampleRateHz)
  const end = stretched.length / sampleRateHz
  return {
    ...sound,
    samples: stretched,
    segments: segments.map((segment) => ({
      ...segment,
      startSeconds: Math.min(end, segment.startSeconds / rate),
      endSeconds: Math.min(end, segment.endSeconds / rate),
    })),
  }
}

/**
 * Higher (or, below 0, lower) by so many semitones, as long as before: 2^(semitones/12) times as long at the same pitch,
 * then played that much faster. What would come to lie above the Nyquist frequency is lost.
 */
export function shiftPitch(samples: Float32Array, semitones: number, sampleRateHz: number): Float32Array {
  if (semitones === 0 || samples.length === 0) return samples
  const ratio = 2 ** (semitones / 12)
  const played = new Varispeed(ratio).process(stretchTime(samples, 1 / ratio, sampleRateHz), true)
  // By rounding there may be one sample more or less.
  const shifted = new Float32Array(samples.length)
  shifted.set(played.subarray(0, samples.length))
  return shifted
}
