import { describe, expect, it } from 'vitest'
import { Random } from '../random'
import { applyChain } from './apply-chain'
import { swapBackground } from './background'
import { meanSquare } from './noise'
import type { AugmentedSound } from './sound'

const rateHz = 16_000
const hiss = (length: number, amplitude: number, seed: number): Float32Array => {
  const noise = new Float32Array(length)
  new Random(seed).fillNormal(noise)
  return noise.map((value) => amplitude * value)
}

/** Two seconds of soft noise with tones from 0.5 to 0.8 s and from 1.2 to 1.5 s. */
function clip(hasSegments = true): AugmentedSound {
  const samples = hiss(2 * rateHz, 0.002, 1)
  const segments = [
    { startSeconds: 1.2, endSeconds: 1.5, index: 1 },
    { startSeconds: 0.5, endSeconds: 0.8, index: 0 },
  ]
  for (const { startSeconds, endSeconds } of segments)
    for (let n = Math.round(startSeconds * rateHz); n < Math.round(endSeconds * rateHz); n++)
      samples[n] = samples[n]! + 0.3 * Math.sin((2 * Math.PI * 440 * n) / rateHz)
  return { samples, sampleRateHz: rateHz, segments: hasSegments ? segments : [] }
}
const street = hiss(3 * rateHz, 0.1, 2)
const at = (seconds: number): number => Math.round(seconds * rateHz)
const dB = (ratio: number): number => 10 * Math.log10(ratio)
const settings = { quietDb: 30, levelDb: 0, beside: 'background' as const, place: 0.25 }

describe('background swap', () => {
  it.each([true, false])('keeps what is labeled to the bit and replaces the rest (segments: %s)', (hasSegments) => {
    const before = clip(hasSegments)
    const original = before.samples.slice()
    const { samples, replacedSeconds } = swapBackground(before, street, settings)
    expect(before.samples).toEqual(original)
    expect(replacedSeconds).toBeCloseTo(1.4, 2)
    for (const [from, to] of [
      [0.5, 0.8],
      [1.2, 1.5],
    ] as const)
      expect(samples.subarray(at(from), at(to))).toEqual(original.subarray(at(from), at(to)))
    // Apart from the 20 ms of each crossing, nothing is left of the old background.
    const place = Math.floor(settings.place * (street.length - samples.length + 1))
    const gain = samples[0]! / street[place]!
    for (const [from, to] of [
      [0, 0.48],
      [0.82, 1.18],
      [1.52, 2],
    ] as const)
      for (let n = at(from); n < at(to); n++) expect(samples[n]!).toBeCloseTo(gain * street[place + n]!, 8)
  })

  it('has the level of what it replaces, or a ratio to what stays', () => {
    const { samples: before } = clip()
    const parts = (own: Float32Array): number =>
      [
        [0, 0.48],
        [0.82, 1.18],
        [1.52, 2],
      ].reduce((sum, [from, to]) => sum + meanSquare(own.subarray(at(from!), at(to!))) * (to! - from!), 0) / 1.32
    const matched = swapBackground(clip(), street, settings).samples
    expect(Math.abs(dB(parts(matched) / parts(before)))).toBeLessThan(0.1)
    const louder = swapBackground(clip(), street, { ...settings, levelDb: 6 }).samples
    expect(Math.abs(dB(parts(louder) / parts(before)) - 6)).toBeLessThan(0.1)
    const beside = swapBackground(clip(), street, { ...settings, levelDb: -15, beside: 'foreground' }).samples
    expect(Math.abs(dB(parts(beside) / meanSquare(before.subarray(at(0.5), at(0.8)))) + 15)).toBeLessThan(0.1)
  })

  it('crosses at equal power: the level does not dip at a border', () => {
    // The same level on both sides, other noise.
    let [power, count] = [0, 0]
    for (let seed = 0; seed < 100; seed++) {
      const own = { samples: hiss(at(0.7), 0.1, 500 + seed), sampleRateHz: rateHz }
      const segments = [{ startSeconds: 0.5, endSeconds: 0.7, index: 0 }]
      const { samples } = swapBackground({ ...own, segments }, hiss(rateHz, 0.1, seed), settings)
      power += meanSquare(samples.subarray(at(0.485), at(0.495)))
      count++
    }
    expect(Math.abs(dB(power / count / 0.01))).toBeLessThan(0.3)
  })

  it('takes the quiet part of a sound that has one, and the whole of one that has none', () => {
    const other = hiss(3 * rateHz, 0.001, 3)
    for (let n = at(1); n < at(1.3); n++) other[n] = 0.5 * Math.sin(n)
    const { samples } = swapBackground(clip(), other, { ...settings, place: 0 })
    // Shorter than the clip, it begins anew: its first 10 ms are crossed with its end.
    const gain = samples[at(0.02)]! / other[at(1.32)]!
    for (let n = at(0.02); n < at(0.48); n++) expect(samples[n]!).toBeCloseTo(gain * other[at(1.3) + n]!, 6)
  })

  it('leaves a clip that is covered, and one without a quiet part; softens what goes over ±1', () => {
    const covered = { ...clip(), segments: [{ startSeconds: 0, endSeconds: 2, index: 0 }] }
    expect(swapBackground(covered, street, settings)).toEqual({ samples: covered.samples, replacedSeconds: 0 })
    const even = { samples: hiss(rateHz, 0.1, 4), sampleRateHz: rateHz, segments: [] }
    expect(swapBackground(even, street, settings).samples).toEqual(even.samples)
    const loud = swapBackground(clip(), street, { ...settings, levelDb: 60 }).samples
    expect(Math.max(...loud.map(Math.abs))).toBeCloseTo(1, 6)
  })

  it('is a step of a chain, the same again', () => {
    const chain = {
      steps: [
        {
          kind: 'background' as const,
          source: { query: '' },
          quietDb: [20, 40] as [number, number],
          levelDb: [-6, 6] as [number, number],
          beside: 'background' as const,
        },
      ],
    }
    const run = () => applyChain(clip(), chain, { seed: 1, epoch: 1, example: 2, className: null }, [[street]])
    const { sound, drawn } = run()
    expect(run().sound.samples).toEqual(sound.samples)
    expect(sound.segments).toEqual(clip().segments)
    expect(drawn[0]!.values['replacedSeconds']).toBeCloseTo(1.4, 2)
  })
})
