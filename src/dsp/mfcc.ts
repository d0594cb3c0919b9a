import type { Spectrogram } from './features'

/**
 * Mel-frequency cepstral coefficients: the orthonormal DCT-II of each frame's decibels, the first `count` kept
 * (librosa.feature.mfcc, dct_type 2). With lifter L > 0 coefficient n is scaled by 1 + (L/2)·sin(π(n+1)/L).
 *
 * @param logMel decibels of mel bands, e.g. computeFrontEnd with `mfccFrontEnd`
 * @returns frames × count values, frame by frame: coefficient c of frame t is at t·count + c
 */
export function computeMfcc(logMel: Spectrogram, count: number, lifter = 0): Float32Array {
  const { bands, frames, values } = logMel
  if (!Number.isInteger(count) || count < 1 || count > bands)
    throw new RangeError(`the number of coefficients must be 1 to ${bands}, not ${count}`)
  const basis = cosineBasis(bands, count, lifter)
  const coefficients = new Float32Array(frames * count)
  for (let frame = 0; frame < frames; frame++) {
    for (let c = 0; c < count; c++) {
      let sum = 0
      for (let band = 0; band < bands; band++) sum += basis[c * bands + band]! * values[frame * bands + band]!
      coefficients[frame * count + c] = sum
    }
  }
  return coefficients
}

function cosineBasis(bands: number, count: number, lifter: number): Float64Array {
  const basis = new Float64Array(count * bands)
  for (let c = 0; c < count; c++) {
    const lift = lifter > 0 ? 1 + (lifter / 2) * Math.sin((Math.PI * (c + 1)) / lifter) : 1
    const scale = lift * Math.sqrt((c === 0 ? 1 : 2) / bands)
    for (let band = 0; band < bands; band++)
      basis[c * bands + band] = scale * Math.cos((Math.PI * c * (2 * band + 1)) / (2 * bands))
  }
  return basis
}
