/**
 * Decibels of the bands of four real frames at once as WebAssembly, in single precision: the transform of
 * power-kernel-code.ts on vectors of four floats, one lane a frame, then bands and logarithms. What rounding does to
 * quiet bands is decibel-kernel.ts's business.
 */
import { assembleModule, FunctionBody } from './wasm-assembler'

/** Every argument is an address in bytes or a count. A complex value is 32 bytes: four real parts, four imaginary ones. */
export interface DecibelCode {
  /**
   * Takes the samples of four frames times the window, even ones real and odd ones imaginary, in bit-reversed order,
   * through the first radix-4 stage, whose factors are all 1.
   * @param order of each complex value, where its two samples lie, in bytes
   * @param samples the first frame's
   * @param hopBytes from a frame's first sample to the next one's
   */
  loadByFour(order: number, samples: number, hopBytes: number, window: number, z: number, quads: number): void
  /** The same through a radix-2 stage, where the length is an odd power of two. */
  loadByTwo(order: number, samples: number, hopBytes: number, window: number, z: number, pairs: number): void
  /**
   * One radix-4 stage.
   * @param twiddles W², W, W³ as the stage reads them
   * @param quarterBytes 32 bytes for each butterfly of a block
   */
  stage(z: number, twiddles: number, quarterBytes: number, blocks: number): void
  /**
   * Unfolds `half` complex values, of half the windowed samples, into the power of half + 1 bins, four frames side by
   * side, and writes the sum of each frame's bins to `energy`.
   */
  finish(z: number, unfold: number, power: number, half: number, energy: number): void
  /**
   * Sums the bins of each band times their weights, four frames side by side.
   * @param table of each band, where its first bin lies in `power`, in bytes, and its pairs of weights
   */
  sumBands(table: number, weights: number, power: number, bands: number, count: number): void
  /** Writes four frames that lie side by side as rows, four bands at a time. */
  turn(bands: number, rows: number, rowBytes: number, quads: number): void
  /**
   * max(10·log10(max(v, least)) + add, floor) of every value, in place.
   * @param limits least, add and floor
   */
  takeDecibels(values: number, limits: number, vectors: number): void
}

type Pair = [real: number, imaginary: number]

const pair = (f: FunctionBody): Pair => [f.local('v128'), f.local('v128')]
const parts = [0, 1] as const

function sum(f: FunctionBody, x: number, y: number): FunctionBody {
  return f.get(x).get(y).addVectors()
}
function difference(f: FunctionBody, x: number, y: number): FunctionBody {
  return f.get(x).get(y).subtractVectors()
}
function product(f: FunctionBody, x: number, y: number): FunctionBody {
  return f.get(x).get(y).multiplyVectors()
}

/** The places of a sample in the four frames: `samples` and three locals, one hop after the other. */
function framePlaces(f: FunctionBody, samples: number, hopBytes: number): [number, number, number, number] {
  const places: [number, number, number, number] = [samples, f.local('i32'), f.local('i32'), f.local('i32')]
  for (const frame of [1, 2, 3] as const)
    f.get(places[frame - 1]!)
      .get(hopBytes)
      .add()
      .set(places[frame])
  return places
}

/** Leaves `target` = windowed samples of the value whose place in bytes is read from `order` + 4 · index. */
function loadSamples(
  f: FunctionBody,
  index: number,
  [re, im]: Pair,
  [at, frames, window]: [at: number, frames: number[], window: number],
): void {
  const [a, b, c, d] = frames as [number, number, number, number]
  f.get(0)
    .loadInteger(4 * index)
    .set(at)
  const place = (frame: number): FunctionBody => f.get(frame).get(at).add()
  // [A even, A odd, B even, B odd], then those of C and D
  place(b)
  place(a).loadLow().loadHigh().set(re)
  place(d)
  place(c).loadLow().loadHigh().set(im)
  f.get(re).get(im).shuffle(0, 2, 4, 6)
  f.get(re).get(im).shuffle(1, 3, 5, 7)
  place(window).loadSplat(4).multiplyVectors().set(im)
  place(window).loadSplat().multiplyVectors().set(re)
}

/** Writes the four outputs of a butterfly whose inputs (already turned) are in locals. */
function butterfly(f: FunctionBody, [a, b, c, d]: [Pair, Pair, Pair, Pair], places: number[], offsets: number[]): void {
  const [plus, minus, odd, turned] = [pair(f), pair(f), pair(f), pair(f)]
  for (const part of parts) {
    sum(f, a[part], b[part]).set(plus[part])
    difference(f, a[part], b[part]).set(minus[part])
    sum(f, c[part], d[part]).set(odd[part])
  }
  // (c − d) turned by −i
  difference(f, c[1], d[1]).set(turned[0])
  difference(f, d[0], c[0]).set(turned[1])
  for (const part of parts) {
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
  const [order, samples, hopBytes, window, z, quads] = [0, 1, 2, 3, 4, 5]
  const at = f.local('i32')
  const frames = framePlaces(f, samples, hopBytes)
  const values: [Pair, Pair, Pair, Pair] = [pair(f), pair(f), pair(f), pair(f)]
  f.while(
    () => f.get(quads).constant(0).isAbove(),
    () => {
      for (const [index, value] of values.entries()) loadSamples(f, index, value, [at, frames, window])
      butterfly(f, values, [z, z, z, z], [0, 32, 64, 96])
      f.advance(order, 16).advance(z, 128).advance(quads, -1)
    },
  )
  return f
}

function loadByTwo(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(6).fill('i32'))
  const [order, samples, hopBytes, window, z, pairs] = [0, 1, 2, 3, 4, 5]
  const at = f.local('i32')
  const frames = framePlaces(f, samples, hopBytes)
  const [a, b] = [pair(f), pair(f)]
  f.while(
    () => f.get(pairs).constant(0).isAbove(),
    () => {
      loadSamples(f, 0, a, [at, frames, window])
      loadSamples(f, 1, b, [at, frames, window])
      for (const part of parts) {
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
  f.get(twiddle).loadSplat(offset).set(cos)
  f.get(twiddle)
    .loadSplat(offset + 4)
    .set(sin)
  product(f, raw[0], cos)
  product(f, raw[1], sin).subtractVectors().set(re)
  product(f, raw[0], sin)
  product(f, raw[1], cos).addVectors().set(im)
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
          loadTurned(f, b, twiddle, 8, values[1], raw)
          loadTurned(f, d, twiddle, 16, values[3], raw)
          butterfly(f, values, [z, b, c, d], [0, 0, 0, 0])
          f.advance(z, 32).advance(b, 32).advance(c, 32).advance(d, 32).advance(twiddle, 24).advance(left, -32)
        },
      )
      f.get(d).set(z).advance(blocks, -1)
    },
  )
  return f
}

function finish(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(5).fill('i32'))
  const [z, unfold, power, half, energy] = [0, 1, 2, 3, 4]
  const [mirror, end] = [f.local('i32'), f.local('i32')]
  const [low, high, even, odd, turned, value] = [pair(f), pair(f), pair(f), pair(f), pair(f), pair(f)]
  const [cos, sin, one, total] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
  const storePower = (place: number): void => {
    product(f, value[0], value[0])
    product(f, value[1], value[1]).addVectors().set(one)
    f.get(place).get(one).storeVector()
    sum(f, total, one).set(total)
  }
  /** The constant and the highest bin are real; the values are of half the samples. */
  const storeEnd = (place: number): void => {
    sum(f, value[0], value[0]).set(value[0])
    storePower(place)
  }
  const step = (): void => {
    f.advance(z, 32).advance(unfold, 8).advance(power, 16)
    f.advance(mirror, -32).advance(end, -16)
  }
  f.get(z).get(half).constant(5).shiftLeft().add().set(mirror)
  f.get(power).get(half).constant(4).shiftLeft().add().set(end)
  f.get(z).loadVector().set(low[0])
  f.get(z).loadVector(16).set(low[1])
  f.zeroVector().set(value[1]).zeroVector().set(total)
  sum(f, low[0], low[1]).set(value[0])
  storeEnd(power)
  difference(f, low[0], low[1]).set(value[0])
  storeEnd(end)
  step()
  f.while(
    () => f.get(mirror).get(z).isAtLeast(),
    () => {
      for (const part of parts) {
        f.get(z)
          .loadVector(16 * part)
          .set(low[part])
        f.get(mirror)
          .loadVector(16 * part)
          .set(high[part])
      }
      sum(f, low[0], high[0]).set(even[0])
      difference(f, low[1], high[1]).set(even[1])
      sum(f, low[1], high[1]).set(odd[0])
      difference(f, high[0], low[0]).set(odd[1])
      f.get(unfold).loadSplat().set(cos).get(unfold).loadSplat(4).set(sin)
      product(f, odd[0], cos)
      product(f, odd[1], sin).subtractVectors().set(turned[0])
      product(f, odd[0], sin)
      product(f, odd[1], cos).addVectors().set(turned[1])
      for (const part of parts) sum(f, even[part], turned[part]).set(value[part])
      storePower(power)
      difference(f, even[0], turned[0]).set(value[0])
      difference(f, turned[1], even[1]).set(value[1])
      storePower(end)
      step()
    },
  )
  f.get(energy).get(total).storeVector()
  return f
}

function sumBands(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(5).fill('i32'))
  const [table, weights, power, bands, count] = [0, 1, 2, 3, 4]
  const [place, left] = [f.local('i32'), f.local('i32')]
  const [first, second] = [f.local('v128'), f.local('v128')]
  const add = (total: number, weight: number, bin: number): void => {
    f.get(weights).loadSplat(weight).get(place).loadVector(bin).multiplyVectors().get(total).addVectors().set(total)
  }
  f.while(
    () => f.get(count).constant(0).isAbove(),
    () => {
      f.get(table).loadInteger().get(power).add().set(place)
      f.get(table).loadInteger(4).set(left)
      f.zeroVector().set(first).zeroVector().set(second)
      f.while(
        () => f.get(left).constant(0).isAbove(),
        () => {
          add(first, 0, 0)
          add(second, 4, 16)
          f.advance(weights, 8).advance(place, 32).advance(left, -1)
        },
      )
      sum(f.get(bands), first, second).storeVector()
      f.advance(table, 8).advance(bands, 16).advance(count, -1)
    },
  )
  return f
}

function turn(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(4).fill('i32'))
  const [bands, rows, rowBytes, quads] = [0, 1, 2, 3]
  const places = framePlaces(f, rows, rowBytes)
  const loaded = [0, 1, 2, 3].map(() => f.local('v128'))
  const halves = [0, 1, 2, 3].map(() => f.local('v128'))
  f.while(
    () => f.get(quads).constant(0).isAbove(),
    () => {
      loaded.forEach((value, band) =>
        f
          .get(bands)
          .loadVector(16 * band)
          .set(value),
      )
      for (const [index, [upper, lower]] of (
        [
          [0, 1],
          [2, 3],
        ] as const
      ).entries()) {
        f.get(loaded[upper]!).get(loaded[lower]!).shuffle(0, 4, 1, 5).set(halves[index]!)
        f.get(loaded[upper]!)
          .get(loaded[lower]!)
          .shuffle(2, 6, 3, 7)
          .set(halves[index + 2]!)
      }
      for (const [frame, place] of places.entries()) {
        const from = frame < 2 ? 0 : 2
        f.get(place)
          .get(halves[from]!)
          .get(halves[from + 1]!)
        if (frame % 2 === 0) f.shuffle(0, 1, 4, 5)
        else f.shuffle(2, 3, 6, 7)
        f.storeVector()
      }
      for (const place of places) f.advance(place, 16)
      f.advance(bands, 64).advance(quads, -1)
    },
  )
  return f
}

/** ln(1 + r) − r + r²/2 over r³ for −0.293 < r < 0.414, within the last place of a float (logf of Moshier's Cephes library). */
const logarithmSeries = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]

function takeDecibels(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(3).fill('i32'))
  const [values, limits, vectors] = [0, 1, 2]
  const [least, add, floor] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const [bits, exponent, rest, square, series] = [0, 1, 2, 3, 4].map(() => f.local('v128')) as [
    number,
    number,
    number,
    number,
    number,
  ]
  for (const [index, limit] of [least, add, floor].entries())
    f.get(limits)
      .loadSplat(4 * index)
      .set(limit)
  f.while(
    () => f.get(vectors).constant(0).isAbove(),
    () => {
      f.get(values).loadVector().get(least).maximum().setAndKeep(bits)
      // Counted from √½, so that the mantissa lies around 1.
      f.splatConstant(Math.SQRT1_2).subtractIntegers().constant(23).shiftRightSigned().setAndKeep(exponent)
      f.constant(23).shiftLeftIntegers().set(rest)
      f.get(bits).get(rest).subtractIntegers().splatConstant(1).subtractVectors().set(rest)
      product(f, rest, rest).set(square)
      f.splatConstant(logarithmSeries[0]!).set(series)
      for (const factor of logarithmSeries.slice(1))
        product(f, series, rest).splatConstant(factor).addVectors().set(series)
      // r³ · series − r²/2 + r
      product(f, series, rest).splatConstant(0.5).subtractVectors().get(square).multiplyVectors()
      f.get(rest)
        .addVectors()
        .splatConstant(10 / Math.LN10)
        .multiplyVectors()
      f.get(exponent)
        .toFloats()
        .splatConstant(10 * Math.log10(2))
        .multiplyVectors()
        .addVectors()
      f.get(add).addVectors().get(floor).maximum().set(series)
      f.get(values).get(series).storeVector()
      f.advance(values, 16).advance(vectors, -1)
    },
  )
  return f
}

let compiled: WebAssembly.Module | null = null

/**
 * The functions over a memory; compiled once.
 * @throws where the engine has no vectors, or a content security policy forbids WebAssembly
 */
export function instantiateDecibelCode(memory: WebAssembly.Memory): DecibelCode {
  compiled ??= new WebAssembly.Module(
    assembleModule(
      [
        ['loadByFour', loadByFour()],
        ['loadByTwo', loadByTwo()],
        ['stage', stage()],
        ['finish', finish()],
        ['sumBands', sumBands()],
        ['turn', turn()],
        ['takeDecibels', takeDecibels()],
      ],
      false,
    ),
  )
  return new WebAssembly.Instance(compiled, { host: { memory } }).exports as unknown as DecibelCode
}
