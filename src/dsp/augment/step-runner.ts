/** What the chain asks of a step's code. */
import type { Random } from '../random'
import type { SoundStep } from './chain'
import type { AugmentedSound } from './sound'

/** What a step may draw from. */
export interface StepDraw {
  /** The step's own stream: its values do not depend on the steps beside it. */
  random: Random
  /** Mono, at the sound's rate: the sounds that `countMaterials` asked for, each with 60 s at most. */
  materials: readonly Float32Array[]
  /** The clip that is mixed in, as the steps before have changed it; null for a step that mixes none. */
  partner: AugmentedSound | null
}

export interface StepRunner<S extends SoundStep> {
  /** How many sounds of its source a draw of the step takes; absent: none. It draws from a stream of its own. */
  countMaterials?(step: S, random: Random): number
  /** @returns the sound, a new one where it differs, and what was drawn, under names that say the unit */
  run(sound: AugmentedSound, step: S, draw: StepDraw): { sound: AugmentedSound; values: Record<string, number> }
}

export type StepRunners = {
  [K in SoundStep['kind']]: StepRunner<Extract<SoundStep, { kind: K }>>
}
