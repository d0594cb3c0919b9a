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
  /** Centres of bands of equal height, from the lowest; where they are given, they say where a frequency stands. */
  bandHz?: Float32Array
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

/** The axis of a picture whose rows are bands, as a model sees it; null where there are fewer than two. */
export function makeBandAxis(bandHz: Float32Array, sampleRateHz: number): FrequencyAxis | null {
  if (bandHz.length < 2) return null
  const axis = { scale: 'mel' as const, sampleRateHz, bandHz }
  return { ...axis, lowHz: placeToHertz(-0.5, bandHz), highHz: placeToHertz(bandHz.length - 0.5, bandHz) }
}

/** Which band, with a fraction; beyond the outermost as their neighbours lie. */
function hertzToPlace(hertz: number, bandHz: Float32Array): number {
  let below = bandHz.findLastIndex((centre) => centre <= hertz)
  below = Math.min(bandHz.length - 2, Math.max(0, below))
  return below + (hertz - bandHz[below]!) / (bandHz[below + 1]! - bandHz[below]!)
}

function placeToHertz(place: number, bandHz: Float32Array): number {
  const below = Math.min(bandHz.length - 2, Math.max(0, Math.floor(place)))
  return bandHz[below]! + (place - below) * (bandHz[below + 1]! - bandHz[below]!)
}

function warp(hertz: number, { scale, bandHz }: FrequencyAxis): number {
  if (bandHz) return hertzToPlace(hertz, bandHz)
  if (scale === 'linear') return hertz
  return scale === 'mel' ? hzToMel(Math.max(0, hertz), 'slaney') : Math.log(Math.max(1e-3, hertz))
}

function unwarp(value: number, { scale, bandHz }: FrequencyAxis): number {
  if (bandHz) return placeToHertz(value, bandHz)
  if (scale === 'linear') return value
  return scale === 'mel' ? melToHz(value, 'slaney') : Math.exp(value)
}

/** Hz to share, clamped to the picture. */
export function hertzToShare(hertz: number, axis: FrequencyAxis): number {
  const low = warp(axis.lowHz, axis)
  const share = (warp(hertz, axis) - low) / (warp(axis.highHz, axis) - low)
  return Math.min(1, Math.max(0, share))
}

/** Share to Hz, within 0 and half the sample rate. */
export function shareToHertz(share: number, axis: FrequencyAxis): number {
  const low = warp(axis.lowHz, axis)
  const hertz = unwarp(low + share * (warp(axis.highHz, axis) - low), axis)
  return Math.min(axis.sampleRateHz / 2, Math.max(0, hertz))
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
