/** The place of the first sample that is no number or infinite; −1 where all are numbers. */
export function findBadSample(samples: Float32Array): number {
  // The exponent's bits are all set in such samples only; one more then reaches the sign.
  const bits = new Int32Array(samples.buffer, samples.byteOffset, samples.length)
  let any = 0
  for (let n = 0; n < bits.length; n++) any |= (bits[n]! & 0x7f800000) + 0x00800000
  return any >= 0 ? -1 : samples.findIndex((sample) => !Number.isFinite(sample))
}
