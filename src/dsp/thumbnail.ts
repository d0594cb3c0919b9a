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
 * end has none) below it is 0. A long clip is given block by block, so that it is never in memory whole.
 */
export class ThumbnailPicture {
  private readonly peaks: Float32Array
  private readonly frontEnd: DecibelSpectrogram
  private readonly range: number

  /** @param frames of the whole clip */
  constructor(
    private readonly size: { width: number; height: number },
    private readonly frames: number,
    frontEnd: DecibelSpectrogram,
  ) {
    this.peaks = new Float32Array(size.width * size.height).fill(-Infinity)
    // What lies below the range of a block may be within that of the clip.
    this.frontEnd = { ...frontEnd, level: { ...frontEnd.level, topDb: null } }
    this.range = frontEnd.level.topDb ?? 80
  }

  /**
   * Takes the next frames.
   * @param samples mono at `frontEnd.sampleRateHz`, of these frames alone
   * @param first number of the first of them in the clip
   */
  add(samples: Float32Array, first: number): void {
    const { width, height } = this.size
    const { bands, frames, values } = computeFrontEnd(samples, this.frontEnd)
    for (let x = 0; x < width; x++) {
      const [from, to] = cell(x, width, this.frames)
      for (let frame = Math.max(from, first); frame < Math.min(to, first + frames); frame++)
        for (let y = 0; y < height; y++) {
          const [lowBand, highBand] = cell(height - 1 - y, height, bands)
          let peak = this.peaks[y * width + x]!
          for (let at = (frame - first) * bands + lowBand, end = at + highBand - lowBand; at < end; at++)
            if (values[at]! > peak) peak = values[at]!
          this.peaks[y * width + x] = peak
        }
    }
  }

  /** The picture of all that was given. */
  finish(): Thumbnail {
    const { aminPower, referencePower } = this.frontEnd.level
    const silence = 10 * Math.log10(aminPower / Math.max(aminPower, referencePower))
    const loudest = this.peaks.reduce((most, value) => Math.max(most, value), -Infinity)
    const values = new Uint8Array(this.peaks.length)
    if (loudest > silence)
      this.peaks.forEach((peak, at) => {
        values[at] = Math.max(0, Math.round(255 * (1 - (loudest - peak) / this.range)))
      })
    return { ...this.size, values }
  }
}

/** The span of `total` that cell `index` of `cells` covers: at least one. */
function cell(index: number, cells: number, total: number): [number, number] {
  const from = Math.min(Math.floor((index * total) / cells), total - 1)
  return [from, Math.max(Math.floor(((index + 1) * total) / cells), from + 1)]
}
