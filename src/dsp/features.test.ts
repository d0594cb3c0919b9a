import { describe, expect, it } from 'vitest'
import { powerToDb } from './decibel'
import { computeDelta } from './delta'
import { computeFrontEnd, findEmptyBands } from './features'
import { hzToMel, melEdgesHz, melFilterBank, melToHz } from './mel'
import { computeMfcc } from './mfcc'
import { displayFrontEnd, logmelFrontEnd, mfccFrontEnd } from './presets'
import type { MelBands, SpectrogramFrontEnd } from './front-end'
import decibelReference from './reference/decibel.json'
import featureReference from './reference/features.json'
import melReference from './reference/mel.json'
import zeroCrossingReference from './reference/zero-crossing.json'
import { goldenTones, referenceNoise, referenceSignal, worstDeviation } from './reference-signals'
import { zeroCrossingRate, zeroCrossingRates } from './zero-crossing'

interface MelArguments {
  n_mels: number
  htk?: boolean
  norm?: null | number | string
  fmin?: number
  fmax?: number
}

const normNames: Record<string, MelBands['norm']> = { 1: 'l1', 2: 'l2', inf: 'max' }

function bandsFrom(a: MelArguments): MelBands {
  return {
    scale: 'mel',
    count: a.n_mels,
    minHz: a.fmin ?? 0,
    maxHz: a.fmax ?? null,
    formula: a.htk ? 'htk' : 'slaney',
    norm: a.norm === null ? 'none' : a.norm === undefined ? 'slaney' : normNames[String(a.norm)]!,
  }
}

interface CaseArguments extends MelArguments {
  n_fft: number
  win_length?: number
  hop_length: number
  power: number
  pad_mode?: string
}

function frontEndFrom(a: CaseArguments): SpectrogramFrontEnd {
  return {
    ...logmelFrontEnd,
    fftSamples: a.n_fft,
    windowSamples: a.win_length ?? a.n_fft,
    hopSamples: a.hop_length,
    padMode: a.pad_mode === 'reflect' ? 'reflect' : 'constant',
    power: a.power === 1 ? 1 : 2,
    bands: bandsFrom(a),
  }
}

describe('mel', () => {
  it('equals librosa’s scales both ways', () => {
    melReference.hz.forEach((hz, i) => {
      expect(hzToMel(hz, 'slaney')).toBeCloseTo(melReference.slaney[i]!, 9)
      expect(hzToMel(hz, 'htk')).toBeCloseTo(melReference.htk[i]!, 8)
      expect(melToHz(hzToMel(hz, 'slaney'), 'slaney')).toBeCloseTo(hz, 7)
      expect(melToHz(hzToMel(hz, 'htk'), 'htk')).toBeCloseTo(hz, 7)
    })
  })

  it('places the golden edges', () => {
    const edges = melEdgesHz(bandsFrom({ n_mels: 128 }), 22050)
    expect(edges[1]).toBeCloseTo(25.79359, 4)
    expect(edges[64]).toBeCloseTo(1956.47467, 4)
  })

  it.each(melReference.banks)('equals librosa.filters.mel with $arguments', (expected) => {
    const a = expected.arguments as MelArguments & { sr: number; n_fft: number }
    const bank = melFilterBank(bandsFrom(a), a.sr, a.n_fft)
    const { weights } = bank
    const sum = weights.reduce((total, weight) => total + weight, 0)
    expect(sum / expected.sum).toBeCloseTo(1, 5)
    expect(weights.filter((weight) => weight > 1e-12)).toHaveLength(expected.nonZeros)
    expect(bank.emptyBands).toEqual(expected.empty)
    const { row, weights: wanted } = expected
    const actual = weights.subarray(bank.offsets[row], bank.offsets[row + 1])
    expect(Object.keys(wanted).map(Number)).toEqual(Array.from(actual, (_, i) => bank.firstBins[row]! + i))
    expect(worstDeviation(actual, Object.values(wanted) as number[], 1e-5, 1e-9)).toBeLessThan(1)
  })

  it('refuses bands outside the sample rate', () => {
    expect(() => melEdgesHz({ ...bandsFrom({ n_mels: 4 }), maxHz: 9000 }, 16000)).toThrow(/9000/)
  })
})

describe('decibels', () => {
  it('equal librosa.power_to_db', () => {
    const power = Float64Array.from(decibelReference.power)
    const level = { referencePower: 1, aminPower: 1e-10, topDb: null }
    expect(Array.from(powerToDb(power, { ...level, topDb: 80 }))).toEqual(decibelReference.topDb80)
    expect(Array.from(powerToDb(power, level))).toEqual(decibelReference.noFloor)
    const four = powerToDb(power, { ...level, referencePower: 4 })
    expect(worstDeviation(four, decibelReference.reference4, 1e-6, 0)).toBeLessThan(1)
  })
})

describe('front ends', () => {
  it.each(featureReference.cases)('$signal with $arguments: decibels, MFCC and deltas equal librosa’s', (expected) => {
    const picture = computeFrontEnd(referenceSignal(expected.signal), frontEndFrom(expected.arguments))
    const compare = (
      values: Float32Array,
      rows: number,
      reference: { shape: number[]; frames: Record<string, number[] | undefined> },
      atol: number,
    ) => {
      expect([rows, values.length / rows]).toEqual(reference.shape)
      for (const [frame, column] of Object.entries(reference.frames)) {
        const actual = values.subarray(Number(frame) * rows, (Number(frame) + 1) * rows)
        expect(worstDeviation(actual, column!, 1e-4, atol)).toBeLessThan(1)
      }
    }
    compare(picture.values, picture.bands, expected.decibels, 1e-4)
    const mfcc = computeMfcc(picture, 20)
    compare(mfcc, 20, expected.mfcc, 1e-3)
    compare(computeMfcc(picture, 20, 22), 20, expected.lifter22, 1e-2)
    compare(computeDelta(mfcc, 20), 20, expected.delta, 1e-4)
    compare(computeDelta(mfcc, 20, 9, 2), 20, expected.delta2, 1e-4)
  })

  it('gives the golden values of the design reference (128 bands, FFT 2048)', () => {
    const frontEnd = frontEndFrom({ n_fft: 2048, hop_length: 512, n_mels: 128, power: 2 })
    const picture = computeFrontEnd(goldenTones(22050, 22050), frontEnd)
    expect([picture.bands, picture.frames]).toEqual([128, 44])
    const mean = picture.values.reduce((sum, value) => sum + value, 0) / picture.values.length
    expect(Math.max(...picture.values)).toBeCloseTo(34.814817, 4)
    expect(Math.min(...picture.values)).toBeCloseTo(-45.185183, 4)
    expect(mean).toBeCloseTo(-39.049598, 3)
    const mfcc = computeMfcc(picture, 20)
    const golden = [-466.212747, 29.546022, 12.163632, 34.488024, -1.233992, -38.891377]
    expect(worstDeviation(mfcc.subarray(400, 406), golden, 1e-4, 0)).toBeLessThan(1)
  })

  it('shows a tone in the band that holds it, at the time it sounds', () => {
    const samples = new Float32Array(44100)
    for (let n = 22050; n < 33075; n++) samples[n] = Math.sin((2 * Math.PI * 2000 * n) / 22050)
    for (const frontEnd of [logmelFrontEnd, displayFrontEnd(22050), displayFrontEnd(22050, 'mel')]) {
      const { values, bands, bandHz, frameSeconds, frames } = computeFrontEnd(samples, frontEnd)
      const loudest = values.indexOf(values.reduce((a, b) => Math.max(a, b)))
      expect(Math.abs(bandHz[loudest % bands]! - 2000)).toBeLessThan(80)
      const loudSeconds = Math.floor(loudest / bands) * frameSeconds
      expect(loudSeconds).toBeGreaterThan(0.97)
      expect(loudSeconds).toBeLessThan(1.53)
      expect(frames * frameSeconds).toBeCloseTo(2, 1)
    }
  })

  it('makes silence level and keeps it finite', () => {
    const { values } = computeFrontEnd(new Float32Array(5000), mfccFrontEnd)
    expect(new Set(values)).toEqual(new Set([-100]))
  })

  it('has no empty bands in its presets, and reports them where there are', () => {
    for (const frontEnd of [logmelFrontEnd, mfccFrontEnd]) expect(findEmptyBands(frontEnd)).toEqual([])
    for (const rate of [8000, 16000, 22050, 44100, 48000, 96000]) {
      const windowSeconds = displayFrontEnd(rate).fftSamples / rate
      expect(windowSeconds).toBeGreaterThan(0.0232 / Math.SQRT2)
      expect(windowSeconds).toBeLessThan(0.0232 * Math.SQRT2)
      expect(findEmptyBands(displayFrontEnd(rate, 'mel'))).toEqual([])
    }
    expect(
      findEmptyBands(frontEndFrom({ n_fft: 1024, hop_length: 512, n_mels: 500, power: 2 })).length,
    ).toBeGreaterThan(50)
  })

  it('is independent of what was computed before', () => {
    const noise = referenceNoise(9000)
    const first = computeFrontEnd(noise, logmelFrontEnd)
    computeFrontEnd(goldenTones(22050, 5000), logmelFrontEnd)
    first.bandHz.fill(0)
    const again = computeFrontEnd(noise, logmelFrontEnd)
    expect(again.values).toEqual(first.values)
    expect(again.bandHz[0]).toBeGreaterThan(0)
  })
})

describe('deltas', () => {
  it('of t² are those of librosa, edges included', () => {
    const squares = Float32Array.from({ length: 12 }, (_, t) => t * t)
    expect(Array.from(computeDelta(squares, 1))).toEqual([8, 8, 8, 8, 8, 10, 12, 14, 14, 14, 14, 14])
    expect(worstDeviation(computeDelta(squares, 1, 9, 2), new Array(12).fill(2), 1e-6, 0)).toBeLessThan(1)
  })

  it('need as many frames as they are wide', () => {
    expect(() => computeDelta(new Float32Array(8), 1)).toThrow(/9 frames, there are 8/)
    expect(() => computeDelta(new Float32Array(20), 1, 4)).toThrow(/odd/)
  })
})

describe('zero crossings', () => {
  it('count the turns of a sine', () => {
    const samples = Float32Array.from({ length: 8001 }, (_, n) => Math.sin((2 * Math.PI * 100 * (n + 0.5)) / 8000))
    expect(zeroCrossingRate(samples) * 8000).toBeCloseTo(200, 0)
    expect(zeroCrossingRate(new Float32Array(1))).toBe(0)
  })

  it('equal librosa’s frame by frame', () => {
    const rates = zeroCrossingRates(referenceNoise(2000), 256, 128)
    expect(worstDeviation(rates, zeroCrossingReference.rates, 1e-6, 1e-9)).toBeLessThan(1)
  })
})
