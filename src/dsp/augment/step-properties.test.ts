/** What holds for every step of an augmentation chain, whatever it does: one suite over all kinds (signal-docs.test.ts holds the list). */
import { describe, expect, it } from 'vitest'
import { change } from '../../../scripts/signal-docs/augment-scene'
import type { AugmentationRow } from '../../../scripts/signal-docs/augmentation-row'
import { augmentationRows } from '../../../scripts/signal-docs/augmentations'
import { parseChain } from '../../shared/contract/augmentation'
import { referenceNoise } from '../reference-signals'
import { type AugmentationStep, isPictureStep } from './chain'
import { withCoders } from './opus'
import { applyPictureSteps, type PictureRow } from './picture-chain'

const soundRows = augmentationRows.filter(({ step }) => !isPictureStep(step))
const pictureRows = augmentationRows.filter(({ step }) => isPictureStep(step))
type Kind = AugmentationStep['kind']

/** A second and a half: shorter than what the rows mix in. */
const count = 33_075
const noise = referenceNoise(count).map((value) => 0.2 * value)
const constant = new Float32Array(count).fill(0.25)
const alternating = constant.map((value, n) => (n % 2 === 0 ? value : -value))

function run(
  { step, materials, partner }: AugmentationRow,
  samples: Float32Array,
  broken: (given: Float32Array) => Float32Array = (given) => given,
): Promise<Float32Array> {
  const given = { materials: materials?.().map(broken), partner: partner && broken(partner()) }
  return withCoders({ steps: [step] }, () => change(samples, step, given).sound.samples)
}

const peakOf = (samples: Float32Array): number => samples.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0)

describe.each(soundRows)('$name', (row) => {
  const { kind } = row.step

  it('leaves silence silent, unless another sound comes in, and finite', async () => {
    const heard = await run(row, new Float32Array(count))
    expect(heard.every(Number.isFinite)).toBe(true)
    // Opus leaves two steps of 16 bits of it at low rates.
    expect(peakOf(heard) > (kind === 'opus' ? 1e-4 : 0)).toBe(kind === 'sound-mixup')
  })

  it('takes clips of no sample, of one, of a hop less one; the same again; and leaves what it was given', async () => {
    for (const length of [0, 1, 2, 511, 2047]) {
      const samples = noise.slice(0, length)
      const heard = await run(row, samples)
      expect(heard.every(Number.isFinite), `${length} samples`).toBe(true)
      expect(await run(row, samples)).toEqual(heard)
      expect(samples).toEqual(noise.subarray(0, length))
    }
  })

  it('keeps a constant and the alternation of ±1 within bounds', async () => {
    for (const samples of [constant, alternating]) {
      const heard = await run(row, samples)
      expect(heard.every(Number.isFinite)).toBe(true)
      expect(peakOf(heard)).toBeLessThanOrEqual(1.5)
    }
  })

  it('of a clip half as loud makes a sound half as loud', async () => {
    // Their steps, and the other clip, are as large whatever the clip.
    const hasOwnScale: Kind[] = ['quantize', 'codec', 'opus', 'sound-mixup', 'between-class']
    const loud = await run(row, noise)
    const soft = await run(
      row,
      noise.map((value) => value / 2),
    )
    expect(soft).toHaveLength(loud.length)
    let worst = 0
    for (const [n, value] of soft.entries()) worst = Math.max(worst, Math.abs(2 * value - loud[n]!))
    if (hasOwnScale.includes(kind)) expect(worst).toBeGreaterThan(1e-5)
    else expect(worst).toBeLessThan(1e-5)
  })

  it('refuses what is no number, in the clip by its sample', async () => {
    for (const [at, value] of [
      [0, NaN],
      [4, Infinity],
      [count - 1, -Infinity],
    ] as const) {
      const samples = noise.slice()
      samples[at] = value
      await expect(run(row, samples)).rejects.toThrow(`sample ${at} is ${value}: it cannot be augmented`)
    }
  })

  it.runIf(row.materials ?? row.partner)('refuses what is no number in another sound, by the step', async () => {
    for (const value of [NaN, Infinity]) {
      const spoil = (given: Float32Array): Float32Array => given.map((own, n) => (n % 50 === 7 ? value : own))
      await expect(run(row, noise, spoil)).rejects.toThrow(
        new RegExp(`^step 1 of the chain \\(${kind}\\): .*sample \\d+ is (NaN|-?Infinity)`),
      )
    }
  })
})

describe('at both ends of the spectrum', () => {
  /** What is in the middle of the clip, as a share of what was given. */
  const middle = async (name: string, samples: Float32Array): Promise<number> => {
    const heard = await run(
      augmentationRows.find((row) => row.name === name)!,
      samples,
    )
    const part = heard.subarray(heard.length / 2 - 500, heard.length / 2 + 500)
    return part.reduce((sum, value, n) => sum + value * (samples === constant || n % 2 === 0 ? 1 : -1), 0) / 250
  }

  it.each([
    ['gain', 0.1],
    ['polarity', -1],
    ['crop', 1],
    ['time-stretch', 1],
    ['pitch-shift', 1],
    ['device', 0],
    ['codec', 1],
    ['resample', 1],
    ['quantize', 1],
  ] as const)('%s of a constant has %d of it', async (name, share) => {
    expect(await middle(name, constant)).toBeCloseTo(share, 1)
  })

  it.each([
    ['gain', 0.1],
    ['polarity', -1],
    ['pitch-shift', 0],
    ['device', 0],
    ['codec', 0],
    ['resample', 0],
    ['quantize', 1],
  ] as const)('%s of the alternation at half the rate has %d of it', async (name, share) => {
    expect(Math.abs(await middle(name, alternating))).toBeCloseTo(Math.abs(share), 1)
  })
})

describe.each(pictureRows)('$name', ({ step }) => {
  const { kind } = step
  const pictures = (frames: number, bands: number, value: (cell: number) => number): PictureRow[] =>
    [0, 1, 2, 3].map((example) => ({
      crop: {
        frames,
        bands,
        channels: 2,
        values: Float32Array.from({ length: frames * bands * 2 }, (_, n) => value(n)),
      },
      targets: Float32Array.of(1, 0),
      place: { seed: 5, epoch: 1, example, className: null },
    }))
  const done = (rows: PictureRow[]): PictureRow[] => {
    applyPictureSteps(rows, { steps: [step] }, new Float32Array(2 * rows[0]!.crop.bands).fill(0.5))
    return rows
  }

  it('takes pictures of any size, and gives the same again', () => {
    for (const [frames, bands] of [
      [1, 1],
      [2, 1],
      [3, 64],
      [431, 64],
    ] as const) {
      const make = (): PictureRow[] => pictures(frames, bands, (cell) => noise[cell % count]!)
      const rows = done(make())
      for (const { crop, targets } of rows) {
        expect(crop.values).toHaveLength(frames * bands * 2)
        expect(crop.values.every(Number.isFinite)).toBe(true)
        expect(targets[0]! + targets[1]!).toBeCloseTo(1, 6)
      }
      expect(done(make())).toEqual(rows)
    }
  })

  it('leaves the mean the mean, and puts no value beyond the largest, unless it makes louder', () => {
    const flat = done(pictures(40, 8, () => 0))
    const rough = done(pictures(40, 8, (cell) => (Math.floor(cell / 16) % 2 === 0 ? 1 : -1)))
    const isGain = kind === 'picture-gain'
    for (const { crop } of flat) expect(crop.values.every((value) => value === (isGain ? -10 : 0))).toBe(true)
    for (const { crop } of rough) expect(peakOf(crop.values)).toBeLessThanOrEqual(isGain ? 11 : 1)
  })
})

describe('a number of a step that is none', () => {
  const numbers = augmentationRows.flatMap(({ name, step }) =>
    Object.entries(step).flatMap(([field, value]) =>
      typeof value === 'number' || Array.isArray(value) ? [{ name, field, step, value }] : [],
    ),
  )

  it.each(numbers)('$name refuses it as $field', ({ name, field, step, value }) => {
    for (const wrong of [NaN, Infinity, -Infinity]) {
      const broken = { ...step, [field]: Array.isArray(value) ? [value[0], wrong] : wrong }
      expect(() => parseChain({ steps: [broken] }, name)).toThrow(`${name}: steps.0.${field}`)
    }
  })
})
