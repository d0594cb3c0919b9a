/** A convolution whose gradient takes no detour. */
import type * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { convolve2d } from './convolve'

export interface ConvolutionOptions {
  filters: number
  kernel: readonly [height: number, width: number]
  /** 1 and 1 where not given. */
  strides?: readonly [height: number, width: number] | undefined
  /** 'same' where not given. */
  padding?: 'same' | 'valid' | undefined
  /** Whether each filter has an offset; none where not given. */
  bias?: boolean | undefined
  initializer: ReturnType<typeof tfl.initializers.heNormal>
  name: string
}

/**
 * 2-D convolution: the weights and values of tfjs's conv2d layer. That one goes through a fused operation whose gradient
 * always computes the gradient to its input too, which for a network's first layer nobody reads.
 */
export class Convolution extends tfl.layers.Layer {
  static readonly className = 'EarmarkConvolution'
  readonly #options: ConvolutionOptions
  readonly #strides: [number, number]
  readonly #padding: 'same' | 'valid'
  #kernel!: tfl.LayerVariable
  #bias: tfl.LayerVariable | null = null

  constructor(options: ConvolutionOptions) {
    super({ name: options.name })
    this.#options = options
    this.#strides = [...(options.strides ?? ([1, 1] as const))]
    this.#padding = options.padding ?? 'same'
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const { filters, kernel, bias, initializer } = this.#options
    const shape = [...kernel, (inputShape as tfl.Shape).at(-1)!, filters]
    this.#kernel = this.addWeight('kernel', shape, 'float32', initializer, undefined, true)
    if (bias) this.#bias = this.addWeight('bias', [filters], 'float32', tfl.initializers.zeros(), undefined, true)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const [batch, height, width] = inputShape as tfl.Shape
    const across = (size: number | null, axis: 0 | 1): number | null => {
      if (size === null) return null
      const covered = this.#padding === 'valid' ? size - this.#options.kernel[axis] + 1 : size
      return Math.ceil(covered / this.#strides[axis])
    }
    return [batch!, across(height!, 0), across(width!, 1), this.#options.filters]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const input = Array.isArray(inputs) ? inputs[0]! : inputs
    const bias = this.#bias === null ? null : (this.#bias.read() as tf.Tensor1D)
    return convolve2d(input as tf.Tensor4D, this.#kernel.read() as tf.Tensor4D, bias, {
      strides: this.#strides,
      padding: this.#padding,
    })
  }
}
