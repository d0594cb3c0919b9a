import { afterEach, describe, expect, it, vi } from 'vitest'
import { writeDecibelSteps } from './fast-decibel'
import { RealFft } from './fft'
import { applyFilterBank } from './filter-bank'
import { melFilterBank } from './mel'
import { PowerKernel } from './power-kernel'
import { referenceNoise } from './reference-signals'
import { StftPlan, type StftShape } from './stft'
import { makeWindow } from './window'

afterEach(() => void vi.unstubAllGlobals())

function plainPower(window: Float64Array, samples: Float32Array): Float64Array {
  const fft = new RealFft(window.length)
  for (let i = 0; i < window.length; i++) fft.input[i] = window[i]! * samples[i]!
  fft.transform()
  return fft.real.map((re, k) => re * re + fft.imaginary[k]! * fft.imaginary[k]!)
}

describe('the power kernel', () => {
  it.each([32, 64, 128, 256, 512, 1024, 2048, 4096, 16_384])(
    'gives both frames what the FFT in JavaScript gives, to the last bit, at %i samples',
    (size) => {
      const window = makeWindow({ window: 'hann' }, size)
      const kernel = PowerKernel.tryMake(window)!
      const noise = referenceNoise(4 * size)
      // Twice, so that nothing is left over from the call before.
      for (const shift of [0, 2 * size]) {
        const frames = [noise.subarray(shift, shift + size), noise.subarray(shift + size, shift + 2 * size)]
        frames.forEach((frame, lane) => kernel.samples[lane as 0 | 1].set(frame))
        kernel.transform()
        frames.forEach((frame, lane) =>
          expect(Array.from(kernel.power[lane as 0 | 1])).toEqual(Array.from(plainPower(window, frame))),
        )
      }
    },
  )

  it.each([
    [2048, 64],
    [2048, 40],
    [512, 128],
    [64, 3],
  ])(
    'sums the bands of both frames as the loop in JavaScript does, to the last bit: %i samples, %i bands',
    (size, count) => {
      const window = makeWindow({ window: 'hann' }, size)
      const shape = { scale: 'mel', count, minHz: 0, maxHz: null, formula: 'htk', norm: 'none' } as const
      const bank = melFilterBank(shape, 16_000, size)
      const kernel = PowerKernel.tryMake(window, bank)!
      for (const seconds of [1, 2]) {
        const noise = referenceNoise(2 * size).map((value) => value / seconds)
        kernel.samples[0].set(noise.subarray(0, size))
        kernel.samples[1].set(noise.subarray(size))
        kernel.transform()
        kernel.sumBands()
        for (const lane of [0, 1] as const) {
          const wanted = new Float64Array(count)
          applyFilterBank(bank, kernel.power[lane], wanted, 0)
          expect(Array.from(kernel.bands[lane])).toEqual(Array.from(wanted))
        }
      }
    },
  )

  it('gives a plan’s bands the same with and without', () => {
    const shape: StftShape = {
      fftSamples: 1024,
      windowSamples: 1024,
      window: 'hann',
      hopSamples: 256,
      center: true,
      padMode: 'reflect',
    }
    const bands = { scale: 'mel', count: 30, minHz: 50, maxHz: 7000, formula: 'slaney', norm: 'slaney' } as const
    const bank = melFilterBank(bands, 16_000, 1024)
    const noise = referenceNoise(5000)
    const sum = (): Float64Array => {
      const output = new Float64Array(30 * 20)
      new StftPlan(shape, bank).sumBands(noise, output)
      return output
    }
    const withKernel = sum()
    vi.stubGlobal('WebAssembly', {})
    expect(sum()).toEqual(withKernel)
    expect(() => new StftPlan(shape).sumBands(noise, new Float64Array(600))).toThrow(/no filter bank/)
  })

  it('is there for powers of two only, and nowhere that WebAssembly is forbidden', () => {
    expect(PowerKernel.tryMake(new Float64Array(400))).toBeNull()
    expect(PowerKernel.tryMake(new Float64Array(16))).toBeNull()
    vi.stubGlobal('WebAssembly', {
      Memory: class {
        constructor() {
          throw new EvalError('refused by the content security policy')
        }
      },
    })
    expect(PowerKernel.tryMake(new Float64Array(512))).toBeNull()
  })

  it.each(['reflect', 'constant', 'edge'] as const)(
    'gives an STFT padded by %s the same with and without',
    (padMode) => {
      const shape: StftShape = {
        fftSamples: 256,
        windowSamples: 200,
        window: 'hann',
        hopSamples: 64,
        center: true,
        padMode,
      }
      const samples = referenceNoise(1001)
      const rows = (): number[][] => {
        const all: number[][] = []
        new StftPlan(shape).forEachFrame(samples, (power, frame) => {
          expect(frame).toBe(all.length)
          all.push(Array.from(power))
        })
        return all
      }
      const withKernel = rows()
      vi.stubGlobal('WebAssembly', undefined)
      expect(withKernel.length).toBe(16)
      expect(rows()).toEqual(withKernel)
    },
  )
})

describe('decibel steps', () => {
  it('are those of the logarithm within a ten-thousandth of a decibel, and nothing beyond their ends', () => {
    const power = Float64Array.from({ length: 20_000 }, (_, i) => 10 ** ((i - 14_000) / 1000) * (1 + (i % 7) / 7))
    const steps = new Int16Array(power.length)
    writeDecibelSteps(power, -3, 0.01, -16_000, steps, 0)
    for (const [i, value] of power.entries()) {
      const exact = (10 * Math.log10(value) - 3) / 0.01
      expect(Math.abs(steps[i]! - exact)).toBeLessThan(0.501)
    }
    const ends = Float64Array.of(0, 1e-300, 1e300, Infinity, Number.MIN_VALUE)
    const kept = new Int16Array(6)
    writeDecibelSteps(ends, 0, 0.01, -16_000, kept, 1)
    expect(Array.from(kept)).toEqual([0, -16_000, -16_000, 32_767, 32_767, -16_000])
  })
})
