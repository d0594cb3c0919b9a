/** Many voices at once. */
import type { Random } from '../random'
import { activePower, fitNoise } from './noise'

/**
 * The sum of sounds that are equally loud over their active parts (see activePower), each from a drawn place and for as long
 * as it takes (see fitNoise). Silent ones add nothing.
 */
export function mixBabble(
  voices: readonly Float32Array[],
  length: number,
  sampleRateHz: number,
  random: Random,
): Float32Array {
  const mixed = new Float32Array(length)
  for (const voice of voices) {
    const heard = fitNoise(voice, length, sampleRateHz, random.uniform())
    const power = activePower(heard, sampleRateHz)
    if (power === 0) continue
    const gain = 1 / Math.sqrt(power)
    for (let n = 0; n < length; n++) mixed[n] = mixed[n]! + gain * heard[n]!
  }
  return mixed
}
