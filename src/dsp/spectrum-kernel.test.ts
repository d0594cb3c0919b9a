import { afterEach, describe, expect, it, vi } from 'vitest'
import { writeDecibelSteps } from './fast-decibel'
import { RealFft } from './fft'
import { applyFilterBank, packFilterBank } from './filter-bank'
import type { MelBands } from './front-end'
import { melFilterBank } from './mel'
import { referenceNoise } from './reference-signals'
import { SpectrumKernel } from './spectrum-kernel'
import { StftPlan, type StftShape } from './stft'
import { makeWindow } from './window'

afterEach(() => void vi.unstubAllGlobals())

function plainPower(window: Float64Array, samples: Float32Array): Float64Array {
  const fft = new RealFft(window.length)
  for (let i = 0; i < window.length; i++) fft.input[i] = window[i]! * samples[i]!
  fft.transform()
  return fft.real.map((re, k) => re * re + fft.imaginary[k]! * fft.imaginary[k]!)
}

const mel = (count: number): MelBands => ({
  scale: 'mel',
  count,
  minHz: 0,
  maxHz: null,
  formula: 'htk',
  norm: 'none',
})

describe('the spectrum kernel', () => {
  it.each([32, 64, 128, 256, 512, 1024, 2048, 4096, 16_384])(
    'gives in double precision what the FFT in JavaScript gives, to the last bit, at %i samples',
    (size) => {
      const window = makeWindow({ window: 'hann' }, size)
      const kernel = SpectrumKernel.tryMake(window, size, null, 'double')!
      const noise = referenceNoise(2 * size)
      kernel.samples.set(noise)
      // Twice, so that nothing is left over from the call before.
      for (const frame of [0, 1, 0]) {
        kernel.transform(frame)
        const wanted = plainPower(window, noise.subarray(frame * size, (frame + 1) * size))
        expect(Array.from(kernel.power)).toEqual(Array.from(wanted))
      }
    },
  )

  it.each([32, 64, 512, 2048, 4096])('gives in single precision nearly the same, at %i samples', (size) => {
    const window = makeWindow({ window: 'hann' }, size)
    const kernel = SpectrumKernel.tryMake(window, size, null, 'single')!
    const noise = referenceNoise(size)
    kernel.samples.set(noise)
    kernel.transform(0)
    const wanted = plainPower(window, noise)
    const energy = wanted.reduce((sum, value) => sum + value)
    for (const [bin, power] of kernel.power.entries())
      expect(Math.abs(Math.sqrt(power) - Math.sqrt(wanted[bin]!))).toBeLessThan(1e-6 * Math.sqrt(energy))
    // Some bins in the middle count twice.
    expect(kernel.energies[0]).toBeGreaterThan(energy * (1 - 1e-5))
    expect(kernel.energies[0]).toBeLessThan(2 * energy)
  })

  it.each([0, 3, 511, 512, 513, 1024])('counts all the energy of a tone at bin %d, at most twice', (bin) => {
    const window = makeWindow({ window: 'hann' }, 2048)
    const kernel = SpectrumKernel.tryMake(window, 512, null, 'single')!
    kernel.samples.set(Float32Array.from({ length: 2048 }, (_, n) => Math.cos((2 * Math.PI * bin * n) / 2048)))
    kernel.transform(0)
    const energy = kernel.power.reduce((sum, value) => sum + value)
    expect(kernel.energies[0]! / energy).toBeGreaterThan(1 - 1e-5)
    expect(kernel.energies[0]! / energy).toBeLessThan(2)
  })

  it.each([
    [2048, 64],
    [2048, 40],
    [512, 128],
    [64, 3],
  ])('sums the bands as the loop in JavaScript does, to the last bit: %i samples, %i bands', (size, count) => {
    const window = makeWindow({ window: 'hann' }, size)
    const bank = melFilterBank(mel(count), 16_000, size)
    const hop = size / 4
    const kernel = SpectrumKernel.tryMake(window, hop, bank, 'double')!
    const noise = referenceNoise(size + 2 * hop)
    kernel.samples.set(noise)
    kernel.sumBands(3)
    for (const frame of [0, 1, 2]) {
      const wanted = new Float64Array(count)
      applyFilterBank(bank, plainPower(window, noise.subarray(frame * hop, frame * hop + size)), wanted, 0)
      const row = kernel.rows.subarray(frame * kernel.rowLength, frame * kernel.rowLength + count)
      expect(Array.from(row)).toEqual(Array.from(wanted))
    }
  })

  it('sums bands of any width and place, the last bin and none among them', () => {
    const window = makeWindow({ window: 'hann' }, 64)
    const rows = [
      [32, 33],
      [0, 0],
      [0, 33],
      [5, 6],
      [30, 33],
    ].map(([first, end]) => new Float64Array(33).fill(0.5, first, end))
    const bank = packFilterBank(rows, new Float32Array(5))
    const noise = referenceNoise(64)
    const wanted = new Float64Array(5)
    applyFilterBank(bank, plainPower(window, noise), wanted, 0)
    for (const precision of ['single', 'double'] as const) {
      const kernel = SpectrumKernel.tryMake(window, 16, bank, precision)!
      kernel.samples.set(noise)
      kernel.sumBands(1)
      for (const [band, value] of wanted.entries())
        expect(Math.abs(kernel.rows[band]! - value)).toBeLessThanOrEqual(precision === 'single' ? 1e-5 * value : 0)
    }
  })

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
    const tryMake = (size: number): unknown => SpectrumKernel.tryMake(new Float64Array(size), 100, null, 'double')
    expect(tryMake(400)).toBeNull()
    expect(tryMake(16)).toBeNull()
    vi.stubGlobal('WebAssembly', {
      Memory: class {
        constructor() {
          throw new EvalError('refused by the content security policy')
        }
      },
    })
    expect(tryMake(512)).toBeNull()
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
