import type { DecibelLevel } from './recipe'

/**
 * Power to decibels as librosa.power_to_db does: 10·log10(max(amin, S)) − 10·log10(max(amin, reference)),
 * then raised to (maximum − topDb) where topDb is not null. The maximum is that of the whole array, so call it
 * once a clip. Returns a new array.
 */
export function powerToDb(power: Float64Array | Float32Array, level: DecibelLevel): Float32Array {
  const { referencePower, aminPower, topDb } = level
  if (!(aminPower > 0)) throw new RangeError(`aminPower must be above zero, not ${aminPower}`)
  if (topDb !== null && topDb < 0) throw new RangeError(`topDb must not be negative: ${topDb}`)
  const referenceDb = 10 * Math.log10(Math.max(aminPower, Math.abs(referencePower)))
  const decibels = new Float32Array(power.length)
  let maximum = -Infinity
  for (let i = 0; i < power.length; i++) {
    const value = 10 * Math.log10(Math.max(aminPower, power[i]!)) - referenceDb
    decibels[i] = value
    if (value > maximum) maximum = value
  }
  if (topDb === null) return decibels
  const floor = maximum - topDb
  for (let i = 0; i < decibels.length; i++) if (decibels[i]! < floor) decibels[i] = floor
  return decibels
}
