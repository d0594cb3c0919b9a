/**
 * Loops over samples as WebAssembly, four samples at a time. Sums and products are of doubles, rounded once to a float, as in
 * JavaScript: the same numbers to the last bit.
 */
import { assembleModule, FunctionBody } from './wasm-assembler'

/** So many samples lie in the memory at once: of both blocks they stay in the processor's cache. */
export const blockSamples = 8192
/** Of a row of addColumns, at most. */
export const mostColumns = 4096

/** Where the code expects what, in bytes. */
const constantsAt = 0
const totalsAt = 32
const xAt = 64
const yAt = xAt + 4 * blockSamples
const columnsAt = yAt + 4 * blockSamples
const endAt = columnsAt + 8 * mostColumns

/** Each goes over the first so many vectors of four samples, 1 or more, of the blocks x and y. */
export interface SampleLoopCode {
  /** x = c0 · x */
  scale(vectors: number): void
  /** x = c0 · x + c1 · y */
  mix(vectors: number): void
  /** x = c0 · (x + y) */
  sum(vectors: number): void
  /** x = −x */
  negate(vectors: number): void
  /** x = min(c2, max(c1, ⌊c0 · x + ½⌋)) / c0 */
  quantize(vectors: number): void
  /** x = x + columns, which begin anew after so many bytes: a multiple of 32 */
  addColumns(vectors: number, columnBytes: number): void
  /** totals = totals + x², in four doubles */
  addSquares(vectors: number): void
  /** Of the totals the first four floats: the larger of each and |x| */
  findPeak(vectors: number): void
  /** Of the totals the first two doubles: the larger of each and |x + y| */
  findPeakOfSum(vectors: number): void
  /** Of the totals the first four whole numbers: below 0 where a sample was no number or infinite */
  findBad(vectors: number): void
}

/** The memory of the loops, by its parts. */
export interface SampleLoopMemory {
  code: SampleLoopCode
  constants: Float64Array
  totals: Float64Array
  x: Float32Array
  y: Float32Array
  columns: Float64Array
}

/** @throws where the engine has no vectors, or a content security policy forbids WebAssembly */
export function instantiateSampleLoops(): SampleLoopMemory {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(endAt / 65_536) })
  const module = new WebAssembly.Module(assembleModule(loopFunctions(), false))
  const { buffer } = memory
  return {
    code: new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as SampleLoopCode,
    constants: new Float64Array(buffer, constantsAt, 4),
    totals: new Float64Array(buffer, totalsAt, 4),
    x: new Float32Array(buffer, xAt, blockSamples),
    y: new Float32Array(buffer, yAt, blockSamples),
    columns: new Float64Array(buffer, columnsAt, mostColumns),
  }
}

function loopFunctions(): [keyof SampleLoopCode, FunctionBody][] {
  return [
    ['scale', changing(1, (load, [factor]) => load(xAt).get(factor!).multiplyDoubles())],
    [
      'mix',
      changing(2, (load, [own, other]) => {
        load(xAt).get(own!).multiplyDoubles()
        load(yAt).get(other!).multiplyDoubles().addDoubles()
      }),
    ],
    [
      'sum',
      changing(1, (load, [factor]) => {
        load(xAt)
        load(yAt).addDoubles().get(factor!).multiplyDoubles()
      }),
    ],
    [
      'quantize',
      changing(4, (load, [scale, low, high, half]) => {
        const f = load(xAt).get(scale!).multiplyDoubles().get(half!).addDoubles().floorDoubles()
        f.get(low!).greaterDoubles().get(high!).lesserDoubles().get(scale!).divideDoubles()
      }),
    ],
    ['negate', negateFunction()],
    ['addColumns', addColumnsFunction()],
    ['addSquares', addSquaresFunction()],
    ['findPeak', findPeakFunction()],
    ['findPeakOfSum', findPeakOfSumFunction()],
    ['findBad', findBadFunction()],
  ]
}

/** Repeats a body for every vector. @param body is told the local with the vector's place, in bytes from the first */
function eachVector(f: FunctionBody, body: (place: number) => void): FunctionBody {
  const vectors = 0
  const [place, end] = [f.local('i32'), f.local('i32')]
  f.get(vectors).constant(4).shiftLeft().set(end)
  return f.repeat(() => {
    body(place)
    f.advance(place, 16).get(place).get(end).isBelow()
  })
}

/** Pushes two neighbours of a block as doubles. */
type Load = (block: number) => FunctionBody

/** x is replaced by what `write` pushes of each two neighbours. @param count of constants, which it gets as locals */
function changing(count: number, write: (load: Load, constants: number[]) => unknown): FunctionBody {
  const f = new FunctionBody(['i32'])
  const constants = Array.from({ length: count }, () => f.local('v128'))
  for (const [index, local] of constants.entries())
    f.constant(0)
      .loadDoubleSplat(constantsAt + 8 * index)
      .set(local)
  return eachVector(f, (place) => {
    f.get(place)
    for (const half of [0, 8]) {
      write(
        (block) =>
          f
            .get(place)
            .loadHalf(block + half)
            .promoteLow(),
        constants,
      )
      f.demote()
    }
    f.shuffle(0, 1, 4, 5).storeVector(xAt)
  })
}

function negateFunction(): FunctionBody {
  const f = new FunctionBody(['i32'])
  return eachVector(f, (place) => {
    f.get(place)
      .get(place)
      .loadVector(xAt)
      .splatInteger(-(2 ** 31))
      .exclusiveOr()
      .storeVector(xAt)
  })
}

function addColumnsFunction(): FunctionBody {
  const f = new FunctionBody(['i32', 'i32'])
  const columnBytes = 1
  const column = f.local('i32')
  return eachVector(f, (place) => {
    f.get(place)
    for (const half of [0, 1]) {
      f.get(place)
        .loadHalf(xAt + 8 * half)
        .promoteLow()
      f.get(column)
        .loadVector(columnsAt + 16 * half)
        .addDoubles()
        .demote()
    }
    f.shuffle(0, 1, 4, 5).storeVector(xAt)
    // To 0 at the end of a row: times whether there is more of it.
    f.advance(column, 32).get(column).get(column).get(columnBytes).isBelow().multiply().set(column)
  })
}

function addSquaresFunction(): FunctionBody {
  const f = new FunctionBody(['i32'])
  const totals = [f.local('v128'), f.local('v128')]
  const value = f.local('v128')
  for (const [index, total] of totals.entries())
    f.constant(0)
      .loadVector(totalsAt + 16 * index)
      .set(total)
  eachVector(f, (place) => {
    for (const [half, total] of totals.entries()) {
      f.get(place)
        .loadHalf(xAt + 8 * half)
        .promoteLow()
        .setAndKeep(value)
      f.get(value).multiplyDoubles().get(total).addDoubles().set(total)
    }
  })
  for (const [index, total] of totals.entries())
    f.constant(0)
      .get(total)
      .storeVector(totalsAt + 16 * index)
  return f
}

/** One vector of totals that each vector is added to, somehow: `write` pushes it anew, from the local. */
function gathering(write: (f: FunctionBody, place: number, total: number) => unknown): FunctionBody {
  const f = new FunctionBody(['i32'])
  const total = f.local('v128')
  f.constant(0).loadVector(totalsAt).set(total)
  eachVector(f, (place) => {
    write(f, place, total)
    f.set(total)
  })
  return f.constant(0).get(total).storeVector(totalsAt)
}

function findPeakFunction(): FunctionBody {
  return gathering((f, place, total) => f.get(total).get(place).loadVector(xAt).absolute().greater())
}

function findPeakOfSumFunction(): FunctionBody {
  return gathering((f, place, total) => {
    f.get(total)
    for (const half of [0, 8]) {
      for (const block of [xAt, yAt])
        f.get(place)
          .loadHalf(block + half)
          .promoteLow()
      f.addDoubles().absoluteDoubles().greaterDoubles()
    }
  })
}

/** The exponent's bits are all set in such samples only; one more then reaches the sign. */
function findBadFunction(): FunctionBody {
  return gathering((f, place, total) => {
    f.get(place).loadVector(xAt).splatInteger(0x7f800000).and().splatInteger(0x00800000).addIntegers()
    f.get(total).or()
  })
}
