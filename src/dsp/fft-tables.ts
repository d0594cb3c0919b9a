/** What transforms of powers of two look up. */

/** Which value belongs at each place of a transform of a power of two. */
export function bitReversal(length: number): Uint32Array {
  const bits = Math.log2(length)
  const order = new Uint32Array(length)
  for (let i = 1; i < length; i++) order[i] = (order[i >> 1]! >> 1) | ((i & 1) << (bits - 1))
  return order
}

/** W, W², W³ of every radix-4 butterfly, in the order in which the stages read them. */
export function stageTwiddles(length: number): Float64Array {
  const table: number[] = []
  for (let quarter = Math.log2(length) % 2 === 1 ? 2 : 1; quarter < length; quarter *= 4) {
    for (let k = 0; k < quarter; k++) {
      for (const power of [1, 2, 3]) {
        const angle = (-2 * Math.PI * power * k) / (4 * quarter)
        table.push(Math.cos(angle), Math.sin(angle))
      }
    }
  }
  return Float64Array.from(table)
}

/** e^(−2πik/size) for k = 0 … ⌊size/2⌋, real and imaginary parts in turn. */
export function unfoldTable(size: number): Float64Array {
  const table = new Float64Array(2 * (Math.floor(size / 2) + 1))
  for (let k = 0; 2 * k < table.length; k++) {
    table[2 * k] = Math.cos((2 * Math.PI * k) / size)
    table[2 * k + 1] = -Math.sin((2 * Math.PI * k) / size)
  }
  return table
}
