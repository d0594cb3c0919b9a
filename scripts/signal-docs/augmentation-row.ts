/** What docs/signal.md says of a step of an augmentation chain. */
import type { AugmentationStep } from '../../src/dsp/recipe'

export interface AugmentationError {
  error: number
  /** With what it is the error of: 'dB of the ratio to the noise'. */
  unit: string
}

export interface AugmentationRow {
  /** Name of the picture and of the row; a kind of step, or one of its ways. */
  name: string
  /** As the picture shows it. */
  step: AugmentationStep
  /** Other sounds for the picture, at 22.05 kHz. */
  materials?: () => Float32Array[]
  definition: string
  /** Whose; '–' where there is no other definition. */
  follows: string
  labels: string
  /** Computed anew by `npm run signal-docs`; errors of what is exact to the sample are 0. */
  measure: () => AugmentationError[]
}
