/** Too loud, and too coarse: clipping and quantisation. */
import type { ClipStep, QuantizeStep } from './chain'
import type { Random } from '../random'

/**
 * Clipped `overDb` under the sound's peak: cut off there ('hard'), or tanh(a·x)/a with 1/a there ('soft'; faint parts
 * stay as they are).
 */
export function clipSound(samples: Float32Array, overDb: number, shape: ClipStep['shape']): Float32Array {
  let peak = 0
  for (const value of samples) peak = Math.max(peak, Math.abs(value))
  if (peak === 0) return samples.slice()
  const most = peak * 10 ** (-overDb / 20)
  if (shape === 'soft') return samples.map((value) => most * Math.tanh(value / most))
  return samples.map((value) => Math.max(-most, Math.min(most, value)))
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
  return samples.map((value) => {
    const noise = dither === 'triangular' ? random.uniform() - random.uniform() : 0
    return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale + noise))) / scale
  })
}
