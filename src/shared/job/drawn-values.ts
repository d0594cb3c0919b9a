import type { AugmentationStep } from '../../dsp/recipe'

/** What was drawn for a step of a chain; `values` are empty where it was not done. */
export interface DrawnValues {
  kind: AugmentationStep['kind']
  isDone: boolean
  values: Record<string, number>
}
