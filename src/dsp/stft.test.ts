import { describe, expect, it } from 'vitest'
import type { WindowName } from './recipe'
import { goldenTones, referenceNoise, worstDeviation } from './reference-signals'
import stftReference from './reference/stft.json'
import windowReference from './reference/window.json'
import { countFrames, reflectIndex, StftPlan, type StftShape } from './stft'
import { paddedWindow, periodicWindow } from './window'

const windowNames: Record<string, WindowName> = { hann: 'hann', hamming: 'hamming', boxcar: 'rectangular' }

function powerFrames(samples: Float32Array, shape: StftShape): Float64Array[] {
  const frames: Float64Array[] = []
  new StftPlan(shape).forEachFrame(samples, (power) => frames.push(power.slice()))
  return frames
}

describe('windows', () => {
  it.each(Object.entries(windowReference))('%s equals scipy’s', (name, expected) => {
    const [kind, size] = name.split('-')
    expect(worstDeviation(periodicWindow(kind as WindowName, Number(size)), expected, 0, 1e-8)).toBeLessThan(1)
  })

  it('sit in the middle of a longer FFT, the odd sample on the right', () => {
    expect(Array.from(paddedWindow('rectangular', 3, 8))).toEqual([0, 0, 1, 1, 1, 0, 0, 0])
    expect(() => paddedWindow('hann', 9, 8)).toThrow(/longer/)
  })
})

describe('STFT', () => {
  it.each(stftReference.cases)('equals librosa.stft with $arguments', ({ arguments: a, shape, frames }) => {
    const actual = powerFrames(referenceNoise(3000), {
      fftSamples: a.n_fft,
      windowSamples: a.win_length,
      hopSamples: a.hop_length,
      window: windowNames[a.window]!,
      center: a.center,
      padMode: a.pad_mode as StftShape['padMode'],
    })
    expect([actual[0]!.length, actual.length]).toEqual(shape)
    for (const [frame, expected] of Object.entries(frames))
      expect(worstDeviation(actual[Number(frame)]!, expected, 1e-5, 1e-7)).toBeLessThan(1)
  })

  it('gives the golden values of librosa’s defaults on two tones', () => {
    const shape: StftShape = {
      fftSamples: 2048,
      windowSamples: 2048,
      hopSamples: 512,
      window: 'hann',
      center: true,
      padMode: 'constant',
    }
    const frames = powerFrames(goldenTones(22050, 22050), shape)
    expect(frames).toHaveLength(44)
    expect(Math.sqrt(frames[20]![41]!)).toBeCloseTo(253.09808, 3)
    expect(Math.sqrt(frames[20]![40]!)).toBeCloseTo(153.56784, 3)
    expect(Math.sqrt(frames[20]![279]!)).toBeCloseTo(117.62309, 3)
    expect(Math.sqrt(frames[0]![0]!)).toBeCloseTo(4.25721, 4)
  })

  it('mirrors at any distance, as numpy does', () => {
    const mirrored = Array.from({ length: 13 }, (_, i) => reflectIndex(i - 5, 3))
    expect(mirrored).toEqual([1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2, 1])
    expect(reflectIndex(-7, 1)).toBe(0)
  })

  it('says what is wrong with a signal that makes no frame', () => {
    const shape: StftShape = {
      fftSamples: 64,
      windowSamples: 64,
      hopSamples: 16,
      window: 'hann',
      center: false,
      padMode: 'constant',
    }
    expect(countFrames(64, shape)).toBe(1)
    expect(() => countFrames(63, shape)).toThrow(/63 samples/)
    expect(() => countFrames(0, { ...shape, center: true })).toThrow(/at least one sample/)
    expect(() => new StftPlan({ ...shape, hopSamples: 0 })).toThrow(/hop/)
  })
})
