/** Logarithms of very many numbers, to within 2e-13 of Math.log: a table of 1024 mantissas, and a series for the rest. */

const slotBits = 10
const slots = 2 ** slotBits
const slotMask = slots - 1
const restBits = 20 - slotBits
const restMask = 2 ** restBits - 1
const lowerHalf = 2 ** 32
const lastPlace = 2 ** -52
const ln2 = Math.LN2
/** Of each slot's first mantissa: its logarithm, and its reciprocal. */
const logs = Float64Array.from({ length: slots }, (_, slot) => Math.log1p(slot / slots))
const reciprocals = Float64Array.from({ length: slots }, (_, slot) => slots / (slots + slot))

/**
 * Writes scale · ln(max(values[i], least)) + add to `output`, at least `floor`.
 * @param values not NaN, and below infinity
 * @param least above zero
 */
export function writeLogarithms(
  values: Float64Array,
  least: number,
  { scale, add, floor }: { scale: number; add: number; floor: number },
  output: Float32Array,
): void {
  // The upper and the lower half of each double: numbers are little-endian wherever this runs.
  const halves = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length)
  const leastLogarithm = Math.log(least)
  for (let i = 0; i < values.length; i++) {
    let logarithm: number
    if (values[i]! <= least) logarithm = leastLogarithm
    else {
      const upper = halves[2 * i + 1]!
      const exponent = upper >>> 20
      const slot = (upper >>> restBits) & slotMask
      // Of the mantissa, how far it lies beyond its slot's beginning.
      const beyond = ((upper & restMask) * lowerHalf + halves[2 * i]!) * lastPlace * reciprocals[slot]!
      // Subnormal numbers have another exponent.
      if (exponent === 0) logarithm = Math.log(values[i]!)
      else
        logarithm =
          (exponent - 1023) * ln2 + logs[slot]! + beyond * (1 - beyond * (0.5 - beyond * (1 / 3 - 0.25 * beyond)))
    }
    const value = scale * logarithm + add
    output[i] = value > floor ? value : floor
  }
}
