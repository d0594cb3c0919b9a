import { describe, expect, it } from 'vitest'
import { centsOff, fitPartials, inside, makeTone, toneOf } from '../../../scripts/signal-docs/tone-fit'
import { Random } from '../random'
import reference from '../reference/stretch.json'
import { applyChain } from './apply-chain'
import type { AugmentationStep } from './chain'
import { meanSquare } from './noise'
import { stretchTime } from './phase-vocoder'
import { shiftPitch } from './time-pitch'

const { sampleRateHz, samples: length } = reference

/** librosa reaches it at the rates above 1 only, where its frames lie closer; at the others it has 37 to 47 dB. */
const purityDb = 75

it('the reference says of librosa what is said of it here', () => {
  const slower = [
    ...reference.stretched.filter(({ rate }) => rate < 1),
    ...reference.shifted.filter(({ semitones }) => semitones > 0),
  ]
  for (const { cleanDb } of slower) expect(cleanDb).toBeLessThan(48)
})

describe('time stretch', () => {
  it.for(reference.stretched)('$tone at $rate: length, pitch and purity', ({ tone, rate, samples }) => {
    const own = toneOf(tone)
    const heard = stretchTime(makeTone(own), rate, sampleRateHz)
    expect(heard).toHaveLength(samples)
    expect(heard).toHaveLength(Math.round(length / rate))
    expect(Math.abs(centsOff(inside(heard), own))).toBeLessThan(0.05)
    expect(fitPartials(inside(heard), own).cleanDb).toBeGreaterThan(purityDb)
    // The level is the tone's to its very ends.
    for (const end of [heard.subarray(0, 600), heard.subarray(-600)])
      expect(Math.abs(10 * Math.log10(meanSquare(end) / meanSquare(inside(heard))))).toBeLessThan(0.5)
  })

  it('keeps the level of noise within 2.5 dB, and silence silent', () => {
    const noise = new Float32Array(length)
    new Random(4).fillNormal(noise)
    for (const rate of [0.5, 0.81, 1.23, 2]) {
      const change = 10 * Math.log10(meanSquare(stretchTime(noise, rate, sampleRateHz)) / meanSquare(noise))
      expect(Math.abs(change)).toBeLessThan(2.5)
    }
    expect(stretchTime(new Float32Array(5000), 0.7, sampleRateHz).every((value) => value === 0)).toBe(true)
  })

  it('at rate 1 is the sound itself, and takes any length', () => {
    const sound = makeTone(toneOf('sine'))
    expect(stretchTime(sound, 1, sampleRateHz)).toEqual(sound)
    for (const count of [0, 1, 2, 511, 512, 2049])
      for (const rate of [0.25, 0.9, 4]) {
        const heard = stretchTime(sound.subarray(0, count), rate, sampleRateHz)
        expect(heard).toHaveLength(Math.round(count / rate))
        expect(heard.every(Number.isFinite)).toBe(true)
      }
    expect(() => stretchTime(sound, 0, sampleRateHz)).toThrow('0 times as fast')
    expect(() => stretchTime(sound, NaN, sampleRateHz)).toThrow('NaN times')
  })
})

describe('pitch shift', () => {
  it.for(reference.shifted)('$tone by $semitones: length, pitch and purity', ({ tone, semitones }) => {
    const own = toneOf(tone)
    const heard = shiftPitch(makeTone(own), semitones, sampleRateHz)
    expect(heard).toHaveLength(length)
    const shifted = { ...own, hz: own.hz * 2 ** (semitones / 12) }
    expect(Math.abs(centsOff(inside(heard), shifted))).toBeLessThan(0.05)
    expect(fitPartials(inside(heard), shifted).cleanDb).toBeGreaterThan(purityDb)
  })

  it('loses what would come to lie above the Nyquist frequency', () => {
    const high = makeTone({ hz: 8000, partials: 1 })
    const change = meanSquare(inside(shiftPitch(high, 12, sampleRateHz))) / meanSquare(high)
    expect(10 * Math.log10(change)).toBeLessThan(-80)
  })
})

describe('segments', () => {
  /** A tone from 1 to 1.5 s of 3. */
  function burst() {
    const samples = makeTone(toneOf('sine')).slice(0, 3 * sampleRateHz)
    for (let n = 0; n < samples.length; n++) if (n < sampleRateHz || n >= 1.5 * sampleRateHz) samples[n] = 0
    return { samples, sampleRateHz, segments: [{ startSeconds: 1, endSeconds: 1.5, index: 0 }] }
  }
  const run = (step: AugmentationStep) =>
    applyChain(burst(), { steps: [step] }, { seed: 1, epoch: 1, example: 1, className: null })

  it.for([0.81, 1.23, 2])('go with a stretch of %d, within a hop', (rate) => {
    const { sound, drawn } = run({ kind: 'time-stretch', rate: [rate, rate] })
    expect(drawn[0]!.values).toEqual({ rate })
    const [segment] = sound.segments
    expect(segment!.startSeconds).toBeCloseTo(1 / rate, 9)
    expect(segment!.endSeconds).toBeCloseTo(1.5 / rate, 9)
    // Half of the level of the tone is where it begins and ends.
    const hop = 512
    const level = (at: number): number => Math.sqrt(2 * meanSquare(sound.samples.subarray(at - 25, at + 25)))
    for (const [seconds, direction] of [
      [segment!.startSeconds, 1],
      [segment!.endSeconds, -1],
    ] as const) {
      const edge = Math.round(seconds * sampleRateHz)
      expect(level(edge + direction * hop)).toBeGreaterThan(0.15)
      expect(level(edge - direction * hop)).toBeLessThan(0.15)
    }
  })

  it('stay where pitch alone changes', () => {
    const { sound } = run({ kind: 'pitch-shift', semitones: [3, 3] })
    expect(sound.segments).toEqual(burst().segments)
    expect(sound.samples).toHaveLength(burst().samples.length)
  })
})
