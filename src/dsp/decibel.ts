import type { DecibelLevel } from './front-end'
import { writeLogarithms } from './quick-log'

/**
 * Power to decibels as librosa.power_to_db does: 10·log10(max(amin, S)) − 10·log10(max(amin, reference)),
 * then raised to (maximum − topDb) where topDb is not null. The maximum is that of the whole array, so call it
 * once a clip. Returns a new array.
 *
 * @param loudestOfAll where the array is a part of a clip: the maximum of the whole
 */
export function powerToDb(
  power: Float64Array,
  { referencePower, aminPower, topDb }: Pick<DecibelLevel, 'referencePower' | 'aminPower' | 'topDb'>,
  loudestOfAll?: number,
): Float32Array {
  if (!(aminPower > 0)) throw new RangeError(`aminPower must be above zero, not ${aminPower}`)
  if (topDb !== null && topDb < 0) throw new RangeError(`topDb must not be negative: ${topDb}`)
  const loudest = loudestOfAll ?? loudestOf(power)
  const toDb = (value: number): number => 10 * Math.log10(Math.max(aminPower, value))
  const referenceDb = toDb(referencePower === 'maximum' ? loudest : Math.abs(referencePower))
  const floor = topDb === null ? -Infinity : toDb(loudest) - referenceDb - topDb
  const decibels = new Float32Array(power.length)
  writeLogarithms(power, aminPower, { scale: 10 / Math.LN10, add: -referenceDb, floor }, decibels)
  return decibels
}

/** The largest of some powers, 0 of none. */
export function loudestOf(power: Float64Array): number {
  let loudest = 0
  for (let i = 0; i < power.length; i++) if (power[i]! > loudest) loudest = power[i]!
  return loudest
}
