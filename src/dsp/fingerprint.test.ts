import { describe, expect, it } from 'vitest'
import { computeFingerprint, fingerprintFramesPerSecond, fingerprintRateHz } from './fingerprint'
import { findSoundMatches } from './fingerprint-matches'
import { Random } from './random'
import { resample } from './resample'

const rateHz = 22_050

/** Noise through drifting resonances: sound without any repetition. */
function makeSound(seed: number, seconds = 5): Float32Array {
  const random = new Random(seed, 'sound')
  const samples = new Float32Array(seconds * rateHz)
  for (let voice = 0; voice < 6; voice++) {
    const [low, rate, phase] = [random.uniform(300, 1500), random.uniform(0.2, 3), random.uniform(0, 6)]
    let [a, b] = [0, 0]
    for (let at = 0; at < samples.length; at++) {
      const hz = low * (1 + 0.3 * Math.sin(phase + (rate * 2 * Math.PI * at) / rateHz))
      const next = 1.98 * Math.cos((2 * Math.PI * hz) / rateHz) * a - 0.98 * b + random.normal() * 0.01
      ;[a, b] = [next, a]
      samples[at]! += next
    }
  }
  return samples
}

const print = (samples: Float32Array, hz = rateHz): Uint32Array =>
  computeFingerprint(resample(samples, hz, fingerprintRateHz))
const scaled = (samples: Float32Array, gain: number): Float32Array => samples.map((value) => value * gain)

describe('fingerprints', () => {
  const sounds = Array.from({ length: 12 }, (_, index) => makeSound(index))

  it('have a number every 64 samples of 5500 Hz, and none for less than a frame', () => {
    expect(print(sounds[0]!)).toHaveLength(1 + Math.floor((27_500 - 2048) / 64))
    expect(computeFingerprint(new Float32Array(2000))).toHaveLength(0)
    expect(print(new Float32Array(rateHz)).every((code) => code === 0)).toBe(true)
  })

  it('are the same when the sound is softer', () => {
    expect(print(scaled(sounds[0]!, 0.25))).toEqual(print(sounds[0]!))
  })

  it('find sound that was resampled, made softer, or cut out, where it lies, and no strangers', () => {
    const from = Math.round(1.7 * rateHz)
    const cut = sounds[3]!.slice(from, from + 2 * rateHz)
    const prints = [
      ...sounds.map((sound) => print(sound)),
      print(resample(sounds[1]!, rateHz, 16_000), 16_000),
      print(scaled(sounds[2]!, -0.25)),
      print(cut),
    ]
    const matches = findSoundMatches(prints)
    expect(matches.map(({ first, second }) => [first, second])).toEqual([
      [1, 12],
      [2, 13],
      [3, 14],
    ])
    expect(matches.every((match) => match.errorRate < 0.05)).toBe(true)
    expect(matches[0]!.seconds).toBeCloseTo(4.63, 1)
    expect(matches[2]!.firstStartSeconds).toBeCloseTo(1.7, 1)
    expect(matches[2]!.secondStartSeconds).toBeCloseTo(0, 1)
  })

  it('find two cuts of one source by what they have in common', () => {
    const early = sounds[5]!.slice(0, 3 * rateHz)
    const late = sounds[5]!.slice(Math.round(1.5 * rateHz))
    const [match, ...others] = findSoundMatches([print(early), print(late)])
    expect(others).toEqual([])
    expect(match!.firstStartSeconds - match!.secondStartSeconds).toBeCloseTo(1.5, 1)
    expect(match!.seconds).toBeGreaterThan(1)
  })

  it('take silence for nothing that two sounds have in common', () => {
    const padded = (sound: Float32Array): Float32Array => {
      const all = new Float32Array(5 * rateHz)
      all.set(sound.subarray(0, rateHz))
      return all
    }
    expect(findSoundMatches([print(padded(sounds[6]!)), print(padded(sounds[7]!))])).toEqual([])
  })

  it('say how far the search is', () => {
    const heard: [number, number][] = []
    findSoundMatches(
      sounds.map((sound) => print(sound)),
      (done, total) => void heard.push([done, total]),
    )
    for (const [done, total] of heard) expect(done).toBeLessThanOrEqual(total)
    expect(fingerprintFramesPerSecond).toBeCloseTo(85.94, 2)
  })
})
