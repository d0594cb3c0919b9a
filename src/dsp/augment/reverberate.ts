/** A sound as it is heard through an impulse response: of a room, or of a device. */
import type { ResponseOptions } from './chain'
import { largestMagnitude } from '../sample-loops'
import { convolve } from './convolve'
import type { AugmentedSound } from './sound'

/** The direct path is the first sample so near to the largest. */
const directWithinDb = 20
/** The direct path's energy is that of so many seconds before and after it. */
const directSeconds = 0.0025

/** What of a response comes after its direct path, that is, the first sample within 20 dB of the largest; of silence nothing. */
export function dropDelay(response: Float32Array): Float32Array {
  const peak = largestMagnitude(response)
  if (peak === 0) return new Float32Array(0)
  const least = peak * 10 ** (-directWithinDb / 20)
  return response.subarray(response.findIndex((value) => Math.abs(value) >= least))
}

/**
 * The sound convolved with a response whose direct path is its first sample, so that segments stay where they are.
 *
 * `tail`: 'truncate' to the sound's length, or 'keep' all (longer by the response's length less 1). `level`: 'rms', scaled so
 * that the root mean square over the sound's own length is as before; 'direct', divided by the root of the energy of the
 * direct path (its first 2.5 ms). An empty response changes nothing.
 */
export function reverberate(
  sound: AugmentedSound,
  response: Float32Array,
  { tail, level }: ResponseOptions,
): AugmentedSound {
  const { samples, sampleRateHz } = sound
  if (samples.length === 0 || response.length === 0) return sound
  const wet = convolve(samples, response)
  const gain = level === 'rms' ? levelGain(samples, wet) : directGain(response, sampleRateHz)
  const heard = new Float32Array(tail === 'keep' ? wet.length : samples.length)
  for (let n = 0; n < heard.length; n++) heard[n] = gain * wet[n]!
  return { ...sound, samples: heard }
}

/** What brings `changed` back to the energy of `samples`, over their length; 1 where either is silent. */
export function levelGain(samples: ArrayLike<number>, changed: ArrayLike<number>): number {
  let [before, after] = [0, 0]
  for (let n = 0; n < samples.length; n++) {
    before += samples[n]! ** 2
    after += changed[n]! ** 2
  }
  return before > 0 && after > 0 ? Math.sqrt(before / after) : 1
}

function directGain(response: Float32Array, sampleRateHz: number): number {
  const direct = response.subarray(0, Math.round(directSeconds * sampleRateHz) + 1)
  return 1 / Math.sqrt(direct.reduce((sum, value) => sum + value * value, 0))
}
