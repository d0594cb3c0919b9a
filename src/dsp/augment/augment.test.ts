import { describe, expect, it } from 'vitest'
import { RealFft } from '../fft'
import { Random } from '../random'
import { frequencyWeighting } from '../weighting'
import { applyChain } from './apply-chain'
import type { AugmentationChain, AugmentationStep } from './chain'
import type { DrawPlace } from './draw-place'
import { activePower, makeNoise, meanSquare } from './noise'
import type { AugmentedSound } from './sound'
import { weightedPower } from './weighted-power'

const rateHz = 16_000
const place: DrawPlace = { seed: 7, epoch: 3, example: 11, className: 'dog' }

function tone(length: number, amplitude = 0.1): AugmentedSound {
  const samples = Float32Array.from({ length }, (_, n) => amplitude * Math.sin((2 * Math.PI * 440 * n) / rateHz))
  return { samples, sampleRateHz: rateHz, segments: [{ startSeconds: 0, endSeconds: length / rateHz, index: 0 }] }
}

const steps: AugmentationStep[] = [
  { kind: 'gain', decibels: [-6, 6] },
  { kind: 'polarity', probability: 0.5 },
  { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'silence' },
  { kind: 'time-shift', seconds: [-0.1, 0.1], fill: 'wrap' },
  { kind: 'crop', seconds: [0.2, 1.5] },
  { kind: 'silence', seconds: [0, 0.1] },
  { kind: 'noise', color: 'white', snrDb: [0, 20], level: 'rms' },
  { kind: 'noise', color: 'pink', snrDb: [0, 20], level: 'active' },
  { kind: 'noise', color: 'brown', snrDb: [0, 20], level: 'active' },
  { kind: 'time-stretch', rate: [0.8, 1.25] },
  { kind: 'pitch-shift', semitones: [-4, 4] },
]
const run = (sound: AugmentedSound, own: AugmentationStep[], at: Partial<DrawPlace> = {}) =>
  applyChain(sound, { steps: own }, { ...place, ...at })

describe('a chain', () => {
  it('gives the same to the last bit for the same draw, another for any other, and leaves its input', () => {
    const sound = tone(rateHz)
    const original = sound.samples.slice()
    const first = run(sound, steps)
    expect(run(sound, steps)).toEqual(first)
    for (const other of [{ seed: 8 }, { epoch: 4 }, { example: 12 }])
      expect(run(sound, steps, other).sound.samples).not.toEqual(first.sound.samples)
    expect(sound.samples).toEqual(original)
  })

  it('does not change what a step draws with the steps after it', () => {
    const sound = tone(rateHz)
    const whole = run(sound, steps).drawn
    for (let count = 1; count < steps.length; count++)
      expect(run(sound, steps.slice(0, count)).drawn).toEqual(whole.slice(0, count))
  })

  it('does a step as often as its probability says, and draws within its range, evenly', () => {
    const chain: AugmentationChain = { steps: [{ kind: 'gain', decibels: [-3, 9], probability: 0.3 }] }
    const draws = Array.from(
      { length: 4000 },
      (_, example) => applyChain(tone(4), chain, { ...place, example }).drawn[0]!,
    )
    const done = draws.filter(({ isDone }) => isDone).map(({ values }) => values['gainDb']!)
    // Four standard deviations: 4·√(4000 · 0.3 · 0.7) = 116 draws, and 4 · (12/√12)/√1200 = 0.4 dB.
    expect(Math.abs(done.length - 1200)).toBeLessThan(116)
    expect(Math.min(...done)).toBeGreaterThanOrEqual(-3)
    expect(Math.max(...done)).toBeLessThan(9)
    expect(Math.abs(done.reduce((sum, value) => sum + value, 0) / done.length - 3)).toBeLessThan(0.4)
  })

  it('leaves classes that a step is not for', () => {
    const only = { kind: 'polarity' as const, onlyClasses: ['dog'] }
    const except = { kind: 'polarity' as const, exceptClasses: ['dog'] }
    const isDone = (step: AugmentationStep, className: string | null): boolean =>
      run(tone(4), [step], { className }).drawn[0]!.isDone
    expect(['dog', 'cat', null].map((name) => isDone(only, name))).toEqual([true, false, false])
    expect(['dog', 'cat', null].map((name) => isDone(except, name))).toEqual([false, true, true])
  })

  it('takes silence and clips of no or one sample through every step, and refuses what is no number', () => {
    for (const length of [0, 1, 2, 50])
      for (const samples of [new Float32Array(length), new Float32Array(length).fill(0.5)]) {
        const { sound } = run({ samples, sampleRateHz: rateHz, segments: [] }, steps)
        expect(sound.samples.every(Number.isFinite)).toBe(true)
      }
    const broken = tone(10)
    broken.samples[4] = NaN
    expect(() => run(broken, steps)).toThrow('sample 4 is NaN')
    broken.samples[4] = -Infinity
    expect(() => run(broken, [])).toThrow('sample 4 is -Infinity')
  })
})

describe('steps that move sound', () => {
  /** One sample of 1 with a segment of 100 ms that begins at it. */
  function click(): AugmentedSound {
    const samples = new Float32Array(rateHz)
    samples[8000] = 1
    return { samples, sampleRateHz: rateHz, segments: [{ startSeconds: 0.5, endSeconds: 0.6, index: 0 }] }
  }
  const whereIs = ({ samples }: AugmentedSound): number => samples.indexOf(1) / rateHz

  it.for<AugmentationStep>([
    { kind: 'time-shift', seconds: [-0.3, 0.3], fill: 'silence' },
    { kind: 'time-shift', seconds: [-0.3, 0.3], fill: 'wrap' },
    { kind: 'crop', seconds: [1, 3] },
    { kind: 'silence', seconds: [0.01, 0.3] },
  ])('take segments along: $kind $fill', (step) => {
    let moved = 0
    for (let example = 0; example < 40; example++) {
      const { sound } = run(click(), [step], { example })
      const [first] = sound.segments
      expect(first!.startSeconds).toBeCloseTo(whereIs(sound), 4)
      const seconds = sound.segments.reduce((sum, one) => sum + one.endSeconds - one.startSeconds, 0)
      expect(seconds).toBeCloseTo(0.1, 4)
      if (first!.startSeconds !== 0.5) moved++
    }
    expect(moved).toBeGreaterThan(10)
  })

  it('cut a segment at the edge of the clip, drop it beyond, and bring it in at the other end', () => {
    const late = run(click(), [{ kind: 'time-shift', seconds: [0.45, 0.45], fill: 'silence' }]).sound
    expect(late.segments).toEqual([{ startSeconds: 0.95, endSeconds: 1, index: 0 }])
    expect(run(click(), [{ kind: 'time-shift', seconds: [0.5, 0.5], fill: 'silence' }]).sound.segments).toEqual([])
    const round = run(click(), [{ kind: 'time-shift', seconds: [0.45, 0.45], fill: 'wrap' }]).sound
    expect(
      round.segments.map((one) => [one.startSeconds, one.endSeconds].map((s) => Math.round(s * 1e6) / 1e6)),
    ).toEqual([
      [0, 0.05],
      [0.95, 1],
    ])
    expect(whereIs(round)).toBeCloseTo(0.95, 4)
  })

  it('crop to the length asked for, from anywhere, and pad around a shorter clip', () => {
    const ramp = { ...tone(0), samples: Float32Array.from({ length: 1000 }, (_, n) => n + 1), segments: [] }
    const starts = new Set<number>()
    for (let example = 0; example < 200; example++) {
      const { samples } = run(ramp, [{ kind: 'crop', seconds: [995 / rateHz, 995 / rateHz] }], { example }).sound
      expect(samples).toEqual(ramp.samples.subarray(samples[0]! - 1, samples[0]! + 994))
      starts.add(samples[0]!)
    }
    expect([...starts].sort()).toEqual([1, 2, 3, 4, 5, 6])
    const padded = run(ramp, [{ kind: 'crop', seconds: [0.1, 0.1] }]).sound.samples
    expect(padded).toHaveLength(1600)
    const begin = padded.indexOf(1)
    expect(padded.subarray(begin, begin + 1000)).toEqual(ramp.samples)
    expect(padded.reduce((sum, value) => sum + value, 0)).toBe(500_500)
  })

  it('put silence in, and open the segment that it falls into', () => {
    const sound = { ...click(), segments: [{ startSeconds: 0, endSeconds: 1, index: 0 }] }
    const { sound: longer, drawn } = run(sound, [{ kind: 'silence', seconds: [0.25, 0.25] }])
    const at = Math.floor(drawn[0]!.values['place']! * (rateHz + 1)) / rateHz
    expect(longer.samples).toHaveLength(20_000)
    expect(longer.segments).toEqual([
      { startSeconds: 0, endSeconds: at, index: 0 },
      { startSeconds: at + 0.25, endSeconds: 1.25, index: 0 },
    ])
  })
})

describe('noise', () => {
  it.for([
    ['white', 'rms'],
    ['pink', 'rms'],
    ['brown', 'rms'],
    ['white', 'active'],
    ['pink', 'active'],
    ['brown', 'active'],
  ] as const)('%s reaches its ratio to the %s level within 0.01 dB', ([color, level]) => {
    for (const snrDb of [-5, 0, 12.5, 40]) {
      // A tone for ten frames of the clip, silence elsewhere.
      const sound = tone(rateHz)
      sound.samples.fill(0, rateHz / 5)
      const { sound: noisy, drawn } = run(sound, [{ kind: 'noise', color, snrDb: [snrDb, snrDb], level }])
      const soft = 10 ** (-drawn[0]!.values['softenedDb']! / 20)
      const added = noisy.samples.map((value, n) => value / soft - sound.samples[n]!)
      const power = level === 'rms' ? meanSquare(sound.samples) : meanSquare(sound.samples.subarray(0, rateHz / 5))
      expect(Math.abs(10 * Math.log10(power / meanSquare(added)) - snrDb)).toBeLessThan(0.01)
      expect(Math.abs(drawn[0]!.values['reachedDb']! - snrDb)).toBeLessThan(1e-4)
      expect(Math.max(...noisy.samples.map(Math.abs))).toBeLessThanOrEqual(1)
    }
  })

  it.for(['peak', 'a-weighted'] as const)('reaches its ratio by %s within 0.01 dB', (level) => {
    const sound = tone(rateHz)
    for (const snrDb of [-5, 0, 12.5, 40]) {
      const { sound: noisy, drawn } = run(sound, [{ kind: 'noise', color: 'pink', snrDb: [snrDb, snrDb], level }])
      const soft = 10 ** (-drawn[0]!.values['softenedDb']! / 20)
      const added = noisy.samples.map((value, n) => value / soft - sound.samples[n]!)
      const highest = (own: Float32Array): number => Math.max(...own.map(Math.abs)) ** 2
      // A tone of 440 Hz is weighted by −4.95 dB (IEC 61672-1 by its formula).
      const power = level === 'peak' ? 0.01 : 0.005 * 10 ** (frequencyWeighting(440, 'A') / 10)
      const noisePower = level === 'peak' ? highest(added) : weightedPower(added, rateHz)
      expect(Math.abs(10 * Math.log10(power / noisePower) - snrDb)).toBeLessThan(0.01)
      expect(Math.abs(drawn[0]!.values['reachedDb']! - snrDb)).toBeLessThan(1e-4)
    }
  })

  it('weighs tones as IEC 61672-1 does', () => {
    for (const [hz, decibels] of [
      [63, -26.2],
      [250, -8.6],
      [1000, 0],
      [4000, 1],
    ] as const) {
      // Faded, for the ends of a tone are heard at other frequencies too.
      const fade = (n: number): number => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / 12_345)
      const heard = Float32Array.from({ length: 12_345 }, (_, n) => fade(n) * Math.sin((2 * Math.PI * hz * n) / rateHz))
      expect(Math.abs(10 * Math.log10((2 * weightedPower(heard, rateHz)) / 0.375) - decibels)).toBeLessThan(0.1)
    }
    expect(weightedPower(new Float32Array(0), rateHz)).toBe(0)
  })

  it('at 0 dB doubles the power', () => {
    const sound = tone(3 * rateHz)
    const { samples } = run(sound, [{ kind: 'noise', color: 'white', snrDb: [0, 0], level: 'rms' }]).sound
    expect(meanSquare(samples) / meanSquare(sound.samples)).toBeGreaterThan(1.96)
    expect(meanSquare(samples) / meanSquare(sound.samples)).toBeLessThan(2.04)
  })

  it('counts frames within 40 dB of the loudest as active', () => {
    const samples = new Float32Array(4 * 320)
    samples.fill(1, 0, 320)
    samples.fill(0.011, 320, 640)
    samples.fill(0.009, 640, 960)
    expect(activePower(samples, rateHz)).toBeCloseTo((1 + 0.011 ** 2) / 2, 6)
    expect(activePower(new Float32Array(100), rateHz)).toBe(0)
  })

  it('leaves silence as it is', () => {
    const silence = { samples: new Float32Array(500), sampleRateHz: rateHz, segments: [] }
    expect(run(silence, [{ kind: 'noise', color: 'pink', snrDb: [3, 3], level: 'active' }]).sound.samples).toEqual(
      silence.samples,
    )
  })

  it.for([
    ['white', 0],
    ['pink', -3.0103],
    ['brown', -6.0206],
  ] as const)('%s falls by %d dB an octave', ([color, slope]) => {
    const size = 4096
    const fft = new RealFft(size)
    const powers = new Float64Array(size / 2 + 1)
    const noise = makeNoise(color, 128 * size, rateHz, new Random(3))
    for (let from = 0; from < noise.length; from += size) {
      for (let n = 0; n < size; n++) fft.input[n] = noise[from + n]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size))
      fft.transform()
      for (let bin = 0; bin <= size / 2; bin++) powers[bin]! += fft.real[bin]! ** 2 + fft.imaginary[bin]! ** 2
    }
    const density = (hz: number): number => {
      const [from, to] = [(hz / rateHz) * size, (2 * hz * size) / rateHz].map(Math.round) as [number, number]
      // Each bin on the slope, so that an octave's mean is that of a straight line.
      const flat = powers.subarray(from, to).map((power, n) => power / ((from + n) / from) ** (slope / 3.0103))
      return 10 * Math.log10(flat.reduce((sum, value) => sum + value, 0) / flat.length)
    }
    for (const hz of [125, 250, 500, 1000, 2000])
      expect(Math.abs(density(2 * hz) - density(hz) - slope)).toBeLessThan(0.35)
  })
})
