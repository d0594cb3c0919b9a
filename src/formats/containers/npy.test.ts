import { describe, expect, it } from 'vitest'
import { decodeNpy, encodeNpy, encodeNpyTexts, toFloats, toTexts } from './npy'

const values = Float32Array.of(1.5, -2.25, 3e-5, Infinity, 0, 7)
const file = encodeNpy({ dtype: '<f4', shape: [2, 3], data: new Uint8Array(values.buffer) })

/** A Buffer as Node hands them out of its pool: at any offset of a larger one. */
function pooled(bytes: Uint8Array, offset: number): Buffer {
  const pool = Buffer.alloc(bytes.length + 16, 0xff)
  pool.set(bytes, offset)
  return pool.subarray(offset, offset + bytes.length)
}

describe('NumPy arrays', () => {
  it('begin their data at a multiple of 64, and come back', () => {
    const array = decodeNpy(file, 'x.npy')
    expect(array).toMatchObject({ dtype: '<f4', shape: [2, 3] })
    expect((file.length - array.data.length) % 64).toBe(0)
    expect(toFloats(array, 'x.npy')).toEqual(values)
  })

  it.each([0, 1, 3, 8])('are read from a Buffer at byte %i of its pool', (offset) => {
    const floats = toFloats(decodeNpy(pooled(file, offset), 'x.npy'), 'x.npy')
    expect(floats).toEqual(values)
    const texts = encodeNpyTexts(['dog', 'Schaf Ä', ''])
    expect(toTexts(decodeNpy(pooled(texts, offset), 'y.npy'), 'y.npy')).toEqual(['dog', 'Schaf Ä', ''])
  })

  it('give floats of their own, which may be changed', () => {
    const bytes = pooled(file, 4)
    const floats = toFloats(decodeNpy(bytes, 'x.npy'), 'x.npy')
    floats[0] = 99
    expect(toFloats(decodeNpy(bytes, 'x.npy'), 'x.npy')).toEqual(values)
  })

  it('are refused by name where they are of another type or break off', () => {
    const doubles = encodeNpy({ dtype: '<f8', shape: [1], data: new Uint8Array(8) })
    expect(() => toFloats(decodeNpy(doubles, 'd.npy'), 'd.npy')).toThrow(/d\.npy is <f8/)
    expect(() => decodeNpy(file.subarray(0, file.length - 1), 'short.npy')).toThrow(/short\.npy .*breaks off/)
  })
})
