/**
 * Transforms of powers of two as WebAssembly, a complex value in each vector of two doubles: here the stages of complex-fft.ts. The
 * same sums and products as in JavaScript, so the same numbers to the last bit.
 */
import { foldFunction, gatherFunction, scaleFunction, unfoldFunction } from './real-fft-code'
import { assembleModule, FunctionBody } from './wasm-assembler'

/** Values lie at the memory's start, real and imaginary parts in turn: 16 bytes each. */
export interface FftCode {
  /** The stage of two, whose factors are all 1, of so many bytes of values. */
  pairs(end: number): void
  /**
   * A stage of four: the values of a butterfly lie `quarter` bytes apart.
   *
   * @param factors where those of the stage lie (see packFactors), in bytes
   */
  fours(factors: number, quarter: number, end: number): void
  /** See real-fft-code.ts, as for the others. */
  gather(order: number, input: number, end: number): void
  unfold(table: number, real: number, imaginary: number, end: number): void
  fold(order: number, table: number, real: number, imaginary: number, end: number): void
  scale(factors: number, output: number, end: number): void
}

/** Of the three factors of a butterfly. */
export const factorBytes = 96

let module: WebAssembly.Module | undefined

/** @throws where the engine has no vectors, or a content security policy forbids WebAssembly */
export function instantiateFft(memory: WebAssembly.Memory): FftCode {
  module ??= new WebAssembly.Module(
    assembleModule(
      [
        ['pairs', pairsFunction()],
        ['fours', foursFunction()],
        ['gather', gatherFunction()],
        ['unfold', unfoldFunction()],
        ['fold', foldFunction()],
        ['scale', scaleFunction()],
      ],
      false,
    ),
  )
  return new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as FftCode
}

/** As the code reads them: of each factor its real part twice, its imaginary part turned over, and as it is. */
export function packFactors(twiddles: Float64Array): Float64Array {
  const packed = new Float64Array(2 * twiddles.length)
  for (let index = 0; index < twiddles.length; index += 2) {
    packed[2 * index] = twiddles[index]!
    packed[2 * index + 1] = twiddles[index]!
    packed[2 * index + 2] = -twiddles[index + 1]!
    packed[2 * index + 3] = twiddles[index + 1]!
  }
  return packed
}

function pairsFunction(): FunctionBody {
  const f = new FunctionBody(['i32'])
  const end = 0
  const [place, a, b] = [f.local('i32'), f.local('v128'), f.local('v128')]
  return f.repeat(() => {
    f.get(place).loadVector().set(a)
    f.get(place).loadVector(16).set(b)
    f.get(place).get(a).get(b).addDoubles().storeVector()
    f.get(place).get(a).get(b).subtractDoubles().storeVector(16)
    f.advance(place, 32).get(place).get(end).isBelow()
  })
}

function foursFunction(): FunctionBody {
  const f = new FunctionBody(['i32', 'i32', 'i32'])
  const [factors, quarter, end] = [0, 1, 2]
  const [block, blockEnd, factor] = [f.local('i32'), f.local('i32'), f.local('i32')]
  const places = Array.from({ length: 4 }, () => f.local('i32')) as [number, number, number, number]
  const vector = (): number => f.local('v128')
  const [a, b, c, d] = [vector(), vector(), vector(), vector()]
  const [sum, difference, odd, turned, raw] = [vector(), vector(), vector(), vector(), vector()]
  const [placeA, placeB, placeC, placeD] = places
  /** value = the one at `place` · the factor at `offset` */
  const turn = (value: number, place: number, offset: number): void => {
    f.get(place).loadVector().setAndKeep(raw).get(factor).loadVector(offset).multiplyDoubles()
    f.get(raw)
      .get(raw)
      .shuffle(2, 3, 0, 1)
      .get(factor)
      .loadVector(offset + 16)
      .multiplyDoubles()
    f.addDoubles().set(value)
  }
  return f.repeat(() => {
    f.get(block).set(placeA)
    f.get(block).get(quarter).add().setAndKeep(blockEnd).setAndKeep(placeB)
    f.get(quarter).add().setAndKeep(placeC).get(quarter).add().set(placeD)
    f.get(factors).set(factor)
    f.repeat(() => {
      f.get(placeA).loadVector().set(a)
      turn(c, placeC, 0)
      turn(b, placeB, 32)
      turn(d, placeD, 64)
      f.get(a).get(b).addDoubles().set(sum)
      f.get(a).get(b).subtractDoubles().set(difference)
      f.get(c).get(d).addDoubles().set(odd)
      // (c − d) turned by −i
      f.get(c).get(d).subtractDoubles().get(d).get(c).subtractDoubles().shuffle(2, 3, 4, 5).set(turned)
      f.get(placeA).get(sum).get(odd).addDoubles().storeVector()
      f.get(placeB).get(difference).get(turned).addDoubles().storeVector()
      f.get(placeC).get(sum).get(odd).subtractDoubles().storeVector()
      f.get(placeD).get(difference).get(turned).subtractDoubles().storeVector()
      for (const place of places) f.advance(place, 16)
      f.advance(factor, factorBytes).get(placeA).get(blockEnd).isBelow()
    })
    // The next block begins where the last quarter has ended.
    f.get(placeD).setAndKeep(block).get(end).isBelow()
  })
}
