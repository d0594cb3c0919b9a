/** A source further away: softer, duller, and more of it by way of the room. */
import type { Random } from '../random'
import { convolve, filterZeroPhase } from './convolve'

/**
 * What air takes of a tone, in dB a metre, at 20 °C, 101.325 kPa and the relative humidity in % (ISO 9613-1, equations 3
 * to 5 and annex B).
 */
export function airAbsorption(hz: number, humidityPercent = 50, celsius = 20): number {
  const kelvin = celsius + 273.15
  const ratio = kelvin / 293.15
  const vapour = humidityPercent * 10 ** (-6.8346 * (273.16 / kelvin) ** 1.261 + 4.6151)
  const oxygenHz = 24 + (4.04e4 * vapour * (0.02 + vapour)) / (0.391 + vapour)
  const nitrogenHz = ratio ** -0.5 * (9 + 280 * vapour * Math.exp(-4.17 * (ratio ** (-1 / 3) - 1)))
  const square = hz * hz
  const relaxed =
    (0.01275 * Math.exp(-2239.1 / kelvin)) / (oxygenHz + square / oxygenHz) +
    (0.1068 * Math.exp(-3352 / kelvin)) / (nitrogenHz + square / nitrogenHz)
  return 8.686 * square * (1.84e-11 * Math.sqrt(ratio) + ratio ** -2.5 * relaxed)
}

export interface Distance {
  meters: number
  /** Where direct sound and the room's are as strong as each other. */
  criticalMeters: number
  rt60Seconds: number
}

/**
 * A sound recorded at 1 m as from `meters`: its direct part times 1/meters and air's absorption over what is more than 1 m,
 * and the room's: the sound convolved with decaying normal noise whose energy is 1/criticalMeters², wherever one stands. So
 * the direct-to-reverberant ratio is 20·log10(criticalMeters / meters) dB, before the air's part.
 */
export function moveAway(
  samples: Float32Array,
  sampleRateHz: number,
  { meters, criticalMeters, rt60Seconds }: Distance,
  random: Random,
): Float32Array {
  if (samples.length === 0) return samples
  const more = Math.max(0, meters - 1)
  const heard = filterZeroPhase(samples, sampleRateHz, (hz) => 10 ** ((-more * airAbsorption(hz)) / 20) / meters)
  const room = convolve(samples, makeDiffuseTail(rt60Seconds, criticalMeters, sampleRateHz, random))
  for (let n = 1; n < heard.length; n++) heard[n]! += room[n - 1]!
  return heard
}

/** Normal noise that falls by 60 dB in `rt60Seconds`, with an energy of 1/criticalMeters². */
export function makeDiffuseTail(
  rt60Seconds: number,
  criticalMeters: number,
  sampleRateHz: number,
  random: Random,
): Float32Array {
  const tail = new Float32Array(Math.max(1, Math.ceil(rt60Seconds * sampleRateHz)))
  random.fillNormal(tail)
  let energy = 0
  for (let n = 0; n < tail.length; n++) {
    tail[n]! *= 10 ** ((-3 * n) / (rt60Seconds * sampleRateHz))
    energy += tail[n]! ** 2
  }
  const gain = 1 / (criticalMeters * Math.sqrt(energy))
  for (let n = 0; n < tail.length; n++) tail[n]! *= gain
  return tail
}
