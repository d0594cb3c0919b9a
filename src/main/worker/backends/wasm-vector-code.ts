/**
 * The inner loops of convolutions and matrix products as WebAssembly: tiles of some rows and eight columns whose sums
 * stay in vector registers, with fused multiply-add where the engine has relaxed SIMD.
 */
import { assembleModule, FunctionBody } from '../../../dsp/wasm-assembler'
import { poolFunctions, type PoolCode } from './wasm-pool-code'
import { rowFunctions, type RowCode } from './wasm-row-code'

/** Rows of a full tile: two accumulators a row, two vectors of b and one of a fill the registers of x86-64 (measured). */
export const tileRows = 6
/** Columns of a tile. */
export const tileColumns = 8

/** What the module offers; every argument is an address in bytes or a count. */
export interface VectorCode extends RowCode, PoolCode {
  /**
   * c[row, 0…7] = Σ over j < outer, k < inner of a[row, j, k] · b[j · inner + k, 0…7] for `rows` rows.
   *
   * @param a address that the rows' offsets are added to
   * @param aOffsets one offset in bytes (int32) for each row
   * @param outerStep bytes from a[row, j] to a[row, j + 1]
   * @param b one panel, eight columns wide, packed
   * @param cOffsets one offset in bytes (int32) for each row of c
   */
  multiply(
    a: number,
    aOffsets: number,
    inner: number,
    outer: number,
    outerStep: number,
    b: number,
    c: number,
    cOffsets: number,
    rows: number,
  ): void
  /**
   * c[row, 0…7] += Σ over k < depth of a[k, row] · b[k, 0…7] for `rows` rows.
   *
   * @param aOffsets one offset in bytes (int32) for each k
   * @param b one panel, eight columns wide, packed
   * @param cStep bytes from one row of c to the next
   */
  accumulate(a: number, aOffsets: number, depth: number, b: number, c: number, cStep: number, rows: number): void
  /** Copies eight columns of each row of x, `rowBytes` apart, into a panel. */
  pack(x: number, rowBytes: number, rows: number, panel: number): void
}

/** Tile sizes that a remainder is made of. */
const remainders = [4, 2, 1]

function multiplyTile(rows: number, isFused: boolean): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(8).fill('i32'))
  const [a, aOffsets, inner, outer, outerStep, b, c, cOffsets] = [0, 1, 2, 3, 4, 5, 6, 7]
  const pointers = Array.from({ length: rows }, () => f.local('i32'))
  const left = f.local('i32')
  const sums = Array.from({ length: 2 * rows }, () => f.local('v128'))
  const [low, high, splat] = [f.local('v128'), f.local('v128'), f.local('v128')]
  for (const sum of sums) f.zeroVector().set(sum)
  const step = (k: number): void => {
    f.get(b)
      .loadVector(32 * k)
      .set(low)
    f.get(b)
      .loadVector(32 * k + 16)
      .set(high)
    for (const [row, pointer] of pointers.entries()) {
      f.get(pointer)
        .loadSplat(4 * k)
        .set(splat)
      f.accumulate(sums[2 * row]!, splat, low, isFused).accumulate(sums[2 * row + 1]!, splat, high, isFused)
    }
  }
  const steps = (count: number): void => {
    f.while(
      () => f.get(left).constant(count).isAtLeast(),
      () => {
        for (let k = 0; k < count; k++) step(k)
        for (const pointer of pointers) f.advance(pointer, 4 * count)
        f.advance(b!, 32 * count).advance(left, -count)
      },
    )
  }
  f.while(
    () => f.get(outer!).constant(0).isAbove(),
    () => {
      for (const [row, pointer] of pointers.entries()) {
        f.get(aOffsets!)
          .loadInteger(4 * row)
          .get(a!)
          .add()
          .set(pointer)
      }
      f.get(inner!).set(left)
      steps(4)
      steps(1)
      f.get(a!).get(outerStep!).add().set(a!)
      f.advance(outer!, -1)
    },
  )
  for (let row = 0; row < rows; row++) {
    f.get(cOffsets!)
      .loadInteger(4 * row)
      .get(c!)
      .add()
      .set(left)
    f.get(left)
      .get(sums[2 * row]!)
      .storeVector()
    f.get(left)
      .get(sums[2 * row + 1]!)
      .storeVector(16)
  }
  return f
}

function multiplyRows(tiles: number[]): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(9).fill('i32'))
  const [aOffsets, cOffsets, rows] = [1, 7, 8]
  for (const [index, size] of tiles.entries()) {
    f.while(
      () => f.get(rows).constant(size).isAtLeast(),
      () => {
        for (let argument = 0; argument < 8; argument++) f.get(argument)
        f.call(index)
          .advance(aOffsets, 4 * size)
          .advance(cOffsets, 4 * size)
          .advance(rows, -size)
      },
    )
  }
  return f
}

function accumulateTile(rows: number, isFused: boolean): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(6).fill('i32'))
  const [a, aOffsets, depth, b, c, cStep] = [0, 1, 2, 3, 4, 5]
  const pointer = f.local('i32')
  const sums = Array.from({ length: 2 * rows }, () => f.local('v128'))
  const [low, high, splat] = [f.local('v128'), f.local('v128'), f.local('v128')]
  for (const sum of sums) f.zeroVector().set(sum)
  const step = (k: number): void => {
    f.get(aOffsets!)
      .loadInteger(4 * k)
      .get(a!)
      .add()
      .set(pointer)
    f.get(b!)
      .loadVector(32 * k)
      .set(low)
    f.get(b!)
      .loadVector(32 * k + 16)
      .set(high)
    for (let row = 0; row < rows; row++) {
      f.get(pointer)
        .loadSplat(4 * row)
        .set(splat)
      f.accumulate(sums[2 * row]!, splat, low, isFused).accumulate(sums[2 * row + 1]!, splat, high, isFused)
    }
  }
  for (const count of [4, 1]) {
    f.while(
      () => f.get(depth!).constant(count).isAtLeast(),
      () => {
        for (let k = 0; k < count; k++) step(k)
        f.advance(aOffsets!, 4 * count)
          .advance(b!, 32 * count)
          .advance(depth!, -count)
      },
    )
  }
  for (let row = 0; row < rows; row++) {
    f.get(c!)
      .get(c!)
      .loadVector()
      .get(sums[2 * row]!)
      .addVectors()
      .storeVector()
    f.get(c!)
      .get(c!)
      .loadVector(16)
      .get(sums[2 * row + 1]!)
      .addVectors()
      .storeVector(16)
    f.get(c!).get(cStep!).add().set(c!)
  }
  return f
}

function accumulateRows(tiles: number[], first: number): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(7).fill('i32'))
  const [a, c, cStep, rows] = [0, 4, 5, 6]
  for (const [index, size] of tiles.entries()) {
    f.while(
      () => f.get(rows).constant(size).isAtLeast(),
      () => {
        for (let argument = 0; argument < 6; argument++) f.get(argument)
        f.call(first + index)
          .advance(a, 4 * size)
          .advance(rows, -size)
        f.get(c).get(cStep).constant(size).multiply().add().set(c)
      },
    )
  }
  return f
}

function pack(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(4).fill('i32'))
  const [x, rowBytes, rows, panel] = [0, 1, 2, 3]
  f.while(
    () => f.get(rows!).constant(0).isAbove(),
    () => {
      f.get(panel!).get(x!).loadVector().storeVector()
      f.get(panel!).get(x!).loadVector(16).storeVector(16)
      f.get(x!).get(rowBytes!).add().set(x!)
      f.advance(panel!, 32).advance(rows!, -1)
    },
  )
  return f
}

function assemble(isFused: boolean, isShared: boolean): Uint8Array<ArrayBuffer> {
  const tiles = [tileRows, ...remainders]
  return assembleModule(
    [
      ...tiles.map((size): [string, FunctionBody] => [`multiply${size}`, multiplyTile(size, isFused)]),
      ...tiles.map((size): [string, FunctionBody] => [`accumulate${size}`, accumulateTile(size, isFused)]),
      ['multiply', multiplyRows(tiles)],
      ['accumulate', accumulateRows(tiles, tiles.length)],
      ['pack', pack()],
      ...rowFunctions(),
      ...poolFunctions(),
    ],
    isShared,
  )
}

/** Whether this engine has relaxed SIMD, and with it fused multiply-add. */
export function hasFusedMultiplyAdd(): boolean {
  return WebAssembly.validate(assemble(true, false))
}

/**
 * The module, on a memory that is shared between threads or not.
 *
 * @param isFused with fused multiply-add; by default where this engine has it
 */
export function compileVectorCode(isShared: boolean, isFused = hasFusedMultiplyAdd()): WebAssembly.Module {
  return new WebAssembly.Module(assemble(isFused, isShared))
}
