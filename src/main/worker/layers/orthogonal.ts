/** Initial values of recurrent kernels. */
import type { Random } from '../../../dsp/random'

/**
 * A random matrix with orthonormal rows (or columns, where there are fewer of them), uniformly distributed (Saxe et
 * al. 2014; what Keras's Orthogonal draws): normal values made orthonormal by Gram and Schmidt, in double precision, the
 * same on every backend.
 *
 * @returns rows · columns values, row by row
 */
export function drawOrthogonal(rows: number, columns: number, random: Random): Float32Array {
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows]
  const vectors: Float64Array[] = []
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal())
    // Twice: the first pass leaves what rounding left, the second takes that too.
    for (let pass = 0; pass < 2; pass++) for (const other of vectors) subtractShare(vector, other)
    const norm = Math.sqrt(dot(vector, vector))
    // As good as dependent on the others: drawn again.
    if (norm > 1e-8) vectors.push(vector.map((value) => value / norm))
  }
  const values = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      values[row * columns + column] = rows <= columns ? vectors[row]![column]! : vectors[column]![row]!
  return values
}

function subtractShare(vector: Float64Array, unit: Float64Array): void {
  const share = dot(vector, unit)
  for (let at = 0; at < vector.length; at++) vector[at]! -= share * unit[at]!
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0
  for (let at = 0; at < a.length; at++) total += a[at]! * b[at]!
  return total
}
