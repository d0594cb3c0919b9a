/** Dropout that repeats. */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Random } from '../../../dsp/random'

/**
 * Dropout (Srivastava et al. 2014) whose masks come from a seeded stream. tfjs's own dropout draws either from
 * Math.random or, with a seed, the same mask at every call.
 */
export class SeededDropout extends tfl.layers.Layer {
  static readonly className = 'EarmarkSeededDropout'

  constructor(
    private readonly rate: number,
    private readonly random: Random,
    name: string,
  ) {
    super({ name })
    if (!(rate >= 0 && rate < 1)) throw new RangeError(`the dropout rate must be 0 or more and under 1, not ${rate}`)
  }

  override call(inputs: tf.Tensor | tf.Tensor[], kwargs: { training?: boolean }): tf.Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    if (!kwargs.training || this.rate === 0) return input
    const mask = this.random.mask(input.size, this.rate, 1 / (1 - this.rate))
    return tf.tidy(() => tf.mul(input, tf.tensor(mask, input.shape)))
  }
}
