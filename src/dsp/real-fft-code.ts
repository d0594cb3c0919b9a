/**
 * What RealFft (fft.ts) does before and after the complex transform of half its size, as WebAssembly; real and imaginary part in a
 * vector. Complex values lie at the memory's start, up to `end`, in bytes.
 */
import { FunctionBody } from './wasm-assembler'

/** Puts pairs of samples into the transform's order: (order, input, end), `order` in bytes from `input`. */
export function gatherFunction(): FunctionBody {
  const f = new FunctionBody(['i32', 'i32', 'i32'])
  const [order, input, end] = [0, 1, 2]
  const place = f.local('i32')
  return f.repeat(() => {
    f.get(place).get(input).get(order).loadInteger().add().loadVector().storeVector()
    f.advance(order, 4).advance(place, 16).get(place).get(end).isBelow()
  })
}

/**
 * Unfolds the transformed pairs into bins, but for the first and the last: (table, real, imaginary, end).
 *
 * The table has for each bin the real part of e^(−2πik/size) twice, its imaginary part turned over, and as it is.
 */
export function unfoldFunction(): FunctionBody {
  const f = new FunctionBody(['i32', 'i32', 'i32', 'i32'])
  const [table, real, imaginary, end] = [0, 1, 2, 3]
  const [low, high, bin, mirrored] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')]
  const vector = (): number => f.local('v128')
  const [a, b, even, odd, turned, value] = [vector(), vector(), vector(), vector(), vector(), vector()]
  f.constant(16).set(low).get(end).constant(16).subtract().set(high)
  return f.repeat(() => {
    f.get(low).loadVector().set(a).get(high).loadVector().set(b)
    f.get(a)
      .get(b)
      .constantDoubles(0, -0)
      .exclusiveOr()
      .addDoubles()
      .constantDoubles(0.5, 0.5)
      .multiplyDoubles()
      .set(even)
    // Imaginary part first.
    f.get(b)
      .get(a)
      .constantDoubles(-0, 0)
      .exclusiveOr()
      .addDoubles()
      .constantDoubles(0.5, 0.5)
      .multiplyDoubles()
      .set(odd)
    turn(f, odd, table, low)
    f.set(turned)
    f.get(low).constant(1).shiftRight().set(bin).get(high).constant(1).shiftRight().set(mirrored)
    f.get(even).get(turned).addDoubles().set(value)
    f.get(real).get(bin).add().get(value).storeDouble(0).get(imaginary).get(bin).add().get(value).storeDouble(1)
    f.get(turned)
      .constantDoubles(-0, 0)
      .exclusiveOr()
      .get(even)
      .constantDoubles(0, -0)
      .exclusiveOr()
      .addDoubles()
      .set(value)
    f.get(real).get(mirrored).add().get(value).storeDouble(0)
    f.get(imaginary).get(mirrored).add().get(value).storeDouble(1)
    f.advance(low, 16).advance(high, -16).get(high).get(low).isAtLeast()
  })
}

/**
 * Backwards: folds bins into pairs, conjugated, in the transform's order, but for the first: (order, table, real, imaginary, end),
 * `order` and `table` as above. The order is its own inverse: bins are read one after the other, which is quicker than to write so.
 */
export function foldFunction(): FunctionBody {
  const f = new FunctionBody(['i32', 'i32', 'i32', 'i32', 'i32'])
  const [order, table, real, imaginary, end] = [0, 1, 2, 3, 4]
  const [from, bin] = [f.local('i32'), f.local('i32')]
  const [own, other, odd] = [f.local('v128'), f.local('v128'), f.local('v128')]
  const load = (target: number): FunctionBody =>
    f.get(imaginary).get(bin).add().get(real).get(bin).add().loadHalf().loadHighDouble().set(target)
  return f.repeat(() => {
    f.get(from).constant(1).shiftRight().set(bin)
    load(own)
    f.get(end).get(from).subtract().constant(1).shiftRight().set(bin)
    load(other)
    f.get(other).constantDoubles(0, -0).exclusiveOr().set(other)
    f.get(own).get(other).subtractDoubles().set(odd)
    f.get(order).loadInteger().get(own).get(other).addDoubles()
    turn(f, odd, table, from)
    f.constantDoubles(-0, 0).exclusiveOr().addDoubles().constantDoubles(0, -0).exclusiveOr().storeVector()
    f.advance(order, 4).advance(from, 16).get(from).get(end).isBelow()
  })
}

/** Conjugated and scaled: (factors, output, end), `factors` two doubles. */
export function scaleFunction(): FunctionBody {
  const f = new FunctionBody(['i32', 'i32', 'i32'])
  const [factors, output, end] = [0, 1, 2]
  const place = f.local('i32')
  const scale = f.local('v128')
  f.get(factors).loadVector().set(scale)
  return f.repeat(() => {
    f.get(output).get(place).loadVector().get(scale).multiplyDoubles().storeVector()
    f.advance(output, 16).advance(place, 16).get(place).get(end).isBelow()
  })
}

/** Pushes a value times the entry of the table for its place, parts exchanged. */
function turn(f: FunctionBody, value: number, table: number, place: number): void {
  const entry = f.local('i32')
  f.get(table).get(place).constant(1).shiftLeft().add().set(entry)
  f.get(value).get(entry).loadVector(16).multiplyDoubles()
  f.get(value).get(value).shuffle(2, 3, 0, 1).get(entry).loadVector().multiplyDoubles().addDoubles()
}
