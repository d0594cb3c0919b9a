/** A convolution whose gradient takes no detour. */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'

/**
 * 2-D convolution with stride 1, 'same' padding and no bias: the weights and values of tfjs's conv2d layer. That one goes
 * through a fused operation whose gradient always computes the gradient to its input too, which for a network's
 * first layer nobody reads.
 */
export class Convolution extends tfl.layers.Layer {
  static readonly className = 'EarmarkConvolution'
  #kernel!: tfl.LayerVariable

  constructor(
    private readonly filters: number,
    private readonly size: readonly [height: number, width: number],
    private readonly initializer: ReturnType<typeof tfl.initializers.heNormal>,
    name: string,
  ) {
    super({ name })
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const channels = (inputShape as tfl.Shape).at(-1)!
    const shape = [...this.size, channels, this.filters]
    this.#kernel = this.addWeight('kernel', shape, 'float32', this.initializer, undefined, true)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return [...(inputShape as tfl.Shape).slice(0, 3), this.filters]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    return tf.tidy(() => tf.conv2d(input as tf.Tensor4D, this.#kernel.read() as tf.Tensor4D, 1, 'same'))
  }
}
