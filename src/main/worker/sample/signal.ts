/** Building blocks of synthesised sound: arrays of samples at one rate, −1 to 1 in the end. */
import type { Random } from '../../../dsp/random'

export const sampleRateHz = 22050

export function toSamples(seconds: number): number {
  return Math.round(seconds * sampleRateHz)
}

/** White noise of variance 1: the sum of two uniform numbers, which a filter soon makes normal and costs a fifth. */
export function makeNoise(random: Random, samples: number): Float32Array {
  const out = new Float32Array(samples)
  const scale = Math.sqrt(6)
  for (let n = 0; n < samples; n++) {
    out[n] = scale * ((random.nextUint32() + random.nextUint32()) / 2 ** 32 - 1)
  }
  return out
}

/** Adds `source` into `target` from a sample on; what falls outside is left out. */
export function mixInto(target: Float32Array, source: Float32Array, atSample: number, gain: number): void {
  const from = Math.max(0, -atSample)
  const to = Math.min(source.length, target.length - atSample)
  for (let n = from; n < to; n++) target[atSample + n] = target[atSample + n]! + gain * source[n]!
}

export function rootMeanSquare(signal: Float32Array): number {
  let sum = 0
  for (const value of signal) sum += value * value
  return Math.sqrt(sum / Math.max(1, signal.length))
}

export function scaleToPeak(signal: Float32Array, peak: number): Float32Array {
  let found = 0
  for (const value of signal) found = Math.max(found, Math.abs(value))
  return found === 0 ? signal : signal.map((value) => (value * peak) / found)
}

/** Fades both ends over a few milliseconds, so that a clip neither begins nor ends with a click. */
export function fadeEnds(signal: Float32Array, seconds = 0.01): Float32Array {
  const length = Math.min(toSamples(seconds), signal.length >> 1)
  const faded = signal.slice()
  for (let n = 0; n < length; n++) {
    faded[n] = faded[n]! * (n / length)
    faded[faded.length - 1 - n] = faded[faded.length - 1 - n]! * (n / length)
  }
  return faded
}

export type FilterKind = 'lowpass' | 'highpass' | 'bandpass'

/** A second-order filter: R. Bristow-Johnson, Cookbook formulae for audio EQ biquad filter coefficients. */
export function filter(signal: Float32Array, kind: FilterKind, frequencyHz: number, q = Math.SQRT1_2): Float32Array {
  const angle = (2 * Math.PI * Math.min(frequencyHz, 0.49 * sampleRateHz)) / sampleRateHz
  const cos = Math.cos(angle)
  const alpha = Math.sin(angle) / (2 * q)
  const [b0, b1, b2] = {
    lowpass: [(1 - cos) / 2, 1 - cos, (1 - cos) / 2],
    highpass: [(1 + cos) / 2, -(1 + cos), (1 + cos) / 2],
    bandpass: [alpha, 0, -alpha],
  }[kind] as [number, number, number]
  const a0 = 1 + alpha
  const out = new Float32Array(signal.length)
  let x1 = 0
  let x2 = 0
  let y1 = 0
  let y2 = 0
  for (let n = 0; n < signal.length; n++) {
    const x = signal[n]!
    const y = (b0 * x + b1 * x1 + b2 * x2 + 2 * cos * y1 - (1 - alpha) * y2) / a0
    x2 = x1
    x1 = x
    y2 = y1
    y1 = y
    out[n] = y
  }
  return out
}

/** A tone whose frequency and amplitude follow functions of the time in seconds, with its harmonics below Nyquist. */
export function glideTone(
  seconds: number,
  frequencyHz: (t: number) => number,
  amplitude: (t: number) => number,
  harmonics: readonly number[],
): Float32Array {
  const out = new Float32Array(toSamples(seconds))
  let phase = 0
  for (let n = 0; n < out.length; n++) {
    const t = n / sampleRateHz
    const frequency = frequencyHz(t)
    phase += (2 * Math.PI * frequency) / sampleRateHz
    let value = 0
    for (let k = 0; k < harmonics.length; k++) {
      if (frequency * (k + 1) < 0.45 * sampleRateHz) value += harmonics[k]! * Math.sin(phase * (k + 1))
    }
    out[n] = amplitude(t) * value
  }
  return out
}

/** 0 … 1 … 0 over the duration: rises in `attack` of it, then falls with a half cosine. */
export function bump(t: number, seconds: number, attack = 0.3): number {
  const position = t / seconds
  if (position <= 0 || position >= 1) return 0
  return position < attack
    ? 0.5 - 0.5 * Math.cos((Math.PI * position) / attack)
    : 0.5 + 0.5 * Math.cos((Math.PI * (position - attack)) / (1 - attack))
}

/** A simple room: a few early reflections, then two feedback delays whose echoes grow dull. `size` from 0 to 1. */
export function addRoom(signal: Float32Array, random: Random, size: number, wet: number): Float32Array {
  const out = signal.slice()
  for (let reflection = 0; reflection < 5; reflection++) {
    mixInto(out, signal, toSamples(random.uniform(0.004, 0.02 + 0.05 * size)), wet * random.uniform(0.2, 0.6))
  }
  for (const baseSeconds of [0.031, 0.043]) {
    const delay = toSamples(baseSeconds * (1 + size) * random.uniform(0.9, 1.1))
    const feedback = 0.35 + 0.4 * size
    const line = new Float32Array(signal.length)
    let dull = 0
    for (let n = delay; n < signal.length; n++) {
      dull += 0.5 * (line[n - delay]! * feedback + signal[n - delay]! - dull)
      line[n] = dull
    }
    mixInto(out, line, 0, wet * 0.5)
  }
  return out
}
