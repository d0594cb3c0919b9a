import { describe, expect, it } from 'vitest'
import { measureRt60 } from '../../../scripts/signal-docs/measure-room'
import { Random } from '../random'
import reference from '../reference/device.json'
import { referenceNoise } from '../reference-signals'
import { applyChain } from './apply-chain'
import type { AugmentationStep } from './chain'
import { throughALaw, throughMuLaw } from './companding'
import { convolve } from './convolve'
import { designButterworth, designTilt, runSections } from './device'
import { airAbsorption, makeDiffuseTail } from './distance'
import { throughImaAdpcm } from './ima-adpcm'
import { meanSquare } from './noise'
import { dropDelay, reverberate } from './reverberate'
import { drawShoebox, listReflections, makeShoeboxResponse } from './shoebox'

const rateHz = 16_000
const noise = referenceNoise(2000)
const sound = { samples: noise, sampleRateHz: rateHz, segments: [{ startSeconds: 0.01, endSeconds: 0.05, index: 0 }] }
const truncate = { tail: 'truncate', level: 'rms' } as const
const place = { seed: 2, epoch: 1, example: 0, className: null }

describe('an impulse response', () => {
  it('is convolved as the sum says, within 1e-6', () => {
    const response = referenceNoise(333)
    const found = convolve(noise, response)
    expect(found.length).toBe(2332)
    for (let n = 0; n < found.length; n += 37) {
      let sum = 0
      for (let k = 0; k < response.length; k++) sum += response[k]! * (noise[n - k] ?? 0)
      expect(Math.abs(found[n]! - sum)).toBeLessThan(1e-6)
    }
  })

  it('that only delays changes nothing', () => {
    const delay = new Float32Array(20)
    delay[7] = 1
    const heard = reverberate(sound, dropDelay(delay), truncate)
    for (const [n, value] of heard.samples.entries()) expect(Math.abs(value - noise[n]!)).toBeLessThan(1e-7)
    expect(heard.segments).toEqual(sound.segments)
  })

  it('keeps the level or the direct path, and the tail where that is wanted', () => {
    const response = Float32Array.of(0.01, 0.5, ...new Array<number>(100).fill(0), 0.4)
    const aligned = dropDelay(response)
    expect(aligned.length).toBe(102)
    const heard = reverberate(sound, aligned, truncate).samples
    expect(meanSquare(heard) / meanSquare(noise)).toBeCloseTo(1, 6)
    const direct = reverberate(sound, aligned, { tail: 'keep', level: 'direct' }).samples
    expect(direct.length).toBe(2101)
    expect(direct[50]!).toBeCloseTo(noise[50]!, 6)
    expect(dropDelay(new Float32Array(5))).toEqual(new Float32Array(0))
  })
})

describe('a generated room', () => {
  const rooms = [
    [3, 4],
    [5, 6],
    [8, 10],
  ] as const
  it.for([0.1, 0.2, 0.4, 0.7, 1])('decays in %d s, to a tenth', (rt60) => {
    for (const hz of [16_000, 22_050, 48_000])
      for (const room of rt60 < 0.2 ? rooms.slice(0, 2) : rooms) {
        const random = new Random(4, `${hz}/${rt60}`)
        const response = makeShoeboxResponse(drawShoebox(room, rt60, random), hz, random)
        const found = measureRt60(response, hz)
        expect(Math.abs(found / rt60 - 1), `${room.join(' to ')} m at ${hz} Hz: ${found} s`).toBeLessThan(0.1)
      }
  })

  it('has the first reflections of its six walls where a mirror shows them', () => {
    const room = { size: [5, 4, 3], source: [1, 1, 1], microphone: [3, 2, 1.5], rt60Seconds: 0.5 } as const
    const found = listReflections(room, 6).map(({ meters }) => meters)
    const mirrored = [0, 1, 2].flatMap((axis) =>
      [0, room.size[axis]!].map((wall) =>
        Math.hypot(...room.source.map((at, i) => (i === axis ? 2 * wall - at : at) - room.microphone[i]!)),
      ),
    )
    for (const meters of [Math.hypot(2, 1, 0.5), ...mirrored.filter((value) => value <= 6)])
      expect(Math.min(...found.map((value) => Math.abs(value - meters)))).toBeLessThan(1e-9)
  })
})

describe('a distance', () => {
  it('takes what ISO 9613-2 says air takes at 70 % and 20 °C, in dB a kilometre', () => {
    const table = { 125: 0.3, 250: 1.1, 500: 2.8, 1000: 5, 2000: 9, 4000: 22.9, 8000: 76.6 }
    for (const [hz, wanted] of Object.entries(table))
      expect(Math.abs(1000 * airAbsorption(Number(hz), 70) - wanted)).toBeLessThan(0.06 + 0.02 * wanted)
  })

  it('has the energy of the room that the critical distance says', () => {
    const tail = makeDiffuseTail(0.3, 2, rateHz, new Random(1))
    expect(tail.reduce((sum, value) => sum + value * value, 0)).toBeCloseTo(0.25, 5)
  })
})

describe('a device', () => {
  const input = referenceNoise(400)
  it.for(reference.bands)('has the band of scipy: $lowHz to $highHz Hz at $rateHz Hz', (band) => {
    const found = runSections(input, designButterworth(band.lowHz, band.highHz, band.rateHz))
    for (const [i, wanted] of band.every9th.entries()) expect(Math.abs(found[9 * i]! - wanted)).toBeLessThan(1e-9)
  })

  it.for(reference.tilts)('tilts by $tiltDb dB as scipy does', ({ tiltDb, rateHz: hz, every9th }) => {
    const found = runSections(input, [designTilt(tiltDb, hz)])
    for (const [i, wanted] of every9th.entries()) expect(Math.abs(found[9 * i]! - wanted)).toBeLessThan(1e-9)
  })
})

describe('a codec', () => {
  it.for([
    ['g711-mu', throughMuLaw],
    ['g711-a', throughALaw],
    ['ima-adpcm', throughImaAdpcm],
  ] as const)('%s gives what audioop gives', ([name, through]) => {
    expect([...through(Int16Array.from(reference.pcm))]).toEqual(reference[name])
  })
})

describe('every step between a source and a file', () => {
  const steps: AugmentationStep[] = [
    { kind: 'room', roomMeters: [3, 10], rt60Seconds: [0.1, 0.4], ...truncate },
    { kind: 'impulse-response', source: { query: '' }, ...truncate },
    { kind: 'distance', meters: [1, 8], criticalMeters: [1, 2], rt60Seconds: [0.2, 0.3], level: 'falls' },
    { kind: 'device', lowHz: [80, 300], highHz: [3400, 7000], tiltDb: [-3, 3], offset: [0, 0] },
    { kind: 'clip', shape: 'hard', overDb: [3, 6] },
    { kind: 'clip', shape: 'soft', overDb: [3, 6] },
    { kind: 'quantize', bits: [6, 8], dither: 'triangular' },
    { kind: 'codec', codec: 'g711-mu', at: 'telephone' },
    { kind: 'resample', rateHz: [8000, 12_000] },
  ]
  const materials = steps.map(() => [noise.subarray(0, 50)])

  it.for(steps)('does the same again, to the bit, for any length: %j', (step) => {
    for (const length of [0, 1, 2, 777]) {
      const own = { ...sound, samples: noise.slice(0, length) }
      const done = applyChain(own, { steps: [step] }, place, [materials[0]!])
      expect(applyChain(own, { steps: [step] }, place, [materials[0]!])).toEqual(done)
      expect(done.sound.samples.length).toBe(length)
      expect(done.sound.segments).toEqual(own.segments)
      expect(done.sound.samples.every(Number.isFinite)).toBe(true)
      if (length === 777) expect(done.sound.samples).not.toEqual(own.samples)
    }
  })

  it('clips and rounds where it says', () => {
    const run = (step: AugmentationStep): Float32Array => applyChain(sound, { steps: [step] }, place).sound.samples
    const peak = Math.max(...noise.map(Math.abs))
    const clipped = run({ kind: 'clip', shape: 'hard', overDb: [6, 6] })
    expect(Math.max(...clipped.map(Math.abs)) / peak).toBeCloseTo(10 ** (-6 / 20), 6)
    const rounded = run({ kind: 'quantize', bits: [4, 4], dither: 'none' })
    expect(Math.max(...rounded.map((value, n) => Math.abs(value - Math.min(7 / 8, noise[n]!))))).toBeLessThan(
      1 / 16 + 1e-6,
    )
    expect(new Set(rounded).size).toBeLessThanOrEqual(16)
  })
})
