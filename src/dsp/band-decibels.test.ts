import { afterEach, describe, expect, it, vi } from 'vitest'
import { powerToDb } from './decibel'
import type { DecibelLevel, MelBands } from './front-end'
import { melFilterBank } from './mel'
import { referenceNoise } from './reference-signals'
import { SpectrumKernel } from './spectrum-kernel'
import { StftPlan, type StftShape } from './stft'

afterEach(() => void vi.unstubAllGlobals())

const rate = 22_050
const level: DecibelLevel = { referencePower: 1, aminPower: 1e-10, topDb: 80 }
const shapeOf = (fftSamples: number, hopSamples: number): StftShape => ({
  fftSamples,
  windowSamples: fftSamples,
  window: 'hann',
  hopSamples,
  center: true,
  padMode: 'reflect',
})
const bandsOf = (count: number): MelBands => ({
  scale: 'mel',
  count,
  minHz: 0,
  maxHz: null,
  formula: 'slaney',
  norm: 'slaney',
})

function planOf(fftSamples: number, hopSamples: number, count: number): StftPlan {
  return new StftPlan(shapeOf(fftSamples, hopSamples), melFilterBank(bandsOf(count), rate, fftSamples))
}

/** How far quick decibels are from those of double precision, at most. */
function worstError(samples: Float32Array, plan: StftPlan, count: number, of: DecibelLevel = level): number {
  const frames = 1 + Math.floor(samples.length / plan.shape.hopSamples)
  const powers = new Float64Array(frames * count)
  plan.sumBands(samples, powers)
  const exact = powerToDb(powers, of)
  const quick = plan.takeDecibels(samples, of)!
  expect(quick.length).toBe(exact.length)
  return quick.reduce((worst, value, i) => Math.max(worst, Math.abs(value - exact[i]!)), 0)
}

const tone = (hz: number, faint: number): Float32Array =>
  referenceNoise(rate).map((noise, n) => Math.sin((2 * Math.PI * hz * n) / rate) + faint * noise)

describe('decibels of bands in single precision', () => {
  it.each([
    [32, 16, 4],
    [64, 16, 5],
    [512, 160, 40],
    [1024, 512, 64],
    [2048, 512, 64],
    [2048, 3000, 129],
    [8192, 512, 30],
  ])('are those of double precision within 5e-4 dB: FFT %i, hop %i, %i bands', (fft, hop, count) => {
    const plan = planOf(fft, hop, count)
    for (const length of [1, 999, 20_001]) expect(worstError(referenceNoise(length), plan, count)).toBeLessThan(5e-4)
  })

  it.each([50, 440, 1000.3, 3000, 9999])('are so beside a tone of %d Hz, however faint the rest', (hz) => {
    const plan = planOf(2048, 512, 64)
    for (const faint of [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2])
      for (const topDb of [80, 120, null])
        expect(worstError(tone(hz, faint), plan, 64, { ...level, topDb })).toBeLessThan(5e-4)
  })

  it('would be wrong beside a tone without the frames that are computed again', () => {
    const bank = melFilterBank(bandsOf(64), rate, 2048)
    const plan = new StftPlan(shapeOf(2048, 512), bank)
    const samples = tone(1000.3, 1e-6)
    const window = Float64Array.from({ length: 2048 }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 2048))
    const kernel = SpectrumKernel.tryMake(window, 512, bank, 'single')!
    kernel.samples.set(samples.subarray(0, kernel.samples.length))
    kernel.sumBands(4)
    const exact = new Float64Array(64 * 44)
    plan.sumBands(samples, exact)
    // Frame 2 of the centred ones begins with the first sample.
    const errors = Array.from({ length: 64 }, (_, band) =>
      Math.abs(10 * Math.log10(kernel.rows[band]! / exact[2 * 64 + band]!)),
    )
    expect(Math.max(...errors)).toBeGreaterThan(0.01)
  })

  it('take any reference and floor, and keep silence level', () => {
    const plan = planOf(1024, 256, 40)
    const noise = referenceNoise(5000).map((value, n) => (n > 2500 ? value : 1e-4 * value))
    for (const referencePower of ['maximum', 1, 4e-3] as const)
      for (const topDb of [null, 20, 80])
        expect(worstError(noise, plan, 40, { referencePower, aminPower: 1e-8, topDb })).toBeLessThan(5e-4)
    expect(new Set(plan.takeDecibels(new Float32Array(5000), level))).toEqual(new Set([-100]))
    expect(() => plan.takeDecibels(noise, { ...level, topDb: -1 })).toThrow(/-1/)
  })

  it('leave to double precision what floats cannot hold, and what there is no WebAssembly for', () => {
    const plan = planOf(1024, 256, 40)
    expect(plan.takeDecibels(new Float32Array(5000).fill(1e17), level)).toBeNull()
    expect(plan.takeDecibels(referenceNoise(5000), { ...level, aminPower: 1e-40 })).toBeNull()
    expect(planOf(1000, 250, 40).takeDecibels(referenceNoise(5000), level)).toBeNull()
    vi.stubGlobal('WebAssembly', undefined)
    expect(planOf(1024, 256, 40).takeDecibels(referenceNoise(5000), level)).toBeNull()
  })
})
