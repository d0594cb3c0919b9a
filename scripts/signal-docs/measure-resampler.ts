/** The resampler's filter as it shows from outside: what tones and sweeps come to. */
import { resample } from '../../src/dsp/resample'

export const tone = (hz: number, rate: number, samples: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate))

/** Level in dB of what is at `hz` in the middle half, by least squares of a sine and a cosine under a Hann window. */
function toneDb(samples: Float32Array, hz: number, rate: number): number {
  const [from, to] = [Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4)]
  let [re, im, sum] = [0, 0, 0]
  for (let n = from; n < to; n++) {
    const weight = 0.5 - 0.5 * Math.cos((2 * Math.PI * (n - from)) / (to - from))
    const angle = (2 * Math.PI * hz * n) / rate
    re += weight * samples[n]! * Math.cos(angle)
    im += weight * samples[n]! * Math.sin(angle)
    sum += weight
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / sum)
}

/** A sine that goes from one frequency to another at an even pace, faded in and out. */
export function sweep(fromHz: number, toHz: number, rate: number, seconds: number): Float32Array {
  const length = seconds * rate
  return Float32Array.from({ length }, (_, n) => {
    const t = n / rate
    const fade = Math.min(1, t / 0.2, (seconds - t) / 0.2)
    const phase = 2 * Math.PI * (fromHz * t + ((toHz - fromHz) * t * t) / (2 * seconds))
    return (0.5 - 0.5 * Math.cos(Math.PI * fade)) * Math.sin(phase)
  })
}

/** The furthest from 0 dB of forty tones up to 91 % of the lower Nyquist frequency. */
export function measureRipple(from: number, to: number): number {
  let worst = 0
  for (let step = 1; step <= 40; step++) {
    const hz = (step / 40) * 0.91 * (Math.min(from, to) / 2)
    worst = Math.max(worst, Math.abs(toneDb(resample(tone(hz, from, 6000), from, to), hz, to)))
  }
  return worst
}

/** Peak in dB of what is left of a full-scale sweep from the new Nyquist frequency to the old one. */
export function measureFolding(from: number, to: number): number {
  const output = resample(sweep(to / 2 + 20, from / 2 - 20, from, 3), from, to)
  return 20 * Math.log10(output.reduce((loudest, value) => Math.max(loudest, Math.abs(value)), 0))
}
