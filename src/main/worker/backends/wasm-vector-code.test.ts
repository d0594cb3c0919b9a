import { describe, expect, it } from 'vitest'
import { assembleModule, FunctionBody } from '../../../dsp/wasm-assembler'
import { compileVectorCode, hasFusedMultiplyAdd, type VectorCode } from './wasm-vector-code'

const at = { a: 0, b: 65536, c: 131072, offsets: 196608, outputs: 200704 }

function open(isFused: boolean): { code: VectorCode; floats: Float32Array; integers: Int32Array } {
  const memory = new WebAssembly.Memory({ initial: 4 })
  const code = new WebAssembly.Instance(compileVectorCode(false, isFused), { host: { memory } })
  const floats = new Float32Array(memory.buffer)
  for (let index = 0; index < 32768; index++) floats[index] = Math.sin(index * 12.9898)
  return {
    code: code.exports as unknown as VectorCode,
    floats,
    integers: new Int32Array(memory.buffer),
  }
}

describe.each([{ isFused: false }, { isFused: true }])('the vector code, fused $isFused', ({ isFused }) => {
  it.skipIf(isFused && !hasFusedMultiplyAdd()).each([1, 2, 3, 5, 6, 11, 12, 13])(
    'multiplies %i gathered rows',
    (rows) => {
      const { code, floats, integers } = open(isFused)
      const [inner, outer, step] = [7, 3, 50]
      for (let row = 0; row < rows; row++) {
        integers[at.offsets / 4 + row] = 4 * row * 3
        integers[at.outputs / 4 + row] = 4 * row * 11
      }
      floats.fill(-1, at.c / 4, at.c / 4 + 11 * (rows + 1))
      code.multiply(at.a, at.offsets, inner, outer, 4 * step, at.b, at.c, at.outputs, rows)
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < 8; column++) {
          let expected = 0
          for (let j = 0; j < outer; j++) {
            for (let k = 0; k < inner; k++) {
              expected += floats[row * 3 + j * step + k]! * floats[at.b / 4 + (j * inner + k) * 8 + column]!
            }
          }
          expect(floats[at.c / 4 + row * 11 + column]).toBeCloseTo(expected, 5)
        }
        // Beside the tile nothing is written.
        expect(floats[at.c / 4 + row * 11 + 8]).toBe(-1)
      }
      expect(floats[at.c / 4 + rows * 11]).toBe(-1)
    },
  )

  it.skipIf(isFused && !hasFusedMultiplyAdd()).each([1, 4, 6, 9, 13])('adds products to %i rows', (rows) => {
    const { code, floats, integers } = open(isFused)
    const depth = 11
    for (let k = 0; k < depth; k++) integers[at.offsets / 4 + k] = 4 * k * 20
    floats.fill(1, at.c / 4, at.c / 4 + 8 * (rows + 1))
    code.accumulate(at.a, at.offsets, depth, at.b, at.c, 32, rows)
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < 8; column++) {
        let expected = 1
        for (let k = 0; k < depth; k++) expected += floats[k * 20 + row]! * floats[at.b / 4 + k * 8 + column]!
        expect(floats[at.c / 4 + row * 8 + column]).toBeCloseTo(expected, 5)
      }
    }
    expect(floats[at.c / 4 + rows * 8]).toBe(1)
  })
})

describe('the assembler', () => {
  it('writes constants of every length and sign', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2147483647, -2147483648]) {
      const body = new FunctionBody(['i32'])
      const difference = body.local('i32')
      // While the argument is not the constant, traps by reading far outside.
      body.get(0).constant(value).subtract().set(difference)
      body.while(
        () => body.get(difference),
        () => body.constant(-8).loadInteger().set(difference),
      )
      const memory = new WebAssembly.Memory({ initial: 1 })
      const module = new WebAssembly.Module(assembleModule([['check', body]], false))
      const { check } = new WebAssembly.Instance(module, { host: { memory } }).exports as {
        check: (value: number) => void
      }
      expect(() => check(value)).not.toThrow()
      expect(() => check(value ^ 1)).toThrow('out of bounds')
    }
  })
})
