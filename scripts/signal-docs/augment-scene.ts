/** What the rows of the augmentations are measured with: the scene of the pictures, and steps done to it. */
import { applyChain } from '../../src/dsp/augment/apply-chain'
import type { DrawRange } from '../../src/dsp/augment/chain'
import { meanSquare } from '../../src/dsp/augment/noise'
import type { AugmentedSound, SoundSegment } from '../../src/dsp/augment/sound'
import type { AugmentationStep } from '../../src/dsp/recipe'
import { referenceNoise } from '../../src/dsp/reference-signals'
import { drawScene } from './scene'

/** The rate of the pictures and, where nothing else is said, of the measures. */
export const sceneRateHz = 22_050
/** Example 0 of epoch 1, as the pictures have it. */
export const sceneSeed = 3
const place = { seed: sceneSeed, epoch: 1, example: 0, className: null }

export const fixed = (value: number): DrawRange => [value, value]
export const inASample = 'in a sample'
export const dB = (ratio: number): number => 10 * Math.log10(ratio)

export const scene = (): Float32Array => drawScene(sceneRateHz)

/** Three seconds of a machine: partials of 180 Hz that beat, in noise. */
export function hum(): Float32Array {
  return referenceNoise(3 * sceneRateHz).map((hiss, n) => {
    const t = n / sceneRateHz
    let value = 0.05 * hiss
    for (let partial = 1; partial <= 12; partial++) value += Math.sin(2 * Math.PI * 180 * partial * t) / (6 * partial)
    return value * (0.7 + 0.3 * Math.sin(2 * Math.PI * 4 * t))
  })
}

/** What a step may be given beside the sound. */
export interface Given {
  segments?: SoundSegment[]
  materials?: Float32Array[]
  partner?: Float32Array
}

/** A sound at the scene's rate through one step of the sound, with what was drawn. */
export function change(
  samples: Float32Array,
  step: AugmentationStep,
  { segments = [], materials = [], partner }: Given = {},
): { sound: AugmentedSound; values: Record<string, number> } {
  const sound = { samples, sampleRateHz: sceneRateHz, segments }
  const other = partner && {
    ...{ id: 'partner', className: null, materials: [] },
    sound: { samples: partner, sampleRateHz: sceneRateHz, segments: [] },
  }
  const done = applyChain(sound, { steps: [step] }, place, [materials], [other ?? null])
  return { sound: done.sound, values: done.drawn[0]!.values }
}

/** Largest difference of two sounds' samples; infinite where one is longer. */
export function largestDifference(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Infinity
  let worst = 0
  for (let n = 0; n < found.length; n++) worst = Math.max(worst, Math.abs(found[n]! - wanted[n]!))
  return worst
}

/** How far the ratio is from what was asked for, in dB, measured on the difference that the step makes to the scene. */
export function ratioError(make: (snrDb: number) => AugmentationStep, materials: Float32Array[] = []): number {
  const clean = scene().map((value) => value / 4)
  const errors = [0, 10, 20].map((snrDb) => {
    const noisy = change(clean, make(snrDb), { materials }).sound.samples
    const added = noisy.map((value, n) => value - clean[n]!)
    return Math.abs(dB(meanSquare(clean) / meanSquare(added)) - snrDb)
  })
  return Math.max(...errors)
}
