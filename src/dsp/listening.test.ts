import { describe, expect, it } from 'vitest'
import { bandPassLength, designBandPass, FirFilter } from './band-pass'
import { Heterodyne } from './heterodyne'
import reference from './reference/band-pass.json'
import { referenceNoise, worstDeviation } from './reference-signals'
import { TimeStretch } from './time-stretch'
import { Varispeed } from './varispeed'

const sine = (hz: number, rate: number, samples: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate))
/** Amplitude of one frequency, away from the ends. */
function amplitudeOf(signal: Float32Array, hz: number, rate: number, margin = 2000): number {
  const part = signal.subarray(margin, signal.length - margin)
  let [re, im] = [0, 0]
  part.forEach((value, n) => {
    re += value * Math.cos((2 * Math.PI * hz * n) / rate)
    im += value * Math.sin((2 * Math.PI * hz * n) / rate)
  })
  return (2 * Math.hypot(re, im)) / part.length
}
const rms = (signal: Float32Array): number =>
  Math.sqrt(signal.reduce((sum, value) => sum + value * value, 0) / signal.length)
/** Feeds a signal in blocks of uneven lengths. */
function inBlocks(signal: Float32Array, process: (block: Float32Array, isLast: boolean) => Float32Array): Float32Array {
  const out: number[] = []
  const sizes = [1, 700, 64, 4096, 333]
  for (let from = 0, turn = 0; from < signal.length; turn++) {
    const to = Math.min(signal.length, from + sizes[turn % sizes.length]!)
    out.push(...process(signal.subarray(from, to), to === signal.length))
    from = to
  }
  return Float32Array.from(out)
}

describe('band-pass', () => {
  it.each(reference)('has scipy’s coefficients from $lowHz to $highHz Hz at $sampleRateHz Hz', (expected) => {
    const { lowHz, highHz, sampleRateHz, coefficients } = expected
    expect(
      worstDeviation(designBandPass(lowHz, highHz, sampleRateHz, coefficients.length), coefficients, 1e-9, 1e-10),
    ).toBeLessThanOrEqual(1)
  })
  it('lets the band through and nothing else, in blocks as in one, late by its delay', () => {
    const rate = 44_100
    const filter = (): FirFilter => new FirFilter(designBandPass(800, 6000, rate, bandPassLength(800, 6000, rate)))
    const gain = (hz: number): number =>
      rms(
        filter()
          .process(sine(hz, rate, 20_000))
          .subarray(8000),
      ) * Math.SQRT2
    expect(gain(2500)).toBeCloseTo(1, 2)
    for (const hz of [200, 7200, 15_000]) expect(20 * Math.log10(gain(hz))).toBeLessThan(-40)
    const noise = referenceNoise(12_000)
    const blockwise = filter()
    expect(
      worstDeviation(
        inBlocks(noise, (block) => blockwise.process(block)),
        filter().process(noise),
        1e-6,
        1e-6,
      ),
    ).toBeLessThanOrEqual(1)
    const click = new Float32Array(4000)
    click[1000] = 1
    const one = filter()
    const heard = one.process(click)
    expect(heard.indexOf(Math.max(...heard))).toBe(1000 + one.delaySamples)
  })
  it('refuses a band that is none', () => {
    expect(() => designBandPass(500, 400, 8000, 11)).toThrow(RangeError)
    expect(() => designBandPass(5000, 6000, 8000, 11)).toThrow('does not fit')
  })
})

describe('Varispeed', () => {
  it.each([
    [0.1, 300],
    [0.5, 1000],
    [44_100 / 48_000, 3000],
    [1, 3000],
    [2, 3000],
    [4, 2000],
  ])('at a ratio of %d turns %d Hz into as much more, clean by 60 dB', (ratio, hz) => {
    const rate = 44_100
    const speed = new Varispeed(ratio)
    const signal = sine(hz, rate, Math.ceil(30_000 * Math.max(1, ratio)))
    const played = inBlocks(signal, (block, isLast) => speed.process(block, isLast))
    expect(played.length).toBe(Math.ceil(signal.length / ratio))
    const expected = sine(hz * ratio, rate, played.length)
    const [from, to] = [4000, played.length - 4000]
    const error = played.map((value, n) => value - expected[n]!).subarray(from, to)
    expect(20 * Math.log10(rms(error) / rms(expected.subarray(from, to)))).toBeLessThan(-60)
  })
  it('lets nothing fold back', () => {
    const played = new Varispeed(2).process(sine(15_000, 44_100, 60_000), true)
    expect(20 * Math.log10(rms(played.subarray(2000, 28_000)))).toBeLessThan(-60)
  })
  it('keeps a loop of blocks in step: as many samples as the ratio says, whatever the blocks', () => {
    const speed = new Varispeed(0.75)
    let count = 0
    for (let block = 0; block < 100; block++) count += speed.process(new Float32Array(441)).length
    expect(Math.abs(count - 44_100 / 0.75)).toBeLessThan(64)
  })
})

describe('TimeStretch', () => {
  it.each([0.1, 0.5, 0.8, 1.5, 3])(
    'at a speed of %d keeps the pitch and the loudness, and takes as much longer',
    (speed) => {
      const rate = 22_050
      const signal = sine(440, rate, 3 * rate).map(
        (value, n) => value + 0.5 * Math.sin((2 * Math.PI * 1230 * n) / rate),
      )
      const stretch = new TimeStretch(speed, rate, 1)
      const played = inBlocks(signal, (block, isLast) => stretch.process([block], isLast)[0]!)
      expect(Math.abs(played.length / rate - 3 / speed)).toBeLessThan(0.05)
      const middle = played.subarray(0, Math.min(played.length, 4 * rate))
      // Frame by frame: windows fit each other within half a sample, and that adds up over seconds.
      const inFrames = (hz: number): number => {
        const frames = Array.from({ length: Math.floor(middle.length / 2048) - 2 }, (_, k) => k + 1)
        const sum = frames.reduce((all, k) => all + amplitudeOf(middle.slice(k * 2048, (k + 1) * 2048), hz, rate, 0), 0)
        return sum / frames.length
      }
      expect(inFrames(440)).toBeGreaterThan(0.9)
      expect(inFrames(1230)).toBeGreaterThan(0.4)
      expect(rms(middle.subarray(2000, middle.length - 2000)) / rms(signal)).toBeCloseTo(1, 1)
      // As another pitch it would be there.
      expect(inFrames(440 * speed)).toBeLessThan(0.12)
    },
  )
  it('gives back what it was given at a speed of 1', () => {
    const signal = referenceNoise(30_000)
    const played = new TimeStretch(1, 22_050, 1).process([signal], true)[0]!
    expect(worstDeviation(played.subarray(0, 29_000), signal.subarray(0, 29_000), 1e-4, 1e-4)).toBeLessThanOrEqual(1)
  })
  it('moves channels together', () => {
    const left = referenceNoise(30_000)
    const right = left.map((value) => -value)
    const [a, b] = new TimeStretch(0.6, 22_050, 2).process([left, right], true)
    expect(a!.every((value, n) => Math.abs(value + b![n]!) < 1e-6)).toBe(true)
  })
})

describe('Heterodyne', () => {
  it('is heard at the distance from its tone, and what is far from it is not', () => {
    const rate = 192_000
    const signal = sine(43_000, rate, 40_000).map((value, n) => value + Math.sin((2 * Math.PI * 60_000 * n) / rate))
    const detector = new Heterodyne(40_000, rate)
    const heard = inBlocks(signal, (block) => detector.process(block))
    expect(amplitudeOf(heard, 3000, rate)).toBeCloseTo(1, 1)
    expect(amplitudeOf(heard, 20_000, rate)).toBeLessThan(0.01)
    expect(() => new Heterodyne(50_000, 96_000)).toThrow(RangeError)
  })
})
