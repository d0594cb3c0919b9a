/** Bands of a spectrum: rows of weights over neighbouring FFT bins, packed one after the other. */

export interface FilterBank {
  /** First FFT bin of each band with a weight above zero. */
  firstBins: Uint32Array
  /** Where each band's weights begin in `weights`, and at the end how many there are. */
  offsets: Uint32Array
  weights: Float64Array
  centersHz: Float32Array
  /** Bands that no FFT bin falls into: they are silent whatever the sound. Fewer bands or a longer FFT avoid them. */
  emptyBands: number[]
}

/** Packs whole rows of weights (`bins` values each, not negative) into a bank. */
export function packFilterBank(rows: readonly Float64Array[], centersHz: Float32Array): FilterBank {
  const firstBins = new Uint32Array(rows.length)
  const offsets = new Uint32Array(rows.length + 1)
  const weights: number[] = []
  const emptyBands: number[] = []
  for (const [band, row] of rows.entries()) {
    const first = row.findIndex((weight) => weight > 0)
    const last = row.findLastIndex((weight) => weight > 0)
    if (first < 0) emptyBands.push(band)
    else {
      firstBins[band] = first
      for (let bin = first; bin <= last; bin++) weights.push(row[bin]!)
    }
    offsets[band + 1] = weights.length
  }
  return { firstBins, offsets, weights: Float64Array.from(weights), centersHz, emptyBands }
}

/** Writes the energy of each band of one spectrum to `output` from `offset`. */
export function applyFilterBank(
  { firstBins, offsets, weights }: FilterBank,
  spectrum: Float64Array,
  output: Float64Array,
  offset: number,
): void {
  for (let band = 0; band < firstBins.length; band++) {
    const end = offsets[band + 1]!
    let i = offsets[band]!
    let bin = firstBins[band]!
    // Two sums, as the WebAssembly kernel has them in the halves of a vector.
    let a = 0
    let b = 0
    for (; i + 1 < end; i += 2, bin += 2) {
      a += weights[i]! * spectrum[bin]!
      b += weights[i + 1]! * spectrum[bin + 1]!
    }
    if (i < end) a += weights[i]! * spectrum[bin]!
    output[offset + band] = a + b
  }
}

/** Divides a row by its norm; a row of zeros stays. */
export function normalizeRow(row: Float64Array, norm: 'l1' | 'l2' | 'max'): void {
  let total = 0
  for (const weight of row) {
    if (norm === 'max') total = Math.max(total, Math.abs(weight))
    else total += norm === 'l1' ? Math.abs(weight) : weight * weight
  }
  if (norm === 'l2') total = Math.sqrt(total)
  if (total > 0) for (let bin = 0; bin < row.length; bin++) row[bin] = row[bin]! / total
}
