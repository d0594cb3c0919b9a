/**
 * The power spectra of two real frames at once as WebAssembly: the steps of RealFft (fft.ts, complex-fft.ts) in the same
 * order on vectors of two doubles, one lane a frame. No step is fused or rearranged, so that both give the same numbers
 * to the last bit (but for the sign of a zero).
 */
import { assembleModule, FunctionBody } from './wasm-assembler'

/** Every argument is an address in bytes or a count. A complex value is 32 bytes: two real parts, two imaginary ones. */
export interface PowerCode {
  /**
   * Takes 2 · 4 · quads samples of each frame times the window, even ones real and odd ones imaginary, in bit-reversed
   * order, through the first radix-4 stage, whose factors are all 1.
   * @param order of each complex value, where its two samples lie, in bytes
   * @param samplesA the first frame's, float32
   * @param window float64
   */
  loadByFour(order: number, samplesA: number, samplesB: number, window: number, z: number, quads: number): void
  /** The same through a radix-2 stage, where the length is an odd power of two. */
  loadByTwo(order: number, samplesA: number, samplesB: number, window: number, z: number, pairs: number): void
  /**
   * One radix-4 stage.
   * @param twiddles W², W, W³ as the stage reads them (float64)
   * @param quarterBytes 32 bytes for each butterfly of a block
   */
  stage(z: number, twiddles: number, quarterBytes: number, blocks: number): void
  /**
   * Sums the bins of each band times their weights, for both frames.
   * @param table of each band, where its first bin lies in a row of powers, in bytes, and its pairs of weights
   * @param weights float64, two at a time: a band of an odd number of bins ends with a weight of 0
   */
  sumBands(
    table: number,
    weights: number,
    powerA: number,
    powerB: number,
    bandsA: number,
    bandsB: number,
    count: number,
  ): void
  /** Unfolds `half` complex values into the power of half + 1 bins of each frame (float64). */
  finish(z: number, unfold: number, powerA: number, powerB: number, half: number): void
}

type Pair = [real: number, imaginary: number]

const pair = (f: FunctionBody): Pair => [f.local('v128'), f.local('v128')]

/** Leaves `target` = windowed samples of the value whose place in bytes is read from `order` + 4 · index. */
function loadSamples(f: FunctionBody, index: number, [re, im]: Pair, at: number): void {
  const [order, samplesA, samplesB, window] = [0, 1, 2, 3]
  f.get(order)
    .loadInteger(4 * index)
    .set(at)
  // [A even, A odd, B even, B odd]
  f.get(samplesB).get(at).add()
  f.get(samplesA).get(at).add().loadLow().loadHigh().setAndKeep(im).get(im).shuffle(0, 2, 0, 2).promoteLow()
  f.get(window).get(at).constant(1).shiftLeft().add().setAndKeep(at).loadDoubleSplat().multiplyDoubles().set(re)
  f.get(im).get(im).shuffle(1, 3, 1, 3).promoteLow()
  f.get(at).loadDoubleSplat(8).multiplyDoubles().set(im)
}

function sum(f: FunctionBody, x: number, y: number): FunctionBody {
  return f.get(x).get(y).addDoubles()
}
function difference(f: FunctionBody, x: number, y: number): FunctionBody {
  return f.get(x).get(y).subtractDoubles()
}

/** Writes the four outputs of a butterfly whose inputs (already turned) are in locals. */
function butterfly(f: FunctionBody, [a, b, c, d]: [Pair, Pair, Pair, Pair], places: number[], offsets: number[]): void {
  const [plus, minus, odd, turned] = [pair(f), pair(f), pair(f), pair(f)]
  for (const part of [0, 1] as const) {
    sum(f, a[part], b[part]).set(plus[part])
    difference(f, a[part], b[part]).set(minus[part])
    sum(f, c[part], d[part]).set(odd[part])
  }
  // (c − d) turned by −i
  difference(f, c[1], d[1]).set(turned[0])
  difference(f, d[0], c[0]).set(turned[1])
  for (const part of [0, 1] as const) {
    const store = (index: number): void => void f.storeVector(offsets[index]! + 16 * part)
    sum(f.get(places[0]!), plus[part], odd[part])
    store(0)
    sum(f.get(places[1]!), minus[part], turned[part])
    store(1)
    difference(f.get(places[2]!), plus[part], odd[part])
    store(2)
    difference(f.get(places[3]!), minus[part], turned[part])
    store(3)
  }
}

function loadByFour(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(6).fill('i32'))
  const [order, z, quads] = [0, 4, 5]
  const at = f.local('i32')
  const values: [Pair, Pair, Pair, Pair] = [pair(f), pair(f), pair(f), pair(f)]
  f.while(
    () => f.get(quads).constant(0).isAbove(),
    () => {
      for (const [index, value] of values.entries()) loadSamples(f, index, value, at)
      butterfly(f, values, [z, z, z, z], [0, 32, 64, 96])
      f.advance(order, 16).advance(z, 128).advance(quads, -1)
    },
  )
  return f
}

function loadByTwo(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(6).fill('i32'))
  const [order, z, pairs] = [0, 4, 5]
  const at = f.local('i32')
  const [a, b] = [pair(f), pair(f)]
  f.while(
    () => f.get(pairs).constant(0).isAbove(),
    () => {
      loadSamples(f, 0, a, at)
      loadSamples(f, 1, b, at)
      for (const part of [0, 1] as const) {
        sum(f.get(z), a[part], b[part]).storeVector(16 * part)
        difference(f.get(z), a[part], b[part]).storeVector(32 + 16 * part)
      }
      f.advance(order, 8).advance(z, 64).advance(pairs, -1)
    },
  )
  return f
}

/** Leaves `target` = the value at `place` times the twiddle at `twiddle` + offset. */
function loadTurned(f: FunctionBody, place: number, twiddle: number, offset: number, [re, im]: Pair, raw: Pair): void {
  const [cos, sin] = [f.local('v128'), f.local('v128')]
  f.get(place).loadVector().set(raw[0])
  f.get(place).loadVector(16).set(raw[1])
  f.get(twiddle).loadDoubleSplat(offset).set(cos)
  f.get(twiddle)
    .loadDoubleSplat(offset + 8)
    .set(sin)
  f.get(raw[0]).get(cos).multiplyDoubles().get(raw[1]).get(sin).multiplyDoubles().subtractDoubles().set(re)
  f.get(raw[0]).get(sin).multiplyDoubles().get(raw[1]).get(cos).multiplyDoubles().addDoubles().set(im)
}

function stage(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(4).fill('i32'))
  const [z, twiddles, quarterBytes, blocks] = [0, 1, 2, 3]
  const [b, c, d, twiddle, left] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  const values: [Pair, Pair, Pair, Pair] = [pair(f), pair(f), pair(f), pair(f)]
  const raw = pair(f)
  f.while(
    () => f.get(blocks).constant(0).isAbove(),
    () => {
      f.get(z).get(quarterBytes).add().setAndKeep(b)
      f.get(quarterBytes).add().setAndKeep(c).get(quarterBytes).add().set(d)
      f.get(twiddles).set(twiddle).get(quarterBytes).set(left)
      f.while(
        () => f.get(left).constant(0).isAbove(),
        () => {
          f.get(z).loadVector().set(values[0][0])
          f.get(z).loadVector(16).set(values[0][1])
          loadTurned(f, c, twiddle, 0, values[2], raw)
          loadTurned(f, b, twiddle, 16, values[1], raw)
          loadTurned(f, d, twiddle, 32, values[3], raw)
          butterfly(f, values, [z, b, c, d], [0, 0, 0, 0])
          f.advance(z, 32).advance(b, 32).advance(c, 32).advance(d, 32).advance(twiddle, 48).advance(left, -32)
        },
      )
      f.get(d).set(z).advance(blocks, -1)
    },
  )
  return f
}

function finish(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(5).fill('i32'))
  const [z, unfold, powerA, powerB, half] = [0, 1, 2, 3, 4]
  const [mirror, endA, endB] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const [low, high, even, odd, turned, value] = [pair(f), pair(f), pair(f), pair(f), pair(f), pair(f)]
  const [cos, sin, power, halved] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
  const storePower = (a: number, b: number): void => {
    f.get(value[0]).get(value[0]).multiplyDoubles().get(value[1]).get(value[1]).multiplyDoubles().addDoubles()
    f.set(power)
    f.get(a).get(power).storeHalf(0).get(b).get(power).storeHalf(1)
  }
  const bytes = (local: number, shift: number): FunctionBody => f.get(local).constant(shift).shiftLeft()
  f.splatDouble(0.5).set(halved)
  f.get(z)
  bytes(half, 5).add().set(mirror)
  f.get(powerA)
  bytes(half, 3).add().set(endA)
  f.get(powerB)
  bytes(half, 3).add().set(endB)
  f.get(z).loadVector().set(low[0])
  f.get(z).loadVector(16).set(low[1])
  sum(f, low[0], low[1]).set(value[0])
  f.zeroVector().set(value[1])
  storePower(powerA, powerB)
  difference(f, low[0], low[1]).set(value[0])
  storePower(endA, endB)
  const step = (by: 1 | -1): void => {
    f.advance(z, 32 * by).advance(unfold, 16 * by)
    f.advance(powerA, 8 * by).advance(powerB, 8 * by)
    f.advance(mirror, -32 * by)
    f.advance(endA, -8 * by).advance(endB, -8 * by)
  }
  step(1)
  f.while(
    () => f.get(mirror).get(z).isAtLeast(),
    () => {
      for (const part of [0, 1] as const) {
        f.get(z)
          .loadVector(16 * part)
          .set(low[part])
        f.get(mirror)
          .loadVector(16 * part)
          .set(high[part])
      }
      f.get(halved)
      sum(f, low[0], high[0]).multiplyDoubles().set(even[0])
      f.get(halved)
      difference(f, low[1], high[1]).multiplyDoubles().set(even[1])
      f.get(halved)
      sum(f, low[1], high[1]).multiplyDoubles().set(odd[0])
      f.get(halved)
      difference(f, high[0], low[0]).multiplyDoubles().set(odd[1])
      f.get(unfold).loadDoubleSplat().set(cos).get(unfold).loadDoubleSplat(8).set(sin)
      f.get(odd[0]).get(cos).multiplyDoubles().get(odd[1]).get(sin).multiplyDoubles().subtractDoubles()
      f.set(turned[0])
      f.get(odd[0]).get(sin).multiplyDoubles().get(odd[1]).get(cos).multiplyDoubles().addDoubles()
      f.set(turned[1])
      sum(f, even[0], turned[0]).set(value[0])
      sum(f, even[1], turned[1]).set(value[1])
      storePower(powerA, powerB)
      difference(f, even[0], turned[0]).set(value[0])
      difference(f, turned[1], even[1]).set(value[1])
      storePower(endA, endB)
      step(1)
    },
  )
  return f
}

function sumBands(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(7).fill('i32'))
  const [table, weights, powerA, powerB, bandsA, bandsB, count] = [0, 1, 2, 3, 4, 5, 6]
  const [placeA, placeB, left] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const [weight, sumA, sumB] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const storeSum = (total: number, place: number): void => {
    f.get(place).get(total).get(total).get(total).shuffle(2, 3, 0, 1).addDoubles().storeHalf(0)
  }
  f.while(
    () => f.get(count).constant(0).isAbove(),
    () => {
      f.get(table).loadInteger().get(powerA).add().set(placeA)
      f.get(table).loadInteger().get(powerB).add().set(placeB)
      f.get(table).loadInteger(4).set(left)
      f.zeroVector().set(sumA).zeroVector().set(sumB)
      f.while(
        () => f.get(left).constant(0).isAbove(),
        () => {
          f.get(weights).loadVector().set(weight)
          f.get(weight).get(placeA).loadVector().multiplyDoubles().get(sumA).addDoubles().set(sumA)
          f.get(weight).get(placeB).loadVector().multiplyDoubles().get(sumB).addDoubles().set(sumB)
          f.advance(weights, 16).advance(placeA, 16).advance(placeB, 16).advance(left, -1)
        },
      )
      storeSum(sumA, bandsA)
      storeSum(sumB, bandsB)
      f.advance(table, 8).advance(bandsA, 8).advance(bandsB, 8).advance(count, -1)
    },
  )
  return f
}

let compiled: WebAssembly.Module | null = null

/**
 * The functions over a memory; compiled once.
 * @throws where the engine has no vectors, or a content security policy forbids WebAssembly
 */
export function instantiatePowerCode(memory: WebAssembly.Memory): PowerCode {
  compiled ??= new WebAssembly.Module(
    assembleModule(
      [
        ['loadByFour', loadByFour()],
        ['loadByTwo', loadByTwo()],
        ['stage', stage()],
        ['finish', finish()],
        ['sumBands', sumBands()],
      ],
      false,
    ),
  )
  return new WebAssembly.Instance(compiled, { host: { memory } }).exports as unknown as PowerCode
}
