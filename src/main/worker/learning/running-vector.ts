/** The running means and variances of a whole network as one row. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'
import { observe, type Observation } from '../layers/running-statistics'
import { FlatVariables } from './optimizers/flat-variables'

/**
 * Updates all running values of a network in three operations a step, where each layer for itself takes four for each
 * of two. The layers' own variables, which training does not read, follow at `publish`.
 */
export class RunningVector {
  readonly flat: FlatVariables
  readonly #weights: readonly tfl.LayerVariable[]
  /** (1 − kept) · correction for every value: the same at every step. */
  #shares: tf.Tensor1D | null = null
  #signature = ''

  /** @param weights those that training does not change, at least one */
  constructor(weights: readonly tfl.LayerVariable[]) {
    this.#weights = weights
    this.flat = new FlatVariables(weights.map((weight) => weight.read() as tf.Variable))
  }

  /** Takes what the layers saw in one step; disposes it. */
  absorb(observations: readonly Observation[]): void {
    const inOrder = this.#weights.map((weight) => observations.find(({ variable }) => variable === weight))
    const kept = observations[0]?.kept
    const isWhole = observations.length === inOrder.length && inOrder.every((one) => one?.kept === kept)
    if (isWhole && kept !== undefined) this.#absorbAll(inOrder as Observation[], kept)
    else if (observations.length > 0) this.#absorbEach(observations)
    tf.dispose(observations.map(({ value }) => value))
  }

  #absorbAll(observations: readonly Observation[], kept: number): void {
    const signature = observations.map(({ correction }) => correction).join()
    if (this.#shares === null || signature !== this.#signature) {
      this.#shares?.dispose()
      this.#signature = signature
      const shares = observations.flatMap(({ value, correction }) =>
        new Array<number>(value.size).fill((1 - kept) * correction),
      )
      this.#shares = tf.keep(tf.tensor1d(shares))
    }
    const shares = this.#shares
    this.flat.replace(
      tf.tidy(() => {
        const seen = this.flat.join(observations.map(({ value }) => value))
        return tf.add(tf.mul(this.flat.values, kept), tf.mul(seen, shares))
      }),
    )
  }

  /** Not every layer saw something, or one saw several things, or they keep different shares: each by itself. */
  #absorbEach(observations: readonly Observation[]): void {
    this.flat.publish()
    for (const { variable, value, kept, correction } of observations) observe(variable, value, kept, correction)
    this.flat.replace(this.flat.join(this.#weights.map((weight) => weight.read())))
  }

  dispose(): void {
    this.flat.dispose()
    this.#shares?.dispose()
    this.#shares = null
  }
}
