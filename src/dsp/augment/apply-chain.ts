/** Runs an augmentation chain over a clip: every draw from a stream of its own, so that any of them can be made again. */
import { findBadSample } from '../find-bad-sample'
import { type AugmentationChain, type AugmentationStep, isMixingStep, isPictureStep, nameStep } from './chain'
import { type DrawPlace, isStepDone, partnerPlace, streamOf } from './draw-place'
import { noSoundFor } from './materials'
import { runnerOf } from './runners'
import type { AugmentedSound } from './sound'

/** What was drawn for a step; `values` are empty where it was not done. */
export interface DrawnStep {
  kind: AugmentationStep['kind']
  isDone: boolean
  values: Record<string, number>
  /** The clip that was mixed in. */
  partner?: string
}

/** A clip that a step mixes in, as it is before the chain. */
export interface ChainPartner {
  id: string
  className: string | null
  sound: AugmentedSound
  /** As those of the example, for the steps that come before the mixing. */
  materials: readonly (readonly Float32Array[])[]
}

/**
 * A clip as the chain's steps of the sound change it, and what was drawn. The input is not changed. Each step draws from the stream of (seed,
 * epoch, example, its place in the chain): to change, take out or add a step after it changes nothing of what it draws. A chain with a
 * step of Opus runs within `withCoders`.
 *
 * @param materials for each step the sounds that `drawMaterials` names, mono, at the sound's rate; absent: no step needs any
 * @param partners for each step the clip that it mixes in (see PartnerPool); absent: no step does
 * @throws RangeError naming the first sample that is no number, and the step where it came with another sound; one naming the step
 *   where its parameters cannot be
 */
export function applyChain(
  sound: AugmentedSound,
  chain: AugmentationChain,
  place: DrawPlace,
  materials: readonly (readonly Float32Array[])[] = [],
  partners: readonly (ChainPartner | null)[] = [],
): { sound: AugmentedSound; drawn: DrawnStep[] } {
  requireNumbers(sound.samples, (sample) => `${sample}: it cannot be augmented`)
  const drawn: DrawnStep[] = []
  let current = sound
  for (const [position, step] of chain.steps.entries()) {
    if (isPictureStep(step)) break
    const random = streamOf(place, position)
    if (!isStepDone(step, random, place)) {
      drawn.push({ kind: step.kind, isDone: false, values: {} })
      continue
    }
    const given = isMixingStep(step) ? partners[position] : null
    if (given === undefined || (given === null && isMixingStep(step)))
      throw new RangeError(`${nameStep(step, position)} has no clip to mix in`)
    const partner = given && preparePartner(given, chain, place, position)
    const runner = runnerOf(step)
    const taken = materials[position] ?? []
    if (runner.countMaterials && taken.length === 0) throw noSoundFor(step, position)
    for (const [index, other] of taken.entries())
      requireNumbers(other, (sample) => `${nameStep(step, position)}: of sound ${index + 1} of its source, ${sample}`)
    const done = runner.run(current, step, { random, materials: taken, partner })
    current = done.sound
    drawn.push({ kind: step.kind, isDone: true, values: done.values, ...(given ? { partner: given.id } : {}) })
  }
  return { sound: current, drawn }
}

/** The clip to be mixed in goes through the steps before, by draws of its own. */
function preparePartner(
  { id, sound, className, materials }: ChainPartner,
  { steps }: AugmentationChain,
  place: DrawPlace,
  position: number,
): AugmentedSound {
  requireNumbers(sound.samples, (sample) => `${nameStep(steps[position]!, position)}: of clip ${id}, ${sample}`)
  const before = { steps: steps.slice(0, position) }
  return applyChain(sound, before, partnerPlace(place, position, className), materials).sound
}

/** @param say what is wrong, given 'sample 4 is NaN' */
function requireNumbers(samples: Float32Array, say: (sample: string) => string): void {
  const n = findBadSample(samples)
  if (n >= 0) throw new RangeError(say(`sample ${n} is ${samples[n]}`))
}
