import { describe, expect, it } from 'vitest'
import { measureFolding, measureRipple, sweep, tone } from '../../scripts/signal-docs/measure-resampler'
import { mixDown } from './mixdown'
import { Random } from './random'
import { referenceNoise, worstDeviation } from './reference-signals'
import reference from './reference/resample.json'
import { Resampler, resample } from './resample'

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

describe('the filter, measured', () => {
  const common = ratios.slice(0, -1)

  it.each(common)('%i to %i Hz is flat within 0.01 dB to 91 %% of the lower Nyquist frequency', (from, to) => {
    expect(measureRipple(from, to)).toBeLessThan(0.01)
  })

  const folding = common.filter(([from, to]) => from > to)
  it.each(folding)('%i to %i Hz: of a sweep over all that would fold back, 100 dB less is left', (from, to) => {
    expect(measureFolding(from, to)).toBeLessThan(-100)
  })

  it.each(common)('%i to %i Hz: a sweep of the pass band comes out as that sweep and nothing else', (from, to) => {
    const top = 0.9 * (Math.min(from, to) / 2)
    const output = resample(sweep(20, top, from, 3), from, to)
    const error = sweep(20, top, to, 3).reduce((worst, value, n) => Math.max(worst, Math.abs(value - output[n]!)), 0)
    expect(20 * Math.log10(error)).toBeLessThan(-100)
  })
})

describe('reference values', () => {
  const { samples, tones, cases } = reference
  const pick = (output: Float32Array, values: object): number[] => Object.keys(values).map((at) => output[Number(at)]!)

  it.each(cases)('$fromHz to $toHz Hz equal scipy.signal.resample_poly with this filter', ({ fromHz, toHz, scipy }) => {
    const output = resample(referenceNoise(samples), fromHz, toHz)
    expect(output).toHaveLength(scipy.length)
    expect(worstDeviation(pick(output, scipy.values), Object.values(scipy.values), 0, 3e-6)).toBeLessThan(1)
  })

  it.each(cases)(
    '$fromHz to $toHz Hz equal soxr’s best within 1e-4 where both are flat, and the tones themselves within 4e-6',
    ({ fromHz, toHz, soxr }) => {
      const lower = Math.min(fromHz, toHz)
      const tonesAt = (n: number): number => {
        const parts = tones.map((share, i) => Math.sin((2 * Math.PI * share * (lower / 2) * n) / fromHz + i))
        return (parts.reduce((sum, value) => sum + value, 0) / tones.length) * Math.sin((Math.PI * n) / samples) ** 2
      }
      const output = resample(
        Float32Array.from({ length: samples }, (_, n) => tonesAt(n)),
        fromHz,
        toHz,
      )
      const exact = Float32Array.from(output, (_, n) => tonesAt((n * fromHz) / toHz))
      expect(worstDeviation(output, exact, 0, 4e-6)).toBeLessThan(1)
      const wanted = Object.values(soxr.values)
      expect(worstDeviation(pick(output, soxr.values), wanted, 0, 1e-4)).toBeLessThan(1)
    },
  )
})

describe('Resampler', () => {
  /** In pieces of 0 to `most` samples. */
  function inPieces(samples: Float32Array, from: number, to: number, most: number): Float32Array {
    const resampler = new Resampler(from, to)
    const output: number[] = []
    const take = (part: Float32Array): void => part.forEach((value) => output.push(value))
    const random = new Random(most, 'pieces')
    for (let at = 0; at < samples.length;) {
      const end = at + Math.floor(random.uniform(0, most + 1))
      resampler.push(samples.slice(at, end), take)
      at = end
    }
    resampler.finish(take)
    return Float32Array.from(output)
  }

  it.each([...ratios, [16000, 16000], [192_001, 22_050]] as const)(
    '%i to %i Hz: whatever the pieces, the output is bit for bit that of the whole',
    (from, to) => {
      // Longer than what is transformed at a time.
      const samples = referenceNoise(150_000)
      const whole = resample(samples, from, to)
      for (const most of [997, 70_000, 400_000]) expect(inPieces(samples, from, to, most)).toEqual(whole)
      const short = samples.slice(0, 300)
      expect(inPieces(short, from, to, 2)).toEqual(resample(short, from, to))
    },
  )

  it('hands out sound while more comes, and keeps no more than a block', () => {
    const resampler = new Resampler(48000, 16000)
    let output = 0
    let most = 0
    const block = referenceNoise(48000)
    for (let second = 0; second < 60; second++) {
      resampler.push(block, (part) => (output += part.length))
      most = Math.max(most, resampler.countOutputs((second + 1) * 48000) - output)
    }
    expect(most).toBeLessThan(resampler.countOutputs(2 * 65_536))
    resampler.finish((part) => (output += part.length))
    expect(output).toBe(60 * 16000)
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
