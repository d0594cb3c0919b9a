/**
 * The power spectrum of a real frame as a function of WebAssembly: the steps of RealFft (fft.ts,
 * complex-fft.ts) on vectors of neighbouring values, of two doubles or four floats. No step is fused and no sum has
 * another order, so that doubles give RealFft's numbers to the last bit (but for the sign of a zero).
 *
 * Stockham's order (Cochran et al. 1967): stage by stage from one array into another, so that the samples are read and the
 * bins written in ascending order and nothing is ever permuted. Complex values lie in groups of as many as a vector has
 * lanes, real parts before imaginary ones: 32 bytes in either precision.
 */
import type { Four, Pair, VectorLanes } from './vector-lanes'
import { FunctionBody } from './wasm-assembler'

/** Where the code expects what, in bytes. */
export interface SpectrumLayout {
  /** Half of each weight, in groups: of even samples, of odd ones. */
  window: number
  /** W, W², W³ of each butterfly of the stages between the first and the last; of the last one in vectors. */
  twiddles: number
  /** e^(−2πik/size), in groups. */
  unfold: number
  z: readonly [number, number]
  /** One value a bin; as many as bands reach for follow, all zero. */
  power: number
}

export function layOut(half: number, { count: lanes, bytes }: VectorLanes): SpectrumLayout {
  const window = 0
  const twiddles = window + 2 * half * bytes
  const unfold = twiddles + 2 * half * bytes
  const first = unfold + (half + 2 * lanes) * bytes
  const second = first + 2 * (half + lanes) * bytes
  return { window, twiddles, unfold, z: [first, second], power: second + 2 * (half + lanes) * bytes }
}

/**
 * Takes `size` samples (float32) times the window into the power of each bin: (samples, energy). In single precision, writes to
 * `energy` the sum of all powers (some in the middle twice).
 *
 * @param half of the size: a power of two, 16 or more
 */
export function transformFunction(half: number, lanes: VectorLanes): FunctionBody {
  return new TransformWriter(half, lanes).write()
}

class TransformWriter {
  readonly #lanes: VectorLanes
  readonly #isSingle: boolean
  /** Of one complex value. */
  readonly #bytes: number
  readonly #layout: SpectrumLayout

  constructor(
    readonly half: number,
    lanes: VectorLanes,
  ) {
    this.#lanes = lanes
    this.#isSingle = lanes.precision === 'single'
    this.#bytes = 2 * lanes.bytes
    this.#layout = layOut(half, lanes)
  }

  write(): FunctionBody {
    const f = new FunctionBody(['i32', 'i32'])
    const { half } = this
    const isEven = Math.log2(half) % 2 === 0
    let [from, to] = this.#layout.z
    this.#loadSamples(f, from, isEven ? 4 : 2)
    let twiddles = this.#layout.twiddles
    let length = isEven ? 4 : 2
    for (; 4 * length < half; length *= 4) {
      this.#stage(f, from, to, twiddles, length)
      twiddles += 3 * length * this.#bytes
      ;[from, to] = [to, from]
    }
    this.#lastStage(f, from, to, twiddles)
    this.#unfold(f, to)
    return f
  }

  /** Windowed samples, even ones real and odd ones imaginary, through a first stage of two or four, whose factors are all 1. */
  #loadSamples(f: FunctionBody, to: number, radix: 2 | 4): void {
    const samples = 0
    const place = f.local('i32')
    const part = this.half / radix
    const values = Array.from({ length: radix }, () => this.#lanes.pair(f)) as Four<Pair>
    f.constant(0).set(place)
    f.repeat(() => {
      for (const [index, value] of values.entries()) {
        this.#loadDeinterleaved(f, samples, 8 * index * part, value)
        for (const [half, target] of value.entries()) {
          f.get(place).loadVector(this.#layout.window + index * part * this.#bytes + 16 * half)
          f.get(target)
          this.#lanes.multiply(f).set(target)
        }
      }
      const places = values.map((_, index) => to + index * part * this.#bytes)
      if (radix === 4) this.#butterfly(f, [values[0], values[2], values[1], values[3]], place, places)
      else this.#pairOf(f, values[0], values[1], place, places)
      f.advance(samples, 8 * this.#lanes.count).advance(place, 32)
      f.get(place)
        .constant(part * this.#bytes)
        .isBelow()
    })
  }

  /** Neighbouring samples as even and odd ones. */
  #loadDeinterleaved(f: FunctionBody, samples: number, offset: number, [even, odd]: Pair): void {
    f.get(samples).loadVector(offset).set(even)
    if (this.#isSingle) {
      f.get(samples)
        .loadVector(offset + 16)
        .set(odd)
      const low = f.local('v128')
      f.get(even).set(low)
      f.get(low).get(odd).shuffle(0, 2, 4, 6).set(even)
      f.get(low).get(odd).shuffle(1, 3, 5, 7).set(odd)
    } else {
      f.get(even).get(even).shuffle(1, 3, 1, 3).promoteLow().set(odd)
      f.get(even).get(even).shuffle(0, 2, 0, 2).promoteLow().set(even)
    }
  }

  /** A butterfly of two. */
  #pairOf(f: FunctionBody, a: Pair, b: Pair, place: number, offsets: number[]): void {
    for (const part of [0, 1] as const) {
      f.get(place)
      this.#lanes.sum(f, a[part], b[part]).storeVector(offsets[0]! + 16 * part)
      f.get(place)
      this.#lanes.difference(f, a[part], b[part]).storeVector(offsets[1]! + 16 * part)
    }
  }

  /** A butterfly of four: of the subsequences 0, 2, 1 and 3 modulo 4, already turned. */
  #butterfly(f: FunctionBody, [a, b, c, d]: Four<Pair>, place: number, offsets: number[]): void {
    const [plus, minus, odd, turned] = [
      this.#lanes.pair(f),
      this.#lanes.pair(f),
      this.#lanes.pair(f),
      this.#lanes.pair(f),
    ]
    for (const part of [0, 1] as const) {
      this.#lanes.sum(f, a[part], b[part]).set(plus[part])
      this.#lanes.difference(f, a[part], b[part]).set(minus[part])
      this.#lanes.sum(f, c[part], d[part]).set(odd[part])
    }
    // (c − d) turned by −i
    this.#lanes.difference(f, c[1], d[1]).set(turned[0])
    this.#lanes.difference(f, d[0], c[0]).set(turned[1])
    this.#pairOf(f, plus, odd, place, [offsets[0]!, offsets[2]!])
    this.#pairOf(f, minus, turned, place, [offsets[1]!, offsets[3]!])
  }

  /** Transforms of `length` values, interleaved, to those of four times as many. */
  #stage(f: FunctionBody, from: number, to: number, twiddles: number, length: number): void {
    const [read, write, twiddle, end] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
    const part = (this.half / (4 * length)) * this.#bytes
    const quarter = (this.half / 4) * this.#bytes
    const factors: [Pair, Pair, Pair] = [this.#lanes.pair(f), this.#lanes.pair(f), this.#lanes.pair(f)]
    const values: Four<Pair> = [this.#lanes.pair(f), this.#lanes.pair(f), this.#lanes.pair(f), this.#lanes.pair(f)]
    const scalar = this.#bytes / 2
    f.constant(0).set(read).constant(0).set(write).constant(0).set(twiddle)
    f.repeat(() => {
      for (const [index, local] of factors.flat().entries()) {
        f.get(twiddle)
        this.#lanes.loadSplat(f, twiddles + index * scalar).set(local)
      }
      f.get(write).constant(part).add().set(end)
      f.repeat(() => {
        for (const [index, value] of values.entries())
          for (const [half, local] of value.entries())
            f.get(read)
              .loadVector(from + index * part + 16 * half)
              .set(local)
        for (const index of [1, 2, 3] as const) this.#lanes.turn(f, values[index], factors[index - 1]!)
        const places = values.map((_, index) => to + index * quarter)
        this.#butterfly(f, [values[0], values[2], values[1], values[3]], write, places)
        f.advance(read, 32).advance(write, 32)
        f.get(write).get(end).isBelow()
      })
      f.advance(read, 3 * part).advance(twiddle, 6 * scalar)
      f.get(write).constant(quarter).isBelow()
    })
  }

  /** The stage whose four values lie beside each other. */
  #lastStage(f: FunctionBody, from: number, to: number, twiddles: number): void {
    const [read, write, twiddle] = [f.local('i32'), f.local('i32'), f.local('i32')]
    const quarter = (this.half / 4) * this.#bytes
    const values: Four<Pair> = [this.#lanes.pair(f), this.#lanes.pair(f), this.#lanes.pair(f), this.#lanes.pair(f)]
    const factor = this.#lanes.pair(f)
    f.constant(0).set(read).constant(0).set(write).constant(0).set(twiddle)
    f.repeat(() => {
      for (const half of [0, 1] as const)
        this.#lanes.loadTransposed(f, read, from + 16 * half, values.map((value) => value[half]) as Four<number>)
      for (const index of [1, 2, 3] as const) {
        for (const half of [0, 1] as const)
          f.get(twiddle)
            .loadVector(twiddles + 32 * (index - 1) + 16 * half)
            .set(factor[half])
        this.#lanes.turn(f, values[index], factor)
      }
      const places = values.map((_, index) => to + index * quarter)
      this.#butterfly(f, [values[0], values[2], values[1], values[3]], write, places)
      f.advance(read, 128).advance(write, 32).advance(twiddle, 96)
      f.get(write).constant(quarter).isBelow()
    })
  }

  /** Unfolds the values of half the windowed samples into powers, from the middle outwards: what lies beyond it is overwritten. */
  #unfold(f: FunctionBody, z: number): void {
    const energy = 1
    const { half } = this
    const { unfold, power } = this.#layout
    const whole = half * this.#bytes
    const [up, down, upPower, downPower] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
    const [low, high, even, odd, turned, value] = Array.from({ length: 6 }, () => this.#lanes.pair(f)) as [
      Pair,
      Pair,
      Pair,
      Pair,
      Pair,
      Pair,
    ]
    const [above, below, one, total] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
    const factor = this.#lanes.pair(f)
    const square = (): void => {
      this.#lanes.product(f, value[0], value[0])
      this.#lanes.product(f, value[1], value[1])
      this.#lanes.add(f).set(one)
      if (this.#isSingle) this.#lanes.sum(f, total, one).set(total)
    }
    // The values go on periodically.
    for (const part of [0, 16])
      f.constant(0)
        .constant(0)
        .loadVector(z + part)
        .storeVector(z + whole + part)
    f.zeroVector().set(total)
    f.constant(whole / 2)
      .set(down)
      .constant(whole / 2)
      .set(up)
    f.constant(whole / 4)
      .set(downPower)
      .constant(whole / 4)
      .set(upPower)
    f.repeat(() => {
      for (const part of [0, 1] as const) {
        f.get(down)
          .loadVector(z + 16 * part)
          .set(low[part])
        f.get(up)
          .loadVector(z + 16 * part)
          .set(above)
        f.get(up)
          .loadVector(z - 32 + 16 * part)
          .set(below)
        f.get(below).get(above)
        if (this.#isSingle) f.shuffle(4, 3, 2, 1).set(high[part])
        else f.shuffle(4, 5, 2, 3).set(high[part])
        f.get(down)
          .loadVector(unfold + 16 * part)
          .set(factor[part])
      }
      this.#lanes.sum(f, low[0], high[0]).set(even[0])
      this.#lanes.difference(f, low[1], high[1]).set(even[1])
      this.#lanes.sum(f, low[1], high[1]).set(odd[0])
      this.#lanes.difference(f, high[0], low[0]).set(odd[1])
      this.#lanes.timesFactor(f, odd, factor, turned)
      for (const part of [0, 1] as const) this.#lanes.sum(f, even[part], turned[part]).set(value[part])
      square()
      f.get(downPower).get(one).storeVector(power)
      this.#lanes.difference(f, even[0], turned[0]).set(value[0])
      this.#lanes.difference(f, turned[1], even[1]).set(value[1])
      square()
      f.get(upPower).get(one).get(one)
      if (this.#isSingle) f.shuffle(3, 2, 1, 0).storeVector(power - 12)
      else f.shuffle(2, 3, 0, 1).storeVector(power - 8)
      f.advance(down, -32).advance(up, 32).advance(downPower, -16).advance(upPower, 16)
      f.get(up).constant(whole).isAbove().isZero()
    })
    if (!this.#isSingle) return
    f.get(total).get(total).get(total).shuffle(2, 3, 0, 1).addVectors().set(total)
    f.get(energy).get(total).get(total).get(total).shuffle(1, 0, 3, 2).addVectors().storeLane()
  }
}
