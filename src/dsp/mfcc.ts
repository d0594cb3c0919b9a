/** Cepstral coefficients: cosine transforms of the levels of each frame's bands. */
import type { CepstrumStep } from './front-end'

/** What a cosine transform is taken of: one channel. */
export interface BandLevels {
  bands: number
  frames: number
  /** Frame by frame. */
  values: Float32Array
}

export type CepstrumShape = Pick<CepstrumStep, 'count' | 'transform' | 'lifter' | 'lifterOffset'>

/**
 * Mel-frequency cepstral coefficients as librosa.feature.mfcc has them: the orthonormal DCT-II of each frame's decibels,
 * the first `count` kept. With lifter L > 0 coefficient n is scaled by 1 + (L/2)·sin(π(n+1)/L).
 *
 * @param logMel decibels of mel bands, e.g. computeFrontEnd with `mfccFrontEnd`
 * @returns frames × count values, frame by frame: coefficient c of frame t is at t·count + c
 */
export function computeMfcc(logMel: BandLevels, count: number, lifter = 0): Float32Array {
  return computeCepstrum(logMel, { count, transform: 2, lifter, lifterOffset: 1 })
}

/**
 * The same with any transform and lifter.
 *
 * @throws RangeError where more coefficients are asked for than there are bands
 */
export function computeCepstrum({ bands, frames, values }: BandLevels, shape: CepstrumShape): Float32Array {
  const { count } = shape
  if (!Number.isInteger(count) || count < 1 || count > bands)
    throw new RangeError(`the number of coefficients must be 1 to ${bands}, not ${count}`)
  const basis = cosineBasis(bands, shape)
  const coefficients = new Float32Array(frames * count)
  for (let frame = 0; frame < frames; frame++) {
    const row = frame * bands
    for (let c = 0; c < count; c++) {
      const start = c * bands
      let sum = 0
      for (let band = 0; band < bands; band++) sum += basis[start + band]! * values[row + band]!
      coefficients[frame * count + c] = sum
    }
  }
  return coefficients
}

/**
 * Rows of the transform with the lifter in them. DCT-II: √(2/M)·cos(πk(2m + 1)/(2M)), row 0 divided by √2; DCT-III, its
 * transpose: √(2/M)·cos(πm(2k + 1)/(2M)), column 0 divided by √2 (scipy.fft.dct with norm='ortho').
 */
function cosineBasis(bands: number, { count, transform, lifter, lifterOffset }: CepstrumShape): Float64Array {
  const basis = new Float64Array(count * bands)
  for (let k = 0; k < count; k++) {
    const lift = lifter > 0 ? 1 + (lifter / 2) * Math.sin((Math.PI * (k + lifterOffset)) / lifter) : 1
    for (let m = 0; m < bands; m++) {
      const [constant, other] = transform === 2 ? [k, m] : [m, k]
      const scale = lift * Math.sqrt((constant === 0 ? 1 : 2) / bands)
      basis[k * bands + m] = scale * Math.cos((Math.PI * constant * (2 * other + 1)) / (2 * bands))
    }
  }
  return basis
}
