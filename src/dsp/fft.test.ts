import { describe, expect, it } from 'vitest'
import { RealFft } from './fft'
import { referenceNoise, worstDeviation } from './reference-signals'

function slowDft(samples: Float32Array): { real: number[]; imaginary: number[] } {
  const size = samples.length
  const real: number[] = []
  const imaginary: number[] = []
  for (let k = 0; k <= Math.floor(size / 2); k++) {
    let re = 0
    let im = 0
    for (let n = 0; n < size; n++) {
      const angle = (2 * Math.PI * ((k * n) % size)) / size
      re += samples[n]! * Math.cos(angle)
      im -= samples[n]! * Math.sin(angle)
    }
    real.push(re)
    imaginary.push(im)
  }
  return { real, imaginary }
}

describe('RealFft', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 16, 30, 31, 32, 64, 400, 441, 512, 1000, 1024, 1025])(
    'equals the sum it stands for at size %i',
    (size) => {
      const samples = referenceNoise(size)
      const fft = new RealFft(size)
      fft.input.set(samples)
      fft.transform()
      const expected = slowDft(samples)
      expect(worstDeviation(fft.real, expected.real, 0, 1e-10)).toBeLessThan(1)
      expect(worstDeviation(fft.imaginary, expected.imaginary, 0, 1e-10)).toBeLessThan(1)
    },
  )

  it('puts a sine on a bin into that bin alone', () => {
    const fft = new RealFft(256)
    for (let n = 0; n < 256; n++) fft.input[n] = Math.sin((2 * Math.PI * 19 * n) / 256)
    fft.transform()
    for (let k = 0; k < fft.bins; k++) {
      const magnitude = Math.hypot(fft.real[k]!, fft.imaginary[k]!)
      expect(magnitude).toBeCloseTo(k === 19 ? 128 : 0, 9)
    }
  })

  it('keeps the energy (Parseval), call after call on the same plan', () => {
    const fft = new RealFft(2048)
    for (const gain of [1, 3]) {
      const samples = referenceNoise(2048).map((value) => gain * value)
      fft.input.set(samples)
      fft.transform()
      let energy = 0
      for (let k = 0; k < fft.bins; k++) {
        const isShared = k > 0 && k < fft.bins - 1
        energy += (isShared ? 2 : 1) * (fft.real[k]! ** 2 + fft.imaginary[k]! ** 2)
      }
      const expected = samples.reduce((sum, value) => sum + value * value, 0)
      expect(energy / 2048 / expected).toBeCloseTo(1, 12)
    }
  })

  it.each([1, 2, 3, 4, 6, 9, 30, 64, 441, 2048])('is undone by its inverse at size %i', (size) => {
    const samples = referenceNoise(size)
    const fft = new RealFft(size)
    fft.input.set(samples)
    fft.transform()
    fft.input.fill(0)
    fft.invert()
    expect(worstDeviation(fft.input, samples, 0, 1e-14)).toBeLessThan(1)
  })

  it('refuses what is no length by name', () => {
    expect(() => new RealFft(0)).toThrow(/1 or more, not 0/)
    expect(() => new RealFft(2.5)).toThrow(RangeError)
  })
})
