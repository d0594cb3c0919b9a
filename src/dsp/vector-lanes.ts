/** Instructions on vectors of four floats or two doubles. */
import type { FunctionBody } from './wasm-assembler'

export type Precision = 'single' | 'double'

export type Pair = [real: number, imaginary: number]
export type Four<T> = [T, T, T, T]

/** Writes the same steps for either precision; every operand is a local. */
export class VectorLanes {
  readonly count: 2 | 4
  /** Of one value. */
  readonly bytes: 4 | 8

  constructor(readonly precision: Precision) {
    this.count = precision === 'single' ? 4 : 2
    this.bytes = precision === 'single' ? 4 : 8
  }

  pair(f: FunctionBody): Pair {
    return [f.local('v128'), f.local('v128')]
  }
  add(f: FunctionBody): FunctionBody {
    return this.precision === 'single' ? f.addVectors() : f.addDoubles()
  }
  multiply(f: FunctionBody): FunctionBody {
    return this.precision === 'single' ? f.multiplyVectors() : f.multiplyDoubles()
  }
  sum(f: FunctionBody, x: number, y: number): FunctionBody {
    return this.add(f.get(x).get(y))
  }
  difference(f: FunctionBody, x: number, y: number): FunctionBody {
    f.get(x).get(y)
    return this.precision === 'single' ? f.subtractVectors() : f.subtractDoubles()
  }
  product(f: FunctionBody, x: number, y: number): FunctionBody {
    return this.multiply(f.get(x).get(y))
  }
  loadSplat(f: FunctionBody, offset: number): FunctionBody {
    return this.precision === 'single' ? f.loadSplat(offset) : f.loadDoubleSplat(offset)
  }
  /** target = value · factor; not the same locals. */
  timesFactor(f: FunctionBody, value: Pair, factor: Pair, target: Pair): void {
    this.product(f, value[0], factor[0])
    this.product(f, value[1], factor[1])
    if (this.precision === 'single') f.subtractVectors().set(target[0])
    else f.subtractDoubles().set(target[0])
    this.product(f, value[0], factor[1])
    this.product(f, value[1], factor[0])
    this.add(f).set(target[1])
  }
  /** value ·= factor */
  turn(f: FunctionBody, value: Pair, factor: Pair): void {
    const raw = this.pair(f)
    for (const part of [0, 1] as const) f.get(value[part]).set(raw[part])
    this.timesFactor(f, raw, factor, value)
  }

  /** Of four vectors 32 bytes apart: every fourth value, from the first, the second… on. */
  loadTransposed(f: FunctionBody, place: number, offset: number, targets: Four<number>): void {
    const loaded = [0, 1, 2, 3].map((index) => {
      const local = f.local('v128')
      f.get(place)
        .loadVector(offset + 32 * index)
        .set(local)
      return local
    }) as Four<number>
    const shuffle = (x: number, y: number, lanes: Four<number>, target: number): void =>
      void f
        .get(x)
        .get(y)
        .shuffle(...lanes)
        .set(target)
    const [a, b, c, d] = loaded
    if (this.precision === 'double') {
      shuffle(a, c, [0, 1, 4, 5], targets[0])
      shuffle(a, c, [2, 3, 6, 7], targets[1])
      shuffle(b, d, [0, 1, 4, 5], targets[2])
      shuffle(b, d, [2, 3, 6, 7], targets[3])
      return
    }
    const [lowA, highA, lowC, highC] = [f.local('v128'), f.local('v128'), f.local('v128'), f.local('v128')]
    shuffle(a, b, [0, 4, 1, 5], lowA)
    shuffle(a, b, [2, 6, 3, 7], highA)
    shuffle(c, d, [0, 4, 1, 5], lowC)
    shuffle(c, d, [2, 6, 3, 7], highC)
    shuffle(lowA, lowC, [0, 1, 4, 5], targets[0])
    shuffle(lowA, lowC, [2, 3, 6, 7], targets[1])
    shuffle(highA, highC, [0, 1, 4, 5], targets[2])
    shuffle(highA, highC, [2, 3, 6, 7], targets[3])
  }

  /** Leaves a vector with the sum of the lanes of each. */
  sumAcross(f: FunctionBody, totals: number[]): void {
    const [a, b, c, d] = totals as Four<number>
    if (this.precision === 'double') {
      f.get(a).get(b).shuffle(0, 1, 4, 5).get(a).get(b).shuffle(2, 3, 6, 7)
      this.add(f)
      return
    }
    const [left, right] = [f.local('v128'), f.local('v128')]
    f.get(a).get(b).shuffle(0, 4, 1, 5).get(a).get(b).shuffle(2, 6, 3, 7).addVectors().set(left)
    f.get(c).get(d).shuffle(0, 4, 1, 5).get(c).get(d).shuffle(2, 6, 3, 7).addVectors().set(right)
    f.get(left).get(right).shuffle(0, 1, 4, 5).get(left).get(right).shuffle(2, 3, 6, 7).addVectors()
  }
}
