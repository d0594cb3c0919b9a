/** What holds for every front end, whatever the reference values. */
import { describe, expect, it } from 'vitest'
import { computeFrontEnd } from './features'
import type { FrontEnd, SpectrogramFrontEnd } from './front-end'
import { frontEndPresets } from './front-end-presets'
import { logmelFrontEnd } from './presets'
import { referenceNoise } from './reference-signals'
import { computeSegments } from './segments'
import { StftPlan, type StftShape } from './stft'

const shape: StftShape = {
  fftSamples: 256,
  windowSamples: 200,
  window: 'hann',
  hopSamples: 64,
  center: true,
  padMode: 'reflect',
}

function spectra(samples: Float32Array, of: StftShape = shape): Float64Array[] {
  const rows: Float64Array[] = []
  new StftPlan(of).forEachSpectrum(samples, (real, imaginary) => rows.push(Float64Array.of(...real, ...imaginary)))
  return rows
}

const plain = (frontEnd: FrontEnd): FrontEnd =>
  frontEnd.kind === 'waveform' ? frontEnd : { ...frontEnd, level: { kind: 'plain' } }
/** Its spectrum and bands alone. */
const bareOf = (frontEnd: FrontEnd): FrontEnd => ({
  ...plain(frontEnd),
  conditioning: undefined,
  steps: undefined,
  segments: undefined,
})
const spectrograms = frontEndPresets.flatMap(({ name, frontEnd }) =>
  frontEnd.kind === 'constant-q' || frontEnd.kind === 'waveform' ? [] : [{ name, frontEnd }],
)
const withLevels = frontEndPresets.filter(({ frontEnd }) => frontEnd.kind !== 'waveform')
const seconds = (frontEnd: FrontEnd, count: number): number => Math.round(frontEnd.sampleRateHz * count)

describe('spectra', () => {
  it('are linear', () => {
    const [a, b] = [referenceNoise(2000), referenceNoise(4000).subarray(2000)]
    const sum = Float32Array.from(a, (value, n) => 0.5 * value - 0.25 * b[n]!)
    const [ofA, ofB, ofSum] = [spectra(a), spectra(b), spectra(sum)]
    for (const [frame, row] of ofSum.entries())
      for (const [i, value] of row.entries())
        // To the rounding of the summed samples to float32.
        expect(Math.abs(value - (0.5 * ofA[frame]![i]! - 0.25 * ofB[frame]![i]!))).toBeLessThan(1e-5)
  })

  it('move with the sound: by whole hops, frames are the same ones, later', () => {
    const samples = referenceNoise(4000)
    const later = new Float32Array(4000 + 3 * 64)
    later.set(samples, 3 * 64)
    const [before, after] = [
      spectra(samples, { ...shape, padMode: 'constant' }),
      spectra(later, { ...shape, padMode: 'constant' }),
    ]
    for (let frame = 0; frame + 3 < after.length && frame < before.length; frame++)
      expect(after[frame + 3]).toEqual(before[frame])
  })

  it.each([256, 250, 251, 441])('keep the energy (Parseval) at FFT length %i', (size) => {
    const samples = referenceNoise(8 * size)
    const of: StftShape = {
      fftSamples: size,
      windowSamples: size,
      window: 'rectangular',
      hopSamples: size,
      center: false,
      padMode: 'constant',
    }
    let energy = 0
    new StftPlan(of).forEachFrame(samples, (power) => {
      for (const [k, value] of power.entries()) energy += (k === 0 || 2 * k === size ? 1 : 2) * value
    })
    const expected = samples.reduce((sum, value) => sum + value * value, 0)
    expect(energy / size / expected).toBeCloseTo(1, 10)
  })

  it('hear a constant at 0 Hz and the alternation of ±1 at half the rate, and nothing elsewhere', () => {
    const of: StftShape = { ...shape, windowSamples: 256, center: false }
    for (const [bin, samples] of [
      [0, new Float32Array(2000).fill(0.5)],
      [128, Float32Array.from({ length: 2000 }, (_, n) => (n % 2 === 0 ? 0.5 : -0.5))],
    ] as const) {
      new StftPlan(of).forEachFrame(samples, (power) => {
        // Half the sum of a Hann window of 256; its neighbours hear half of that.
        expect(Math.sqrt(power[bin]!)).toBeCloseTo(64, 9)
        for (const [k, value] of power.entries())
          if (Math.abs(k - bin) > 1) expect(Math.sqrt(value)).toBeLessThan(1e-10)
      })
    }
  })
})

describe('every front end', () => {
  it.each(spectrograms)('$name: twice as loud is 6.02 dB more, or four times the power', ({ frontEnd }) => {
    const bare: SpectrogramFrontEnd = {
      ...frontEnd,
      conditioning: undefined,
      steps: undefined,
      level: { kind: 'plain' },
    }
    const samples = referenceNoise(seconds(frontEnd, 0.3))
    const loud = samples.map((value) => 2 * value)
    const [soft, hard] = [computeFrontEnd(samples, bare).values, computeFrontEnd(loud, bare).values]
    for (let i = 0; i < soft.length; i += 7)
      expect(hard[i]! / (soft[i]! || 1)).toBeCloseTo(soft[i] ? 2 ** bare.power : 0, 5)
    const inDb: SpectrogramFrontEnd = { ...bare, level: { referencePower: 1, aminPower: 1e-30, topDb: null } }
    const [quiet, strong] = [computeFrontEnd(samples, inDb).values, computeFrontEnd(loud, inDb).values]
    for (let i = 0; i < quiet.length; i += 7)
      if (quiet[i]! > -290) expect(strong[i]! - quiet[i]!).toBeCloseTo(20 * Math.log10(2), 3)
  })

  it.each(frontEndPresets)('$name: the sound some hops later is the same frames later', ({ frontEnd }) => {
    const bare = bareOf(frontEnd)
    const hops = 3
    const sound = referenceNoise(Math.max(seconds(frontEnd, 2), 3 * bare.hopSamples))
    const later = new Float32Array(sound.length + hops * bare.hopSamples)
    later.set(sound, hops * bare.hopSamples)
    const [before, after] = [computeFrontEnd(sound, bare), computeFrontEnd(later, bare)]
    const row = before.bands * before.channels
    const peak = before.values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    // In the middle no frame reaches beyond the sound.
    for (let frame = Math.floor(before.frames / 3); frame < Math.ceil((2 * before.frames) / 3); frame++)
      for (let i = frame * row; i < (frame + 1) * row; i++)
        expect(Math.abs(after.values[i + hops * row]! - before.values[i]!) / peak).toBeLessThan(1e-5)
  })

  it.each(withLevels)(
    '$name: a constant is heard at the bottom or not at all, the alternation of ±1 at the top or not at all',
    ({ frontEnd }) => {
      const bare = bareOf(frontEnd)
      const middle = (sign: 1 | -1): Float32Array => {
        const sound = Float32Array.from({ length: seconds(frontEnd, 2) }, (_, n) => (n % 2 === 0 ? 0.5 : 0.5 * sign))
        const { values, bands, frames } = computeFrontEnd(sound, bare)
        const frame = Math.floor(frames / 2)
        return values.slice(frame * bands, (frame + 1) * bands)
      }
      const { values: noise } = computeFrontEnd(referenceNoise(seconds(frontEnd, 2)), bare)
      const loud = noise.reduce((most, value) => Math.max(most, value), 0)
      /** Where the loudest band lies, 0 to 1; null where none hears anything: some begin above 0 Hz or end below half the rate. */
      const loudest = (values: Float32Array): number | null => {
        const most = Math.max(...values)
        return most < 1e-3 * loud ? null : values.indexOf(most) / (values.length - 1)
      }
      const [constant, alternating] = [middle(1), middle(-1)]
      expect(loudest(constant) ?? 0).toBeLessThan(0.1)
      expect(loudest(alternating) ?? 1).toBeGreaterThan(0.9)
      const last = constant.length - 1
      expect(alternating[0]!).toBeLessThan(1e-2 * Math.max(constant[0]!, loud))
      expect(constant[last]!).toBeLessThan(1e-2 * Math.max(alternating[last]!, loud))
    },
  )

  it.each(frontEndPresets)('$name: silence is finite and the same in every frame', ({ frontEnd }) => {
    const { values, frames, bands, channels } = computeFrontEnd(new Float32Array(seconds(frontEnd, 2)), frontEnd)
    const row = bands * channels
    expect(values.every(Number.isFinite)).toBe(true)
    // librosa 0.3.1's deltas see nothing before five copies of the first frame, and settle after that.
    const settled = frontEnd.steps?.some((step) => step.kind === 'delta' && step.method === 'librosa-0.3') ? 4 : 0
    const first = values.subarray(settled * row, (settled + 1) * row)
    for (let frame = settled; frame < frames; frame++)
      expect(values.subarray(frame * row, (frame + 1) * row)).toEqual(first)
  })

  it.each(withLevels)('$name: no energy is negative, and none is lost to NaN', ({ frontEnd }) => {
    const bare = { ...plain(frontEnd), conditioning: undefined, steps: undefined }
    const { values } = computeFrontEnd(referenceNoise(seconds(frontEnd, 0.5)), bare)
    expect(values.every((value) => value >= 0)).toBe(true)
  })

  it.each(frontEndPresets)(
    '$name: an empty clip is refused; one sample, and a hop less one, give a picture or a reason',
    ({ frontEnd }) => {
      expect(() => computeFrontEnd(new Float32Array(0), frontEnd)).toThrow(/at least one sample/)
      expect(() => computeSegments(new Float32Array(0), frontEnd)).toThrow(/at least one sample/)
      for (const length of [1, frontEnd.hopSamples - 1, frontEnd.hopSamples]) {
        const samples = referenceNoise(length)
        let picture
        try {
          picture = computeFrontEnd(samples, frontEnd)
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(RangeError)
          expect((thrown as RangeError).message).toMatch(/\d+ (samples are fewer|frames, there are)/)
          continue
        }
        expect(picture.values.every(Number.isFinite)).toBe(true)
        expect(picture.frames).toBeGreaterThan(0)
      }
    },
  )

  it.each(frontEndPresets)('$name: a sample that is no number is refused by its place', ({ frontEnd }) => {
    for (const [at, value] of [
      [0, NaN],
      [3000, Infinity],
      [19_999, -Infinity],
    ] as const) {
      const samples = referenceNoise(20_000)
      samples[at] = value
      const message = new RegExp(`sample ${at} of 20000 is ${value}`)
      expect(() => computeFrontEnd(samples, frontEnd)).toThrow(message)
      expect(() => computeSegments(samples, frontEnd)).toThrow(message)
    }
  })

  it.each(frontEndPresets)('$name leaves the samples as they were, and says the same again', ({ frontEnd }) => {
    const samples = referenceNoise(30_000)
    const kept = samples.slice()
    const first = computeFrontEnd(samples, frontEnd)
    expect(samples).toEqual(kept)
    computeFrontEnd(
      referenceNoise(9000).map((value) => value / 3),
      logmelFrontEnd,
    )
    expect(computeFrontEnd(samples, frontEnd).values).toEqual(first.values)
  })
})
