/** Two recurrent layers over one sequence, one from each end (Schuster & Paliwal 1997). */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { RecurrentLayer } from './recurrent-layer'

/**
 * Gives both layers' states side by side, the forward layer's first, as Keras's Bidirectional with merge_mode 'concat':
 * [batch, time, 2 · units] in the order of the frames, or the two last states, [batch, 2 · units]. Weights in order: those of
 * the forward layer, those of the backward layer.
 */
export class Bidirectional extends tfl.layers.Layer {
  static readonly className = 'EarmarkBidirectional'

  /** @throws RangeError where the two do not walk in opposite directions or do not both give sequences */
  constructor(
    private readonly forward: RecurrentLayer,
    private readonly backward: RecurrentLayer,
    name: string,
  ) {
    super({ name })
    if (forward.goBackwards || !backward.goBackwards)
      throw new RangeError(`${name} needs a layer that goes forwards and one that goes backwards, in this order`)
    if (forward.returnSequences !== backward.returnSequences)
      throw new RangeError(`${name} needs two layers that both give sequences, or both their last state`)
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    for (const layer of [this.forward, this.backward]) {
      layer.build(inputShape)
    }
    this.built = true
  }

  override get trainableWeights(): tfl.LayerVariable[] {
    return [this.forward, this.backward].flatMap((layer) => layer.trainableWeights)
  }

  override set trainableWeights(weights: tfl.LayerVariable[]) {
    super.trainableWeights = weights
  }

  override get nonTrainableWeights(): tfl.LayerVariable[] {
    return []
  }

  override set nonTrainableWeights(weights: tfl.LayerVariable[]) {
    super.nonTrainableWeights = weights
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const one = this.forward.computeOutputShape(inputShape)
    return [...one.slice(0, -1), this.forward.units + this.backward.units]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const [ahead, behind] = [this.forward.call(inputs), this.backward.call(inputs)]
      return tf.concat([ahead, this.backward.returnSequences ? tf.reverse(behind, 1) : behind], -1)
    })
  }
}
