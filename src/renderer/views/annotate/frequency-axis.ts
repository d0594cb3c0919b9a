/**
 * Where a frequency stands in a spectrogram's picture, and back. Shares run from 0 (the picture's lower edge)
 * to 1 (its upper edge). A row's centre is its band's centre, so rows are half a band wider than the range.
 */
import { hzToMel, melToHz } from '../../../dsp/mel'

export interface FrequencyAxis {
  scale: 'mel' | 'linear'
  sampleRateHz: number
  fftSamples: number
  bands: number
}

const formula = 'slaney' as const

/** Hz to share, clamped to the picture. */
export function hertzToShare(hertz: number, axis: FrequencyAxis): number {
  let row: number
  if (axis.scale === 'linear') row = (hertz * axis.fftSamples) / axis.sampleRateHz
  else {
    const step = hzToMel(axis.sampleRateHz / 2, formula) / (axis.bands + 1)
    row = hzToMel(Math.max(0, hertz), formula) / step - 1
  }
  return Math.min(1, Math.max(0, (row + 0.5) / axis.bands))
}

/** Share to Hz, within 0 and half the sample rate. */
export function shareToHertz(share: number, axis: FrequencyAxis): number {
  const row = share * axis.bands - 0.5
  const highest = axis.sampleRateHz / 2
  const hertz =
    axis.scale === 'linear'
      ? (row * axis.sampleRateHz) / axis.fftSamples
      : melToHz(((row + 1) * hzToMel(highest, formula)) / (axis.bands + 1), formula)
  return Math.min(highest, Math.max(0, hertz))
}

const roundNumbers = [50, 100, 200, 500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000]

/** Frequencies to write beside the picture: round numbers, no closer than `gapPixels`. */
export function frequencyTicks(axis: FrequencyAxis, heightPixels: number, gapPixels = 26): number[] {
  const highest = axis.sampleRateHz / 2
  let candidates: number[]
  if (axis.scale === 'mel') candidates = roundNumbers.filter((hertz) => hertz <= highest)
  else {
    const wanted = (highest * gapPixels) / Math.max(1, heightPixels)
    const step = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000].find((size) => size >= wanted) ?? 50_000
    candidates = Array.from({ length: Math.floor(highest / step) + 1 }, (_, index) => index * step)
  }
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
