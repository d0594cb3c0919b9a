/**
 * What is done to every sample of a sound, or every value of a picture: by vectors in WebAssembly where it may be compiled, else one by
 * one. The same to the last bit: sums and products are of doubles, each rounded once where it is stored.
 */
import * as plain from './plain-sample-loops'
import { blockSamples, instantiateSampleLoops, mostColumns, type SampleLoopMemory } from './sample-loops-code'

/** null: there is none; undefined: nobody has asked yet. */
let made: SampleLoopMemory | null | undefined

/** The loops for so many samples; null where there are none, or too few samples to be worth the calls. */
function loopsFor(length: number): SampleLoopMemory | null {
  if (length < leastSamples) return null
  if (made === undefined) {
    try {
      made = instantiateSampleLoops()
    } catch {
      made = null
    }
  }
  return made
}

const leastSamples = 256

/** Calls `body` for each block, with how many vectors it has; `x`, and `y` where it is given, are copied in before. */
function eachBlock(
  loops: SampleLoopMemory,
  x: Float32Array,
  y: Float32Array | null,
  body: (vectors: number, from: number, to: number) => void,
): void {
  for (let from = 0; from < x.length; from += blockSamples) {
    const to = Math.min(x.length, from + blockSamples)
    load(loops.x, x.subarray(from, to))
    if (y) load(loops.y, y.subarray(from, to))
    body(Math.ceil((to - from) / 4), from, to)
  }
}

/** What is left of the last vector becomes 0. */
function load(block: Float32Array, values: Float32Array): void {
  block.set(values)
  for (let n = values.length; n % 4 !== 0; n++) block[n] = 0
}

/** The same, and what `x` has become is copied to `out`. */
function changeBlocks(
  loops: SampleLoopMemory,
  [x, y]: [x: Float32Array, y: Float32Array | null],
  out: Float32Array,
  change: (vectors: number) => void,
): Float32Array {
  eachBlock(loops, x, y, (vectors, from, to) => {
    change(vectors)
    out.set(loops.x.subarray(0, to - from), from)
  })
  return out
}

/** `factor` · x, in a new array or in `out`, which may be x. */
export function scaleSamples(
  x: Float32Array,
  factor: number,
  out: Float32Array = new Float32Array(x.length),
): Float32Array {
  const loops = loopsFor(x.length)
  if (!loops) return plain.scaleSamples(x, factor, out)
  loops.constants[0] = factor
  return changeBlocks(loops, [x, null], out, loops.code.scale)
}

/** `own` · x + `other` · y, two of one length, in a new array or in `out`, which may be one of them. */
export function mixSamples(
  x: Float32Array,
  own: number,
  y: Float32Array,
  other: number,
  out: Float32Array = new Float32Array(x.length),
): Float32Array {
  const loops = loopsFor(x.length)
  if (!loops) return plain.mixSamples(x, own, y, other, out)
  loops.constants[0] = own
  loops.constants[1] = other
  return changeBlocks(loops, [x, y], out, loops.code.mix)
}

/** `factor` · (x + y), two of one length, in a new array or in `out`, which may be one of them. */
export function sumSamples(
  x: Float32Array,
  y: Float32Array,
  factor: number,
  out: Float32Array = new Float32Array(x.length),
): Float32Array {
  const loops = loopsFor(x.length)
  if (!loops) return plain.sumSamples(x, y, factor, out)
  loops.constants[0] = factor
  return changeBlocks(loops, [x, y], out, loops.code.sum)
}

/** −x, in a new array. */
export function negateSamples(x: Float32Array): Float32Array {
  const out: Float32Array = new Float32Array(x.length)
  const loops = loopsFor(x.length)
  if (!loops) return plain.negateSamples(x, out)
  return changeBlocks(loops, [x, null], out, loops.code.negate)
}

/** ⌊scale · x + ½⌋ / scale, from −1 to (scale − 1) / scale, in a new array. @param scale a power of two */
export function roundSamples(x: Float32Array, scale: number): Float32Array {
  const out: Float32Array = new Float32Array(x.length)
  const loops = loopsFor(x.length)
  if (!loops) return plain.roundSamples(x, scale, out)
  loops.constants.set([scale, -scale, scale - 1, 0.5])
  return changeBlocks(loops, [x, null], out, loops.code.quantize)
}

/** Adds a row of values to each row of a picture, in place. @param x whole rows */
export function addToRows(x: Float32Array, row: Float64Array): void {
  // As many rows as fill vectors.
  const columns = row.length % 4 === 0 ? row.length : row.length % 2 === 0 ? 2 * row.length : 4 * row.length
  const loops = columns <= mostColumns ? loopsFor(x.length) : null
  if (!loops) return plain.addToRows(x, row)
  for (let from = 0; from < columns; from += row.length) loops.columns.set(row, from)
  const rowsAtOnce = columns * Math.floor(blockSamples / columns)
  for (let from = 0; from < x.length; from += rowsAtOnce) {
    const part = x.subarray(from, from + rowsAtOnce)
    load(loops.x, part)
    loops.code.addColumns(Math.ceil(part.length / 4), 8 * columns)
    part.set(loops.x.subarray(0, part.length))
  }
}

/** Σ x², in four sums: of every fourth sample. */
export function sumSquares(x: Float32Array): number {
  const loops = loopsFor(x.length)
  if (!loops) return plain.sumSquares(x)
  loops.totals.fill(0)
  const whole = x.length - (x.length % 4)
  eachBlock(loops, x.subarray(0, whole), null, (vectors) => loops.code.addSquares(vectors))
  const [a, b, c, d] = loops.totals as unknown as [number, number, number, number]
  return plain.addSquaresOf(x, whole, [a, b, c, d])
}

/** The largest |x|; 0 of nothing. */
export function largestMagnitude(x: Float32Array): number {
  const loops = loopsFor(x.length)
  if (!loops) return plain.largestMagnitude(x)
  loops.totals.fill(0)
  eachBlock(loops, x, null, (vectors) => loops.code.findPeak(vectors))
  return Math.max(...new Float32Array(loops.totals.buffer, loops.totals.byteOffset, 4))
}

/** The largest |x + y|, two of one length. */
export function largestOfSum(x: Float32Array, y: Float32Array): number {
  const loops = loopsFor(x.length)
  if (!loops) return plain.largestOfSum(x, y)
  loops.totals.fill(0)
  eachBlock(loops, x, y, (vectors) => loops.code.findPeakOfSum(vectors))
  return Math.max(loops.totals[0]!, loops.totals[1]!)
}

/** Whether all samples are finite numbers. */
export function areFinite(x: Float32Array): boolean {
  const loops = loopsFor(x.length)
  if (!loops) return plain.areFinite(x)
  loops.totals.fill(0)
  eachBlock(loops, x, null, (vectors) => loops.code.findBad(vectors))
  return new Int32Array(loops.totals.buffer, loops.totals.byteOffset, 4).every((bits) => bits >= 0)
}
