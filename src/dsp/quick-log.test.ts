import { describe, expect, it } from 'vitest'
import { writeLogarithms } from './quick-log'
import { Random } from './random'

const plain = { scale: 1, add: 0, floor: -Infinity }

describe('logarithms of many numbers', () => {
  it('are Math.log’s to the last bit of single precision but one, from the smallest to the largest', () => {
    const random = new Random(3, 'logarithms')
    const values = Float64Array.from({ length: 200_000 }, () => 2 ** random.uniform(-1000, 1000))
    values.set([1, 1 + 2 ** -52, 1 - 2 ** -53, 2, 0.5, Number.MIN_VALUE, 1e-310, Number.MAX_VALUE, 1.0009765625])
    const output = new Float32Array(values.length)
    writeLogarithms(values, Number.MIN_VALUE, plain, output)
    for (const [i, value] of values.entries()) {
      const wanted = Math.log(value)
      // Near 1 the logarithm is small, and the table's own rounding shows: 2e-13.
      if (!(Math.abs(output[i]! - wanted) <= 2 ** -23 * Math.abs(wanted) + 2e-13))
        expect(output[i], String(value)).toBe(wanted)
    }
  })

  it('raise what is too small, scale, shift and floor', () => {
    const output = new Float32Array(4)
    writeLogarithms(Float64Array.of(0, 1e-12, 1, 100), 1e-10, { scale: 10 / Math.LN10, add: 3, floor: -90 }, output)
    expect(Array.from(output)).toEqual([-90, -90, 3, 23])
  })

  it('are those of a part of a buffer too', () => {
    const output = new Float32Array(2)
    writeLogarithms(Float64Array.of(9, 9, 1, Math.E).subarray(2), 1e-9, plain, output)
    expect(Array.from(output)).toEqual([0, 1])
  })
})
