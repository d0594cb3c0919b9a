/** The rows of docs/signal.md for the steps of an augmentation chain: what each is, whose, and how near it comes. */
import type { DrawRange } from '../../src/dsp/augment/chain'
import { applyChain } from '../../src/dsp/augment/apply-chain'
import { meanSquare } from '../../src/dsp/augment/noise'
import type { AugmentationStep } from '../../src/dsp/recipe'
import { referenceNoise } from '../../src/dsp/reference-signals'
import { acousticRows } from './acoustics'
import type { AugmentationRow } from './augmentation-row'
import { drawScene } from './scene'

/** The rate of the pictures and, where nothing else is said, of the measures. */
export const sceneRateHz = 22_050
export const scenePlace = { seed: 3, epoch: 1, example: 0, className: null }

const fixed = (value: number): DrawRange => [value, value]

function augmentScene(step: AugmentationStep, materials: Float32Array[] = []): Float32Array {
  const sound = { samples: drawScene(sceneRateHz), sampleRateHz: sceneRateHz, segments: [] }
  return applyChain(sound, { steps: [step] }, scenePlace, [materials]).sound.samples
}

/** Largest difference of two sounds' samples; infinite where one is longer. */
function largestDifference(found: Float32Array, wanted: Float32Array): number {
  if (found.length !== wanted.length) return Infinity
  return found.reduce((worst, value, n) => Math.max(worst, Math.abs(value - wanted[n]!)), 0)
}

const samplesUnit = 'in a sample'
const scene = (): Float32Array => drawScene(sceneRateHz)

/** How far the ratio is from what was asked for, in dB, measured on the difference that the step makes to the scene. */
function ratioError(make: (snrDb: number) => AugmentationStep, materials: Float32Array[] = []): number {
  const clean = scene().map((value) => value / 4)
  const sound = { samples: clean, sampleRateHz: sceneRateHz, segments: [] }
  const errors = [0, 10, 20].map((snrDb) => {
    const noisy = applyChain(sound, { steps: [make(snrDb)] }, scenePlace, [materials]).sound.samples
    const added = noisy.map((value, n) => value - clean[n]!)
    return Math.abs(10 * Math.log10(meanSquare(clean) / meanSquare(added)) - snrDb)
  })
  return Math.max(...errors)
}

export const augmentationRows: readonly AugmentationRow[] = [
  {
    name: 'gain',
    step: { kind: 'gain', decibels: fixed(-20) },
    definition: 'y = 10^(dB/20)·x',
    follows: '–',
    labels: 'stay',
    measure: () => {
      const [before, after] = [scene(), augmentScene({ kind: 'gain', decibels: fixed(-20) })]
      return [{ error: Math.abs(10 * Math.log10(meanSquare(after) / meanSquare(before)) + 20), unit: 'dB' }]
    },
  },
  {
    name: 'polarity',
    step: { kind: 'polarity' },
    definition: 'y = −x',
    follows: '–',
    labels: 'stay',
    measure: () => [
      {
        error: largestDifference(
          augmentScene({ kind: 'polarity' }),
          scene().map((value) => -value),
        ),
        unit: samplesUnit,
      },
    ],
  },
  {
    name: 'time-shift',
    step: { kind: 'time-shift', seconds: fixed(0.8), fill: 'silence' },
    definition:
      'y[n] = x[n − s], s the whole number of samples nearest to the seconds that were drawn; what is free is silent, or the other end of the clip',
    follows: 'numpy.roll',
    labels: 'move, are cut at the edge, come in at the other end',
    measure: () => {
      const [before, shift] = [scene(), Math.round(0.8 * sceneRateHz)]
      const rolled = before.map((_, n) => before[(n - shift + before.length) % before.length]!)
      const step: AugmentationStep = { kind: 'time-shift', seconds: fixed(0.8), fill: 'wrap' }
      return [{ error: largestDifference(augmentScene(step), rolled), unit: samplesUnit }]
    },
  },
  {
    name: 'crop',
    step: { kind: 'crop', seconds: fixed(2) },
    definition: 'a part of the length that was drawn from a drawn place; a shorter clip gets silence around it',
    follows: 'Tokozume et al. 2018, random crop and zero padding',
    labels: 'move, are cut at the edge',
    measure: () => {
      const [before, step] = [scene(), { kind: 'crop', seconds: fixed(2) } as const]
      const sound = { samples: before, sampleRateHz: sceneRateHz, segments: [] }
      const { sound: part, drawn } = applyChain(sound, { steps: [step] }, scenePlace)
      const from = Math.floor(drawn[0]!.values['place']! * (before.length - part.samples.length + 1))
      const wanted = before.subarray(from, from + Math.round(2 * sceneRateHz))
      return [{ error: largestDifference(part.samples, wanted), unit: samplesUnit }]
    },
  },
  {
    name: 'silence',
    step: { kind: 'silence', seconds: fixed(1) },
    definition: 'silence put in at a drawn place; the clip grows by it',
    follows: '–',
    labels: 'move; one that the silence falls into becomes two',
    measure: () => {
      const [before, gap] = [scene(), Math.round(sceneRateHz)]
      const sound = { samples: before, sampleRateHz: sceneRateHz, segments: [] }
      const { sound: longer, drawn } = applyChain(
        sound,
        { steps: [{ kind: 'silence', seconds: fixed(1) }] },
        scenePlace,
      )
      const at = Math.floor(drawn[0]!.values['place']! * (before.length + 1))
      const wanted = new Float32Array(before.length + gap)
      wanted.set(before.subarray(0, at))
      wanted.set(before.subarray(at), at + gap)
      return [{ error: largestDifference(longer.samples, wanted), unit: samplesUnit }]
    },
  },
  ...(['white', 'pink', 'brown'] as const).map((color): AugmentationRow => ({
    name: `noise-${color}`,
    step: { kind: 'noise', color, snrDb: fixed(5), level: 'rms' },
    definition: {
      white:
        'y = x + g·v, v normal, g² = P_x / (P_v·10^(dB/10)), P a mean square of the clip or of its active part; over ±1 both are softened',
      pink: 'the same, v made of bins whose power falls by 3.01 dB an octave from 20 Hz on',
      brown: 'the same, 6.02 dB an octave',
    }[color],
    follows: { white: 'audiomentations, AddGaussianSNR', pink: 'Timmer & König 1995', brown: 'Timmer & König 1995' }[
      color
    ],
    labels: 'stay',
    measure: () => [
      {
        error: ratioError((snrDb) => ({ kind: 'noise', color, snrDb: fixed(snrDb), level: 'rms' })),
        unit: 'dB of the ratio',
      },
    ],
  })),
  {
    name: 'recorded-noise',
    step: { kind: 'recorded-noise', source: { query: 'label:crowd' }, snrDb: fixed(5), level: 'rms' },
    materials: () => [hum()],
    definition:
      'the same with a sound of a source: a part from a drawn place, or where it is shorter, again and again with 10 ms faded at equal power',
    follows: 'audiomentations, AddBackgroundNoise',
    labels: 'stay',
    measure: () => [
      {
        error: ratioError(
          (snrDb) => ({ kind: 'recorded-noise', source: { query: '' }, snrDb: fixed(snrDb), level: 'rms' }),
          [hum()],
        ),
        unit: 'dB of the ratio',
      },
    ],
  },
  ...acousticRows,
]

/** Three seconds of a machine: partials of 180 Hz that beat, in noise. */
export function hum(): Float32Array {
  return referenceNoise(3 * sceneRateHz).map((hiss, n) => {
    const t = n / sceneRateHz
    let value = 0.05 * hiss
    for (let partial = 1; partial <= 12; partial++) value += Math.sin(2 * Math.PI * 180 * partial * t) / (6 * partial)
    return value * (0.7 + 0.3 * Math.sin(2 * Math.PI * 4 * t))
  })
}

/** The scene as the step of a row changes it. */
export function augmentForPicture({ step, materials }: AugmentationRow): Float32Array {
  return augmentScene(step, materials?.() ?? [])
}
