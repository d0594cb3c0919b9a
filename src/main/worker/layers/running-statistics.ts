/** Running means and variances: written at once, or collected by whoever writes those of all layers together. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** running ← kept · running + (1 − kept) · correction · value. */
export interface Observation {
  variable: tfl.LayerVariable
  /** Belongs to who collects it. */
  value: tf.Tensor
  /** Share of the running value that stays. */
  kept: number
  /** What the value is multiplied by. */
  correction: number
}

let collector: Observation[] | null = null

/** What a layer saw in training: joins its running value, now or when the collector says. */
export function observe(variable: tfl.LayerVariable, value: tf.Tensor, kept: number, correction: number): void {
  if (collector !== null) {
    collector.push({ variable, value: tf.keep(value), kept, correction })
    return
  }
  tf.tidy(() => {
    variable.write(tf.add(tf.mul(variable.read(), kept), tf.mul(value, (1 - kept) * correction)))
  })
}

/**
 * Runs a pass of a network without writing its running values.
 *
 * @param observations takes what the layers saw; its values are the caller's to dispose
 */
export function collectObservations<T>(observations: Observation[], run: () => T): T {
  const before = collector
  collector = observations
  try {
    return run()
  } finally {
    collector = before
  }
}
