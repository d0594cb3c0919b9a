/** Decibels of powers in single precision, four at a time, as a function of WebAssembly. */
import { FunctionBody } from './wasm-assembler'

/** ln(1 + r) − r + r²/2 over r³ for −0.293 < r < 0.414, within the last place of a float (logf of Moshier's Cephes library). */
const logarithmSeries = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]

/** What the code reads beside the values: in memory, for a constant vector in code takes several instructions. */
export const decibelConstants = [Math.SQRT1_2, 1, 0.5, 10 / Math.LN10, 10 * Math.log10(2), ...logarithmSeries] as const
const at = { rootHalf: 0, one: 1, half: 2, perUnit: 3, perExponent: 4, series: 5, least: 14, add: 15, floor: 16 }
/** Of the constants and, after them, least, add and floor. */
export const decibelFactors = at.floor + 1

/**
 * max(10·log10(max(v, least)) + add, floor) of every value, in place: (values, factors, vectors), where `factors` are
 * `decibelConstants`, least, add and floor.
 */
export function decibelFunction(): FunctionBody {
  const f = new FunctionBody(Array<'i32'>(3).fill('i32'))
  const [values, factors, vectors] = [0, 1, 2]
  const [bits, exponent, rest, square, series] = [0, 1, 2, 3, 4].map(() => f.local('v128')) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const factor = (index: number): FunctionBody => f.get(factors).loadSplat(4 * index)
  f.while(
    () => f.get(vectors).constant(0).isAbove(),
    () => {
      f.get(values).loadVector()
      factor(at.least).maximum().setAndKeep(bits)
      // Counted from √½, so that the mantissa lies around 1.
      factor(at.rootHalf).subtractIntegers().constant(23).shiftRightSigned().setAndKeep(exponent)
      f.constant(23).shiftLeftIntegers().set(rest)
      f.get(bits).get(rest).subtractIntegers()
      factor(at.one).subtractVectors().setAndKeep(rest).get(rest).multiplyVectors().set(square)
      factor(at.series).set(series)
      for (let term = 1; term < logarithmSeries.length; term++) {
        f.get(series).get(rest).multiplyVectors()
        factor(at.series + term)
          .addVectors()
          .set(series)
      }
      // r³ · series − r²/2 + r
      f.get(series).get(rest).multiplyVectors()
      factor(at.half).subtractVectors().get(square).multiplyVectors().get(rest).addVectors()
      factor(at.perUnit).multiplyVectors().get(exponent).toFloats()
      factor(at.perExponent).multiplyVectors().addVectors()
      factor(at.add).addVectors()
      factor(at.floor).maximum().set(series)
      f.get(values).get(series).storeVector()
      f.advance(values, 16).advance(vectors, -1)
    },
  )
  return f
}
