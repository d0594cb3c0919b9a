/** Per-band mean and standard deviation, fitted on the training clips of a fold and stored with its model. */
import type { Picture } from './features'

export interface Standardization {
  means: number[]
  /** Never 0: a constant band or value gets 1. */
  deviations: number[]
}

/** Fits mean and (population) deviation of every column of rows that follow each other in the given blocks. */
export function fitStandardization(blocks: readonly Float32Array[], columns: number): Standardization {
  const means = new Float64Array(columns)
  const squares = new Float64Array(columns)
  let rows = 0
  for (const block of blocks) rows += block.length / columns
  for (const block of blocks) {
    for (let index = 0; index < block.length; index++) means[index % columns]! += block[index]! / rows
  }
  for (const block of blocks) {
    for (let index = 0; index < block.length; index++) {
      squares[index % columns]! += (block[index]! - means[index % columns]!) ** 2 / rows
    }
  }
  return {
    means: [...means],
    // Rounding leaves a constant column with a deviation near, not at, zero.
    deviations: [...squares].map((square, column) => {
      const deviation = Math.sqrt(square)
      return deviation > 1e-6 * Math.max(1, Math.abs(means[column]!)) ? deviation : 1
    }),
  }
}

/** (x − mean)/deviation, column by column, as a new array. */
export function standardize(values: Float32Array, { means, deviations }: Standardization): Float32Array {
  const [lower, divisors] = [Float64Array.from(means), Float64Array.from(deviations)]
  const standardised = new Float32Array(values.length)
  for (let from = 0; from < values.length; from += lower.length) {
    const columns = Math.min(lower.length, values.length - from)
    for (let column = 0; column < columns; column++)
      standardised[from + column] = (values[from + column]! - lower[column]!) / divisors[column]!
  }
  return standardised
}

/** The same for a picture, whose columns are its bands. */
export function standardizePicture(picture: Picture, standardization: Standardization): Picture {
  return { ...picture, values: standardize(picture.values, standardization) }
}
