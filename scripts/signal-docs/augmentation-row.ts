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
  /** Sounds that the step takes out of its source, at 22.05 kHz. */
  materials?: () => Float32Array[]
  /** The clip that the step mixes in, at 22.05 kHz. */
  partner?: () => Float32Array
  /** Exactly what it does, without a full stop at the end. */
  definition: string
  /** Whose; '–' where there is no other definition. */
  follows: string
  /** What becomes of classes and segments: a sentence. */
  labels: string
  /** The tests beside the code that hold it to this and more. */
  tests: string
  /** Computed anew by `npm run signal-docs`; errors of what is exact to the sample are 0. */
  measure: () => AugmentationError[] | Promise<AugmentationError[]>
}
