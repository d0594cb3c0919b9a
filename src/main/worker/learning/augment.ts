/** Changes of a training crop that keep its class: SpecAugment masks and gain, and mixing of pairs. */
import { gainResponse } from '../../../dsp/gain-response'
import type { Random } from '../../../dsp/random'
import type { FrontEnd, TrainingRecipe } from '../../../dsp/recipe'

/**
 * SpecAugment (Park et al. 2019) on a standardised crop, in place: masked bands and frames become 0, the mean.
 *
 * @param crop frames × bands × channels values, frame by frame; all channels of a band are masked together
 */
export function maskCrop(
  crop: Float32Array,
  { bands, channels = 1 }: { bands: number; channels?: number },
  training: TrainingRecipe,
  random: Random,
): void {
  const columns = bands * channels
  const frames = crop.length / columns
  for (let mask = 0; mask < training.frequencyMasks; mask++) {
    const [start, end] = drawSpan(bands, training.frequencyMaskBands, random)
    for (let frame = 0; frame < frames; frame++)
      crop.fill(0, frame * columns + start * channels, frame * columns + end * channels)
  }
  for (let mask = 0; mask < training.timeMasks; mask++) {
    const [start, end] = drawSpan(frames, training.timeMaskFrames, random)
    crop.fill(0, start * columns, end * columns)
  }
}

/** A span of 0 … `widest` of `length` places, anywhere. */
function drawSpan(length: number, widest: number, random: Random): [start: number, end: number] {
  const width = random.integer(Math.min(widest, length) + 1)
  const start = random.integer(length - width + 1)
  return [start, start + width]
}

/** What one decibel more adds to each value of a standardised frame; 0 where that depends on the sound. */
export function decibelColumns(frontEnd: FrontEnd, deviations: readonly number[]): Float32Array {
  const response = gainResponse(frontEnd)
  return Float32Array.from(deviations, (deviation, column) => (response?.[column] ?? 0) / deviation)
}

/**
 * Makes a standardised crop louder or softer by ±`gainDb` at most, in place.
 *
 * @param decibel see decibelColumns
 */
export function changeGain(crop: Float32Array, decibel: Float32Array, gainDb: number, random: Random): void {
  if (gainDb === 0) return
  const gain = random.uniform(-gainDb, gainDb)
  const columns = decibel.length
  for (let index = 0; index < crop.length; index++) crop[index] = crop[index]! + gain * decibel[index % columns]!
}

/**
 * mixup (Zhang et al. 2018), in place: every row of a batch becomes λ·row + (1 − λ)·another, and its target
 * likewise. λ ~ Beta(α, α), drawn for each row and folded to 0.5 … 1 so that a row stays mostly itself.
 *
 * @param inputs rows of equal length one after the other; @param targets class shares, one row each
 */
export function mixPairs(
  inputs: Float32Array,
  targets: Float32Array,
  rows: number,
  alpha: number,
  random: Random,
): void {
  if (alpha <= 0 || rows < 2) return
  const partners = random.shuffle(Array.from({ length: rows }, (_, row) => row))
  const shares = partners.map(() => {
    const share = drawBeta(alpha, random)
    return Math.max(share, 1 - share)
  })
  for (const values of [inputs, targets]) {
    const original = values.slice()
    const length = values.length / rows
    for (let row = 0; row < rows; row++) {
      const share = shares[row]!
      const other = partners[row]! * length
      for (let index = 0; index < length; index++) {
        values[row * length + index] = share * original[row * length + index]! + (1 - share) * original[other + index]!
      }
    }
  }
}

/** One draw from Beta(α, α). */
export function drawBeta(alpha: number, random: Random): number {
  const a = drawGamma(alpha, random)
  const b = drawGamma(alpha, random)
  // Both can round to 0 when α is tiny; the distribution then sits at its two ends.
  return a + b > 0 ? a / (a + b) : random.integer(2)
}

/** One draw from Gamma(shape, 1): Marsaglia & Tsang (2000); shapes under 1 by their boosting rule. */
function drawGamma(shape: number, random: Random): number {
  if (shape < 1) return drawGamma(shape + 1, random) * (1 - random.uniform()) ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = random.normal()
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) return d * v
  }
}
