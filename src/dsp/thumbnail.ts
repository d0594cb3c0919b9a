import { computeFrontEnd } from './features'
import type { DecibelSpectrogram } from './presets'

/** A small picture of a clip. Plain data. */
export interface Thumbnail {
  width: number
  height: number
  /** Row by row from the top (highest band); 0 is the floor of the front end's range, 255 the loudest point. */
  values: Uint8Array
}

/**
 * Shrinks the spectrogram of a clip to width × height pixels, each the loudest point of the cell it stands for
 * (a short click stays visible). Decibels are stretched so that the loudest is 255 and `topDb` (80 where the front
 * end has none) below it is 0.
 *
 * @param samples mono at `frontEnd.sampleRateHz`
 */
export function computeThumbnail(
  samples: Float32Array,
  frontEnd: DecibelSpectrogram,
  width: number,
  height: number,
): Thumbnail {
  const { bands, frames, values } = computeFrontEnd(samples, frontEnd)
  let loudest = -Infinity
  for (const value of values) if (value > loudest) loudest = value
  const range = frontEnd.level.topDb ?? 80
  const silence =
    10 * Math.log10(frontEnd.level.aminPower / Math.max(frontEnd.level.aminPower, frontEnd.level.referencePower))
  const picture = new Uint8Array(width * height)
  if (loudest <= silence) return { width, height, values: picture }
  for (let y = 0; y < height; y++) {
    const [lowBand, highBand] = cell(height - 1 - y, height, bands)
    for (let x = 0; x < width; x++) {
      const [firstFrame, endFrame] = cell(x, width, frames)
      let peak = -Infinity
      for (let frame = firstFrame; frame < endFrame; frame++) {
        for (let band = lowBand; band < highBand; band++) {
          const value = values[frame * bands + band]!
          if (value > peak) peak = value
        }
      }
      picture[y * width + x] = Math.max(0, Math.round(255 * (1 - (loudest - peak) / range)))
    }
  }
  return { width, height, values: picture }
}

/** The span of `total` that cell `index` of `cells` covers: at least one. */
function cell(index: number, cells: number, total: number): [number, number] {
  const from = Math.min(Math.floor((index * total) / cells), total - 1)
  return [from, Math.max(Math.floor(((index + 1) * total) / cells), from + 1)]
}
