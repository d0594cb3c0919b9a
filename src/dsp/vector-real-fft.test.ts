import { afterEach, describe, expect, it, vi } from 'vitest'
import { RealFft } from './fft'
import { PlainRealFft } from './plain-real-fft'
import { referenceNoise } from './reference-signals'
import { VectorRealFft } from './vector-real-fft'

afterEach(() => void vi.unstubAllGlobals())

const bitsOf = (values: Float64Array): BigInt64Array => new BigInt64Array(values.slice().buffer)

/** Without any WebAssembly below it. */
function makePlain(size: number): PlainRealFft {
  vi.stubGlobal('WebAssembly', undefined)
  try {
    return new PlainRealFft(size)
  } finally {
    vi.unstubAllGlobals()
  }
}

function expectSame(
  own: Pick<PlainRealFft, 'input' | 'real' | 'imaginary' | 'transform' | 'invert'>,
  size: number,
): void {
  const plain = makePlain(size)
  // Twice, so that nothing is left over from the call before; with zeros of both signs.
  for (const step of [7, 5]) {
    const samples = referenceNoise(size).map((value, n) => (n % step === 0 ? 0 : n % 11 === 0 ? -0 : value))
    for (const fft of [own, plain]) {
      fft.input.set(samples)
      fft.transform()
    }
    for (const part of ['real', 'imaginary'] as const) expect(bitsOf(own[part])).toEqual(bitsOf(plain[part]))
    for (const fft of [own, plain]) {
      // Those of the ends count for nothing.
      for (const [k, value] of fft.imaginary.entries()) fft.imaginary[k] = value + (k % step) - 1
      fft.invert()
    }
    expect(bitsOf(own.input)).toEqual(bitsOf(plain.input))
  }
}

describe('the real FFT by vectors', () => {
  it.each([32, 64, 128, 256, 512, 1024, 4096, 8192, 65_536])(
    'gives what the plain one gives, there and back, to the last bit, at %i samples',
    (size) => {
      expectSame(VectorRealFft.tryMake(size)!, size)
    },
  )

  it.each([100, 441, 1000])('and so do lengths that are a convolution of a power of two: %i', (size) => {
    expect(VectorRealFft.tryMake(size)).toBeNull()
    expectSame(new RealFft(size), size)
  })

  it('is none where WebAssembly is forbidden, and the plain one does it, where no plan of that size was made before', () => {
    vi.stubGlobal('WebAssembly', undefined)
    expect(VectorRealFft.tryMake(2048)).toBeNull()
    const fft = new RealFft(2048)
    fft.input.fill(1)
    fft.transform()
    expect(fft.real[0]).toBe(2048)
  })
})
