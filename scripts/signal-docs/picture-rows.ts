/** The rows of docs/signal.md for the steps of the picture: SpecAugment and gain. */
import { warpTime } from '../../src/dsp/augment/picture-changes'
import { applyPictureSteps } from '../../src/dsp/augment/picture-chain'
import { computeFrontEnd } from '../../src/dsp/features'
import { logmelFrontEnd } from '../../src/dsp/presets'
import type { FrequencyMaskStep, TimeMaskStep } from '../../src/dsp/recipe'
import reference from '../../src/dsp/reference/time-warp.json'
import { referenceNoise } from '../../src/dsp/reference-signals'
import { fixed, largestDifference, scene } from './augment-scene'
import type { AugmentationError, AugmentationRow } from './augmentation-row'
import { previewRow } from './preview-row'

const labels = 'A crop keeps its class.'
const tests = 'picture-chain.test.ts'
const maskDraws = 4000

/** One mask in 4,000 pictures of ones: cells that are not as it says it drew, and how even the widths come. */
function maskErrors(step: FrequencyMaskStep | TimeMaskStep, frames: number, bands: number): AugmentationError[] {
  const isTime = step.kind === 'time-mask'
  const [unit, first] = isTime ? ['mask1Frames', 'mask1FirstFrame'] : ['mask1Bands', 'mask1FirstBand']
  const counts = new Map<number, number>()
  let wrong = 0
  for (let example = 0; example < maskDraws; example++) {
    const crop = { frames, bands, channels: 1, values: new Float32Array(frames * bands).fill(1) }
    const place = { seed: 1, epoch: 1, example, className: null }
    const rows = [{ crop, targets: new Float32Array(1), place }]
    const { values } = applyPictureSteps(rows, { steps: [step] }, new Float32Array(bands))[0]![0]!
    const [from, width] = [values[first]!, values[unit]!]
    counts.set(width, (counts.get(width) ?? 0) + 1)
    for (const [cell, value] of crop.values.entries()) {
      const at = isTime ? Math.floor(cell / bands) : cell % bands
      if (value !== (at >= from && at < from + width ? 0 : 1)) wrong++
    }
  }
  const widest = isTime ? Math.min(step.widestFrames, Math.floor(step.widestShare * frames)) : step.widestBands
  const even = 1 / (widest + 1)
  const shares = Array.from({ length: widest + 1 }, (_, width) => (counts.get(width) ?? 0) / maskDraws)
  if ([...counts.keys()].some((width) => width > widest)) wrong = Infinity
  return [
    { error: wrong, unit: 'cells other than drawn' },
    {
      error: Math.max(...shares.map((share) => Math.abs(share - even))),
      unit: 'of a width’s share of the draws (4,000 of them)',
    },
  ]
}

/** The warped pictures of the reference beside ours. */
export function warpErrors(): { linear: number; spline: { center: number; edge: number } } {
  const { frames, bands, linear, splines } = reference
  const linearErrors = linear.map(({ from, to, values }) => {
    const crop = { frames, bands, channels: 1, values: referenceNoise(frames * bands, 3) }
    warpTime(crop, from, to)
    return largestDifference(crop.values, values)
  })
  const apart = splines.map(({ frames: count, from, to, every, center, edge }) => {
    // Of a picture of its own frames' numbers, each value says where it came from.
    const ramp = { frames: count, bands: 1, channels: 1, values: Float32Array.from({ length: count }, (_, t) => t) }
    warpTime(ramp, from, to)
    const own = center.map((_, index) => ramp.values[index * every]!)
    const share = Math.abs(to - from)
    return { center: largestDifference(own, center) / share, edge: largestDifference(own, edge) / share }
  })
  return {
    linear: Math.max(...linearErrors),
    spline: {
      center: Math.max(...apart.map(({ center }) => center)),
      edge: Math.max(...apart.map(({ edge }) => edge)),
    },
  }
}

const gainDb = 20 * Math.log10(2)
const gainStep = { kind: 'picture-gain', decibels: fixed(gainDb) } as const

export const pictureRows: readonly AugmentationRow[] = [
  {
    name: 'picture-gain',
    step: { kind: 'picture-gain', decibels: fixed(-20) },
    definition:
      'the picture as of a sound so many dB louder, value by value as the front end answers to it: 1 in decibels, 0 in their deltas, √bands in cepstral coefficient 0, over the deviation of each in training. Refused where the front end gives no decibels',
    follows: '–',
    labels,
    tests: 'picture-chain.test.ts, gain-response.test.ts',
    measure: async () => {
      const found = (await previewRow({ step: gainStep })).after.values
      const { values } = computeFrontEnd(
        scene().map((value) => 2 * value),
        logmelFrontEnd,
      )
      return [{ error: largestDifference(found, values), unit: 'dB of the louder sound’s picture' }]
    },
  },
  {
    name: 'frequency-mask',
    step: { kind: 'frequency-mask', masks: 3, widestBands: 24 },
    definition:
      'so many stripes of f bands become 0, the mean of a band in training, f evenly of 0 … `widestBands`, from a drawn band on',
    follows: 'Park et al. 2019 (SpecAugment)',
    labels,
    tests,
    measure: () => maskErrors({ kind: 'frequency-mask', masks: 1, widestBands: 12 }, 2, 40),
  },
  {
    name: 'time-mask',
    step: { kind: 'time-mask', masks: 3, widestFrames: 60, widestShare: 0.4 },
    definition:
      'so many stretches of t frames become 0, t evenly of 0 … `widestFrames` and no more than `widestShare` (p) of the crop',
    follows: 'Park et al. 2019',
    labels,
    tests,
    measure: () => maskErrors({ kind: 'time-mask', masks: 1, widestFrames: 70, widestShare: 0.2 }, 60, 2),
  },
  {
    name: 'time-warp',
    step: { kind: 'time-warp', widestFrames: 40 },
    definition:
      'a drawn frame moves by w of −W … W frames (`widestFrames`; in a short crop as many as it has room for), the first and the last stay, time runs evenly between them, in every band alike, and values between frames are interpolated linearly, as in the code that the paper’s authors published later (Lingvo). The paper itself warps by a thin-plate spline through the same frame of the middle band and six points of the border (sparse_image_warp): how far apart the two lie is given as a share of w',
    follows: 'Park et al. 2019; Lingvo, spectrum_augmenter.py',
    labels,
    tests,
    measure: () => {
      const { linear, spline } = warpErrors()
      return [
        { error: linear, unit: 'in a value (Lingvo’s matrix)' },
        { error: spline.center, unit: '·w from the paper’s spline in the middle band' },
        { error: spline.edge, unit: '·w in the lowest and highest band' },
      ]
    },
  },
]
