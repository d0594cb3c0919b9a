/** Runs an augmentation chain over a clip: every draw from a stream of its own, so that any of them can be made again. */
import type { AugmentationChain, AugmentationStep } from './chain'
import { type DrawPlace, isStepDone, streamOf } from './draw-place'
import { runnerOf } from './runners'
import type { AugmentedSound } from './sound'

/** What was drawn for a step; `values` are empty where it was not done. */
export interface DrawnStep {
  kind: AugmentationStep['kind']
  isDone: boolean
  values: Record<string, number>
}

/**
 * A clip as a chain changes it, and what was drawn. The input is not changed. Each step draws from the stream of (seed,
 * epoch, example, its place in the chain): to change, take out or add a step after it changes nothing of what it draws.
 *
 * @param materials for each step the sounds that `drawMaterials` names, mono, at the sound's rate; absent: no step needs any
 * @throws RangeError naming the first sample that is no number; one naming the step where its parameters cannot be
 */
export function applyChain(
  sound: AugmentedSound,
  chain: AugmentationChain,
  place: DrawPlace,
  materials: readonly (readonly Float32Array[])[] = [],
): { sound: AugmentedSound; drawn: DrawnStep[] } {
  requireNumbers(sound.samples)
  const drawn: DrawnStep[] = []
  let current = sound
  for (const [position, step] of chain.steps.entries()) {
    const random = streamOf(place, position)
    if (!isStepDone(step, random, place)) {
      drawn.push({ kind: step.kind, isDone: false, values: {} })
      continue
    }
    const done = runnerOf(step).run(current, step, { random, materials: materials[position] ?? [] })
    current = done.sound
    drawn.push({ kind: step.kind, isDone: true, values: done.values })
  }
  return { sound: current, drawn }
}

function requireNumbers(samples: Float32Array): void {
  for (let n = 0; n < samples.length; n++)
    if (!Number.isFinite(samples[n]!)) throw new RangeError(`sample ${n} is ${samples[n]}: it cannot be augmented`)
}
