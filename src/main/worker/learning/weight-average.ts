/** A moving average of a network's weights over its last steps. */
import * as tf from '@tensorflow/tfjs-core'
import type * as tfl from '@tensorflow/tfjs-layers'

/** Share of the average that is kept at each step: a memory of about thirty steps. */
const longestDecay = 0.97

/**
 * Averages all weights, trained and running, exponentially (Polyak & Juditsky 1992; the decay grows from the first
 * steps, so that the initial weights are soon forgotten). The average is steadier from epoch to epoch than the weights,
 * so that few validation clips choose better among its epochs.
 */
export class WeightAverage {
  readonly #model: tfl.LayersModel
  #averages: tf.Tensor[]
  #steps = 0

  constructor(model: tfl.LayersModel) {
    this.#model = model
    this.#averages = model.weights.map((weight) => weight.read().clone())
  }

  /** To be called after every training step. */
  update(): void {
    this.#steps++
    const decay = Math.min(longestDecay, this.#steps / (this.#steps + 9))
    this.#averages = this.#averages.map((average, index) => {
      const next = tf.tidy(() => {
        const weight = this.#model.weights[index]!.read()
        return tf.add(tf.mul(average, decay), tf.mul(weight, 1 - decay))
      })
      average.dispose()
      return next
    })
  }

  /** Puts the average into the network and keeps the network's weights in its place; a second call changes back. */
  exchange(): void {
    this.#averages = this.#averages.map((average, index) => {
      const weight = this.#model.weights[index]!
      const current = weight.read().clone()
      weight.write(average)
      average.dispose()
      return current
    })
  }

  dispose(): void {
    tf.dispose(this.#averages)
    this.#averages = []
  }
}
