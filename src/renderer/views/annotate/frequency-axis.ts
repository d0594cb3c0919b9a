/**
 * Where a frequency stands in a spectrogram's picture, and back. Shares run from 0 (the picture's lower edge)
 * to 1 (its upper edge).
 */
import { hzToMel, melToHz } from '../../../dsp/mel'

export const frequencyScales = ['mel', 'linear', 'log'] as const
export type FrequencyScale = (typeof frequencyScales)[number]

export interface FrequencyAxis {
  scale: FrequencyScale
  /** Of the picture's lower and upper edge. */
  lowHz: number
  highHz: number
  sampleRateHz: number
}

/** A logarithmic axis begins no lower. */
const lowestLogHz = 20

/** The axis of a recording; a band outside it, or an empty one, counts as none. */
export function makeAxis(
  scale: FrequencyScale,
  sampleRateHz: number,
  band: { lowHz: number; highHz: number } | null = null,
): FrequencyAxis {
  const nyquist = sampleRateHz / 2
  const least = scale === 'log' ? Math.min(lowestLogHz, nyquist / 4) : 0
  const whole = { scale, lowHz: least, highHz: nyquist, sampleRateHz }
  if (!band) return whole
  const [lowHz, highHz] = [Math.max(least, band.lowHz), Math.min(nyquist, band.highHz)]
  return highHz > lowHz ? { ...whole, lowHz, highHz } : whole
}

function warp(hertz: number, scale: FrequencyScale): number {
  if (scale === 'linear') return hertz
  return scale === 'mel' ? hzToMel(Math.max(0, hertz), 'slaney') : Math.log(Math.max(1e-3, hertz))
}

function unwarp(value: number, scale: FrequencyScale): number {
  if (scale === 'linear') return value
  return scale === 'mel' ? melToHz(value, 'slaney') : Math.exp(value)
}

/** Hz to share, clamped to the picture. */
export function hertzToShare(hertz: number, { scale, lowHz, highHz }: FrequencyAxis): number {
  const low = warp(lowHz, scale)
  const share = (warp(hertz, scale) - low) / (warp(highHz, scale) - low)
  return Math.min(1, Math.max(0, share))
}

/** Share to Hz, within 0 and half the sample rate. */
export function shareToHertz(share: number, { scale, lowHz, highHz, sampleRateHz }: FrequencyAxis): number {
  const low = warp(lowHz, scale)
  const hertz = unwarp(low + share * (warp(highHz, scale) - low), scale)
  return Math.min(sampleRateHz / 2, Math.max(0, hertz))
}

const roundNumbers = [50, 100, 200, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 128_000]

/** Frequencies to write beside the picture: round numbers, no closer than `gapPixels`. */
export function frequencyTicks(axis: FrequencyAxis, heightPixels: number, gapPixels = 26): number[] {
  const { lowHz, highHz } = axis
  const wanted = ((highHz - lowHz) * gapPixels) / Math.max(1, heightPixels)
  const step = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000].find((size) => size >= wanted) ?? 50_000
  const first = Math.ceil(lowHz / step)
  const even = Array.from({ length: Math.floor(highHz / step) - first + 1 }, (_, index) => (first + index) * step)
  const doubling = roundNumbers.filter((hertz) => hertz >= lowHz && hertz <= highHz)
  // A narrow band has too few of the numbers that suit the whole.
  const candidates = axis.scale === 'linear' || doubling.length < 4 ? even : doubling
  const ticks: number[] = []
  let lastY = -Infinity
  for (const hertz of candidates) {
    const y = hertzToShare(hertz, axis) * heightPixels
    if (y - lastY < gapPixels) continue
    ticks.push(hertz)
    lastY = y
  }
  return ticks
}
