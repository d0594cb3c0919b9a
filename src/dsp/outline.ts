/**
 * The outline of a waveform at many resolutions: for each of many equal parts the lowest sample, the highest and the
 * mean square, three numbers after each other.
 */

export const outlineFields = 3

/** Samples of one entry of the finest kept level; each further level has four times as many. */
export const outlineBase = 512
export const outlineStep = 4

/**
 * The outline of parts of `entrySamples` samples: 3·⌈n/entrySamples⌉ values. The last part may be shorter: its mean
 * square is as if silence filled it, so that all weigh the same when they are joined.
 */
export function computeOutline(samples: Float32Array, entrySamples: number): Float32Array {
  const count = Math.ceil(samples.length / entrySamples)
  const outline = new Float32Array(outlineFields * count)
  for (let entry = 0; entry < count; entry++) {
    const end = Math.min(samples.length, (entry + 1) * entrySamples)
    outlinePart(samples, entry * entrySamples, end, entrySamples, outline, entry)
  }
  return outline
}

/** The same sound in parts `step` times as long. */
export function coarsenOutline(fine: Float32Array, step: number): Float32Array {
  const entries = fine.length / outlineFields
  const count = Math.ceil(entries / step)
  const outline = new Float32Array(outlineFields * count)
  for (let entry = 0; entry < count; entry++)
    joinParts(fine, entry * step, Math.min(entries, (entry + 1) * step), step, outline, entry)
  return outline
}

/**
 * The outline as columns of a picture: column c stands for the samples from `from` + c·(to − from)/count on, `from` and
 * `to` being places (of any fraction) in samples. A column of less than a sample repeats the one it stands on.
 */
export function outlineColumns(samples: Float32Array, from: number, to: number, count: number): Float32Array {
  return fillColumns(samples.length, from, to, count, (first, end, columns, column) =>
    outlinePart(samples, first, end, end - first, columns, column),
  )
}

/** The same from an outline; `from` and `to` are places in entries. */
export function columnsOfOutline(outline: Float32Array, from: number, to: number, count: number): Float32Array {
  return fillColumns(outline.length / outlineFields, from, to, count, (first, end, columns, column) =>
    joinParts(outline, first, end, end - first, columns, column),
  )
}

type FillColumn = (first: number, end: number, columns: Float32Array, column: number) => void

/** Every element is in one column, and no column is empty. */
function fillColumns(length: number, from: number, to: number, count: number, fill: FillColumn): Float32Array {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`the number of columns must be 1 or more, not ${count}`)
  const columns = new Float32Array(outlineFields * count)
  if (length === 0) return columns
  const width = (to - from) / count
  // What the end cuts through belongs to the last column.
  const place = (column: number): number => {
    const at = from + column * width
    return Math.min(length, Math.max(0, column === count ? Math.ceil(to) : Math.floor(at)))
  }
  for (let column = 0; column < count; column++) {
    const first = Math.min(place(column), length - 1)
    fill(first, Math.max(place(column + 1), first + 1), columns, column)
  }
  return columns
}

/** Four samples at a time, so that their comparisons and sums do not wait for each other. */
function outlinePart(
  samples: Float32Array,
  from: number,
  to: number,
  weight: number,
  outline: Float32Array,
  entry: number,
): void {
  let lowest = samples[from]!
  let highest = lowest
  let lowestOdd = lowest
  let highestOdd = lowest
  let squaresA = 0
  let squaresB = 0
  let squaresC = 0
  let squaresD = 0
  let i = from
  for (; i + 3 < to; i += 4) {
    const a = samples[i]!
    const b = samples[i + 1]!
    const c = samples[i + 2]!
    const d = samples[i + 3]!
    if (a < lowest) lowest = a
    else if (a > highest) highest = a
    if (b < lowestOdd) lowestOdd = b
    else if (b > highestOdd) highestOdd = b
    if (c < lowest) lowest = c
    else if (c > highest) highest = c
    if (d < lowestOdd) lowestOdd = d
    else if (d > highestOdd) highestOdd = d
    squaresA += a * a
    squaresB += b * b
    squaresC += c * c
    squaresD += d * d
  }
  for (; i < to; i++) {
    const value = samples[i]!
    if (value < lowest) lowest = value
    else if (value > highest) highest = value
    squaresA += value * value
  }
  outline[outlineFields * entry] = Math.min(lowest, lowestOdd)
  outline[outlineFields * entry + 1] = Math.max(highest, highestOdd)
  outline[outlineFields * entry + 2] = (squaresA + squaresB + squaresC + squaresD) / weight
}

function joinParts(
  fine: Float32Array,
  from: number,
  to: number,
  weight: number,
  outline: Float32Array,
  entry: number,
): void {
  let lowest = fine[outlineFields * from]!
  let highest = fine[outlineFields * from + 1]!
  let squares = 0
  for (let i = outlineFields * from; i < outlineFields * to; i += outlineFields) {
    if (fine[i]! < lowest) lowest = fine[i]!
    if (fine[i + 1]! > highest) highest = fine[i + 1]!
    squares += fine[i + 2]!
  }
  outline[outlineFields * entry] = lowest
  outline[outlineFields * entry + 1] = highest
  outline[outlineFields * entry + 2] = squares / weight
}
