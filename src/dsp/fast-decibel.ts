/** Decibels of very many powers, from the bits of the number: for pictures, where a millionth of a decibel is nothing. */

const mantissaBits = 10
const slots = 2 ** mantissaBits
/** In each slot of the mantissa's first bits: 10·log10 at its beginning, and its rise over one of the 2^10 next bits. */
const begin = Float64Array.from({ length: slots }, (_, slot) => 10 * Math.log10(1 + slot / slots))
const rise = Float64Array.from({ length: slots }, (_, slot) => {
  const next = slot + 1 < slots ? begin[slot + 1]! : 10 * Math.log10(2)
  return (next - begin[slot]!) / 2 ** (20 - mantissaBits)
})
const perExponent = 10 * Math.log10(2)

/**
 * Writes round((10·log10(power[i]) + addDb) / stepDb) to `steps` from `at`, at least `least` and at most what 16 bits hold; off by at most 3e-5 dB before
 * it is rounded (linear between 1024 values of the mantissa, of which 20 bits are looked at).
 * @param power at an offset in its buffer that is a multiple of 8 bytes; not negative
 */
export function writeDecibelSteps(
  power: Float64Array,
  addDb: number,
  stepDb: number,
  least: number,
  steps: Int16Array,
  at: number,
): void {
  // The upper half of each double: sign, exponent, 20 bits of the mantissa (numbers are little-endian wherever this runs).
  const upper = new Uint32Array(power.buffer, power.byteOffset, 2 * power.length)
  const scale = 1 / stepDb
  for (let i = 0; i < power.length; i++) {
    const bits = upper[2 * i + 1]!
    const slot = (bits >>> (20 - mantissaBits)) & (slots - 1)
    const decibels =
      ((bits >>> 20) - 1023) * perExponent + begin[slot]! + (bits & (2 ** (20 - mantissaBits) - 1)) * rise[slot]!
    // Math.round is a branch that no processor foresees; cutting off a positive number is none.
    const step = (((decibels + addDb) * scale + 32_768.5) | 0) - 32_768
    steps[at + i] = step > least ? (step < 32_767 ? step : 32_767) : least
  }
}
