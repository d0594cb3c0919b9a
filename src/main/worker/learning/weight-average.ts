/** A moving average of a network's weights over its last steps. */
import * as tf from '@tensorflow/tfjs-core'
import type { FlatVariables } from './optimizers/flat-variables'

/** Share of the average that is kept at each step: a memory of about thirty steps. */
const longestDecay = 0.97

/**
 * Averages weights, trained and running, exponentially (Polyak & Juditsky 1992; the decay grows from the first
 * steps, so that the initial weights are soon forgotten). The average is steadier from epoch to epoch than the weights,
 * so that few validation clips choose better among its epochs.
 */
export class WeightAverage {
  readonly #parts: readonly FlatVariables[]
  #averages: tf.Tensor1D[]
  #steps = 0

  /** @param parts stay the caller's */
  constructor(parts: readonly FlatVariables[]) {
    this.#parts = parts
    this.#averages = parts.map(({ values }) => tf.keep(tf.clone(values)))
  }

  get steps(): number {
    return this.#steps
  }

  /** One for each part; they belong to this object. */
  get values(): readonly tf.Tensor1D[] {
    return this.#averages
  }

  /** To be called after every training step. */
  update(): void {
    this.#steps++
    const decay = Math.min(longestDecay, this.#steps / (this.#steps + 9))
    this.#set(
      this.#averages.map((average, index) =>
        tf.tidy(() => tf.add(tf.mul(average, decay), tf.mul(this.#parts[index]!.values, 1 - decay))),
      ),
    )
  }

  /** Puts the average into the variables and keeps their values in its place; a second call changes back. */
  exchange(): void {
    const current = this.#parts.map(({ values }) => tf.clone(values))
    for (const [index, part] of this.#parts.entries()) {
      part.replace(tf.clone(this.#averages[index]!))
      part.publish()
    }
    this.#set(current)
  }

  /** Goes on from a saved average. */
  restore(averages: readonly Float32Array[], steps: number): void {
    this.#set(averages.map((values) => tf.tensor1d(values.slice())))
    this.#steps = steps
  }

  #set(averages: tf.Tensor1D[]): void {
    tf.dispose(this.#averages)
    this.#averages = averages.map((average) => tf.keep(average))
  }

  dispose(): void {
    tf.dispose(this.#averages)
    this.#averages = []
  }
}
