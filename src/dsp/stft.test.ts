import { describe, expect, it } from 'vitest'
import type { WindowName, WindowShape } from './recipe'
import { goldenTones, referenceNoise, worstDeviation } from './reference-signals'
import stftReference from './reference/stft.json'
import windowReference from './reference/window.json'
import { countFrames, firstFrameCenter, reflectIndex, StftPlan, type StftShape } from './stft'
import { makeWindow, paddedWindow, windowNames as allWindowNames } from './window'

const windowNames: Record<string, WindowName> = {
  hann: 'hann',
  hamming: 'hamming',
  boxcar: 'rectangular',
  blackman: 'blackman',
  kaiser: 'kaiser',
  flattop: 'flat-top',
  nuttall: 'nuttall',
}

function powerFrames(samples: Float32Array, shape: StftShape): Float64Array[] {
  const frames: Float64Array[] = []
  new StftPlan(shape).forEachFrame(samples, (power) => frames.push(power.slice()))
  return frames
}

describe('windows', () => {
  it.each(windowReference)('$window ($windowParameter), $windowSymmetry, equals scipy’s', ({ values, ...shape }) => {
    expect(worstDeviation(makeWindow(shape as WindowShape, values.length), values, 0, 1e-8)).toBeLessThan(1)
  })

  it('are all held against scipy, except Kaldi’s, which is a power of Hann’s', () => {
    const held = new Set(windowReference.map(({ window }) => window))
    expect(allWindowNames.filter((name) => !held.has(name))).toEqual(['povey'])
    const hann = makeWindow({ window: 'hann', windowSymmetry: 'symmetric' }, 401)
    const povey = makeWindow({ window: 'povey', windowSymmetry: 'symmetric' }, 401)
    povey.forEach((value, i) => expect(value).toBeCloseTo(hann[i]! ** 0.85, 12))
  })

  it('have their usual parameter where none is given, and refuse one they do not have', () => {
    expect(makeWindow({ window: 'kaiser' }, 16)).toEqual(makeWindow({ window: 'kaiser', windowParameter: 8.6 }, 16))
    expect(() => makeWindow({ window: 'hann', windowParameter: 2 }, 16)).toThrow(/hann window has no parameter/)
    expect(() => makeWindow({ window: 'tukey', windowParameter: 3 }, 16)).toThrow(/tapered share.*0.001 to 1, not 3/)
    expect(() => makeWindow({ window: 'hann' }, 0)).toThrow(/1 sample or more/)
    for (const window of allWindowNames) expect(Array.from(makeWindow({ window }, 1))).toEqual([1])
  })

  it('sit in the middle of a longer FFT, the odd sample on the right', () => {
    expect(Array.from(paddedWindow({ window: 'rectangular' }, 3, 8))).toEqual([0, 0, 1, 1, 1, 0, 0, 0])
    expect(() => paddedWindow({ window: 'hann' }, 9, 8)).toThrow(/longer/)
  })
})

describe('STFT', () => {
  it.each(stftReference.cases)('equals librosa.stft with $arguments', ({ arguments: a, shape, frames }) => {
    const [name, parameter] = Array.isArray(a.window) ? a.window : [a.window]
    const actual = powerFrames(referenceNoise(3000), {
      fftSamples: a.n_fft,
      windowSamples: a.win_length,
      hopSamples: a.hop_length,
      window: windowNames[name as string]!,
      ...(parameter === undefined ? {} : { windowParameter: parameter as number }),
      center: a.center,
      padMode: a.pad_mode as StftShape['padMode'],
    })
    expect([actual[0]!.length, actual.length]).toEqual(shape)
    for (const [frame, expected] of Object.entries(frames))
      expect(worstDeviation(actual[Number(frame)]!, expected, 1e-5, 1e-7)).toBeLessThan(1)
  })

  it('counts frames by the window where it is told to, with and without the rest', () => {
    const shape: StftShape = {
      fftSamples: 512,
      windowSamples: 400,
      hopSamples: 160,
      window: 'rectangular',
      center: false,
      padMode: 'constant',
      uncentredFrames: 'window',
    }
    const padded: StftShape = { ...shape, uncentredFrames: 'window-padded' }
    expect([400, 559, 560, 16000].map((samples) => countFrames(samples, shape))).toEqual([1, 1, 2, 98])
    expect([1, 400, 401, 16000].map((samples) => countFrames(samples, padded))).toEqual([1, 1, 2, 99])
    expect(() => countFrames(399, shape)).toThrow(/399 samples are fewer than one frame of 400/)
    // A frame begins with its first sample: the power of an impulse there is 1 in every bin, one sample later too.
    const impulse = new Float32Array(1000)
    impulse[160] = 1
    const frames = powerFrames(impulse, shape)
    expect(frames[1]!.every((power) => Math.abs(power - 1) < 1e-12)).toBe(true)
    expect(frames[2]!.every((power) => power === 0)).toBe(true)
    expect(firstFrameCenter(shape)).toBe(200)
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
