/** What the form of a step is made of. */
import type { AugmentationStep } from '../../../dsp/recipe'

export type StepKind = AugmentationStep['kind']

export type StepField =
  | { path: string; name: string; kind: 'range'; unit: string; step: number }
  | { path: string; name: string; kind: 'number'; unit: string; step: number }
  | { path: string; name: string; kind: 'choice'; choices: { value: string; name: string }[] }
  /** Where other sounds come from: a query or a folder. */
  | { path: string; name: string; kind: 'source' }

export interface StepInfo {
  kind: StepKind
  title: string
  explain: string
  fields: StepField[]
  /** The step as it is added. */
  make: () => AugmentationStep
  /** Where it may change what a clip is, whatever its class; see class-cautions for those of classes. */
  caution?: string
}
