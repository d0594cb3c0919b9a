import { describe, expect, it } from 'vitest'
import { mixDown } from './mixdown'
import { resample } from './resample'

const tone = (hz: number, rate: number, samples: number) =>
  Float32Array.from({ length: samples }, (_, n) => Math.sin((2 * Math.PI * hz * n) / rate))

/** Root mean square in dB of the middle half, where the ends of the tone are out of reach. */
function middleDb(samples: Float32Array): number {
  const middle = samples.subarray(Math.floor(samples.length / 4), Math.floor((samples.length * 3) / 4))
  return 10 * Math.log10(middle.reduce((sum, value) => sum + value * value, 0) / middle.length + 1e-30)
}

const ratios: [number, number][] = [
  [44100, 22050],
  [44100, 16000],
  [48000, 22050],
  [22050, 44100],
  [8000, 22050],
  [96000, 44100],
  [44100, 22051],
]

describe('resample', () => {
  it.each(ratios)('%i to %i Hz keeps a tone of the pass band: level, phase, place', (from, to) => {
    for (const share of [0.02, 0.5, 0.9]) {
      const hz = (share * Math.min(from, to)) / 2
      const output = resample(tone(hz, from, 12000), from, to)
      expect(output).toHaveLength(Math.ceil((12000 * to) / from))
      const error = tone(hz, to, output.length).map((value, n) => value - output[n]!)
      expect(middleDb(error)).toBeLessThan(-80)
    }
  })

  it.each(ratios.filter(([from, to]) => from > to))('%i to %i Hz removes what would fold back', (from, to) => {
    for (const hz of [to / 2 + 1, to * 0.52, to * 0.6, (to / 2 + from / 2) / 2, from / 2 - 50]) {
      const level = middleDb(resample(tone(hz, from, 24000), from, to)) - middleDb(tone(hz, from, 24000))
      expect(level).toBeLessThan(-100)
    }
  })

  it.each(ratios.filter(([from, to]) => from < to))('%i to %i Hz adds no images', (from, to) => {
    const hz = from * 0.3
    const output = resample(tone(hz, from, 12000), from, to)
    const error = tone(hz, to, output.length).map((value, n) => value - output[n]!)
    expect(middleDb(error)).toBeLessThan(-95)
  })

  it('keeps a constant a constant, to float32', () => {
    const output = resample(new Float32Array(8000).fill(0.25), 44100, 16000)
    for (const value of output.subarray(500, -500)) expect(value).toBeCloseTo(0.25, 7)
  })

  it('leaves an impulse where it was', () => {
    const impulse = new Float32Array(2001)
    impulse[1000] = 1
    const output = resample(impulse, 44100, 22050)
    expect(output.indexOf(Math.max(...output))).toBe(500)
    for (let n = 1; n < 200; n++) expect(output[500 + n]).toBeCloseTo(output[500 - n]!, 7)
  })

  it('copies at equal rates, takes nothing and one sample, refuses odd rates', () => {
    const samples = Float32Array.of(1, 2, 3)
    const copy = resample(samples, 8000, 8000)
    expect(copy).toEqual(samples)
    expect(copy).not.toBe(samples)
    expect(resample(new Float32Array(0), 44100, 22050)).toHaveLength(0)
    expect(resample(new Float32Array(1), 44100, 22050)).toHaveLength(1)
    expect(() => resample(samples, 0, 8000)).toThrow(/sample rate/)
    expect(() => resample(samples, 8000, 22050.5)).toThrow(/22050.5/)
  })
})

describe('mixDown', () => {
  const channels = [Float32Array.of(1, 0, -1), Float32Array.of(0, 0.5, -1)]

  it('takes the mean or one channel, as a copy', () => {
    expect(Array.from(mixDown(channels, 'mean'))).toEqual([0.5, 0.25, -1])
    expect(mixDown(channels, 1)).toEqual(channels[1])
    expect(mixDown(channels, 1)).not.toBe(channels[1])
  })

  it('says which channel is missing', () => {
    expect(() => mixDown(channels, 2)).toThrow(/no channel 2/)
    expect(() => mixDown([], 'mean')).toThrow(RangeError)
    expect(() => mixDown([new Float32Array(1), new Float32Array(2)], 'mean')).toThrow(/length/)
  })
})
