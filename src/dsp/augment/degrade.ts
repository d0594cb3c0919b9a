/** Too loud, and too coarse: clipping and quantisation. */
import type { ClipStep, QuantizeStep } from './chain'
import type { Random } from '../random'
import { largestMagnitude, roundSamples } from '../sample-loops'

/**
 * Clipped `overDb` under the sound's peak: cut off there ('hard'), or tanh(a·x)/a with 1/a there ('soft'; faint parts
 * stay as they are).
 */
export function clipSound(samples: Float32Array, overDb: number, shape: ClipStep['shape']): Float32Array {
  const clipped = samples.slice()
  const peak = largestMagnitude(samples)
  if (peak === 0) return clipped
  const most = peak * 10 ** (-overDb / 20)
  if (shape === 'soft') for (let n = 0; n < clipped.length; n++) clipped[n] = most * Math.tanh(clipped[n]! / most)
  else for (let n = 0; n < clipped.length; n++) clipped[n] = Math.max(-most, Math.min(most, clipped[n]!))
  return clipped
}

/**
 * Rounded to 2^bits steps from −1 to under 1, with 0 among them; what is beyond is cut off. With triangular dither, the sum of
 * two even noises of a step's width each, the error is a noise of its own (Lipshitz et al. 1992).
 *
 * @param bits 2 to 24
 */
export function quantizeSound(
  samples: Float32Array,
  bits: number,
  dither: QuantizeStep['dither'],
  random: Random,
): Float32Array {
  const scale = 2 ** (bits - 1)
  if (dither === 'none') return roundSamples(samples, scale)
  const quantized = new Float32Array(samples.length)
  for (let n = 0; n < samples.length; n++) {
    const noise = random.uniform() - random.uniform()
    // Math.round takes four times as long.
    quantized[n] = Math.max(-scale, Math.min(scale - 1, Math.floor(samples[n]! * scale + noise + 0.5))) / scale
  }
  return quantized
}
