/** What sample-loops.ts does, one sample after the other: where there are no vectors, and as what they are held to. */

export function scaleSamples(x: Float32Array, factor: number, out: Float32Array): Float32Array {
  for (let n = 0; n < x.length; n++) out[n] = x[n]! * factor
  return out
}

export function mixSamples(
  x: Float32Array,
  own: number,
  y: Float32Array,
  other: number,
  out: Float32Array,
): Float32Array {
  for (let n = 0; n < x.length; n++) out[n] = own * x[n]! + other * y[n]!
  return out
}

export function sumSamples(x: Float32Array, y: Float32Array, factor: number, out: Float32Array): Float32Array {
  for (let n = 0; n < x.length; n++) out[n] = factor * (x[n]! + y[n]!)
  return out
}

export function negateSamples(x: Float32Array, out: Float32Array): Float32Array {
  for (let n = 0; n < x.length; n++) out[n] = -x[n]!
  return out
}

export function roundSamples(x: Float32Array, scale: number, out: Float32Array): Float32Array {
  // Math.round takes four times as long.
  for (let n = 0; n < x.length; n++)
    out[n] = Math.max(-scale, Math.min(scale - 1, Math.floor(x[n]! * scale + 0.5))) / scale
  return out
}

export function addToRows(x: Float32Array, row: Float64Array): void {
  for (let from = 0; from < x.length; from += row.length)
    for (let column = 0; column < row.length; column++) x[from + column] = x[from + column]! + row[column]!
}

export function sumSquares(x: Float32Array): number {
  return addSquaresOf(x, 0, [0, 0, 0, 0])
}

/** Goes on with four sums, none of which waits for the one before; what is left after the last four goes to the first. */
export function addSquaresOf(x: Float32Array, from: number, sums: [number, number, number, number]): number {
  let [a, b, c, d] = sums
  const whole = x.length - 3
  let n = from
  for (; n < whole; n += 4) {
    a += x[n]! * x[n]!
    b += x[n + 1]! * x[n + 1]!
    c += x[n + 2]! * x[n + 2]!
    d += x[n + 3]! * x[n + 3]!
  }
  for (; n < x.length; n++) a += x[n]! * x[n]!
  return a + b + (c + d)
}

export function largestMagnitude(x: Float32Array): number {
  let largest = 0
  for (let n = 0; n < x.length; n++) {
    const magnitude = Math.abs(x[n]!)
    if (magnitude > largest) largest = magnitude
  }
  return largest
}

export function largestOfSum(x: Float32Array, y: Float32Array): number {
  let largest = 0
  for (let n = 0; n < x.length; n++) {
    const magnitude = Math.abs(x[n]! + y[n]!)
    if (magnitude > largest) largest = magnitude
  }
  return largest
}

export function areFinite(x: Float32Array): boolean {
  // The exponent's bits are all set in such samples only; one more then reaches the sign.
  const bits = new Int32Array(x.buffer, x.byteOffset, x.length)
  let any = 0
  for (let n = 0; n < bits.length; n++) any |= (bits[n]! & 0x7f800000) + 0x00800000
  return any >= 0
}
