/** Runs an augmentation chain over a clip: every draw from a stream of its own, so that any of them can be made again. */
import { findBadSample } from '../find-bad-sample'
import { type AugmentationChain, type AugmentationStep, isMixingStep, isPictureStep } from './chain'
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
 * epoch, example, its place in the chain): to change, take out or add a step after it changes nothing of what it draws.
 *
 * @param materials for each step the sounds that `drawMaterials` names, mono, at the sound's rate; absent: no step needs any
 * @param partners for each step the clip that it mixes in (see PartnerPool); absent: no step does
 * @throws RangeError naming the first sample that is no number; one naming the step where its parameters cannot be
 */
export function applyChain(
  sound: AugmentedSound,
  chain: AugmentationChain,
  place: DrawPlace,
  materials: readonly (readonly Float32Array[])[] = [],
  partners: readonly (ChainPartner | null)[] = [],
): { sound: AugmentedSound; drawn: DrawnStep[] } {
  requireNumbers(sound.samples)
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
      throw new RangeError(`step ${position + 1} of the chain (${step.kind}) has no clip to mix in`)
    const partner = given && preparePartner(given, chain, place, position)
    const runner = runnerOf(step)
    if (runner.countMaterials && !materials[position]?.length) throw noSoundFor(step, position)
    const done = runner.run(current, step, { random, materials: materials[position] ?? [], partner })
    current = done.sound
    drawn.push({ kind: step.kind, isDone: true, values: done.values, ...(given ? { partner: given.id } : {}) })
  }
  return { sound: current, drawn }
}

/** The clip to be mixed in goes through the steps before, by draws of its own. */
function preparePartner(
  { sound, className, materials }: ChainPartner,
  { steps }: AugmentationChain,
  place: DrawPlace,
  position: number,
): AugmentedSound {
  const before = { steps: steps.slice(0, position) }
  return applyChain(sound, before, partnerPlace(place, position, className), materials).sound
}

function requireNumbers(samples: Float32Array): void {
  const n = findBadSample(samples)
  if (n >= 0) throw new RangeError(`sample ${n} is ${samples[n]}: it cannot be augmented`)
}
