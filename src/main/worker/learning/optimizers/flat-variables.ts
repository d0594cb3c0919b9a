/** Variables of a network as one row of values. */
import * as tf from '@tensorflow/tfjs-core'
import { cutFlat, joinFlat } from '../../backends/flat-tensors'

/**
 * Keeps the values of many variables in one tensor, so that an optimiser or an average takes ten operations a step
 * and not ten for each variable. Its values are what counts; `publish` writes them into the variables.
 */
export class FlatVariables {
  readonly #variables: readonly tf.Variable[]
  readonly #shapes: readonly number[][]
  #values: tf.Tensor1D

  constructor(variables: readonly tf.Variable[]) {
    if (variables.length === 0) throw new RangeError('there are no variables to join')
    this.#variables = variables
    this.#shapes = variables.map(({ shape }) => shape)
    this.#values = tf.keep(joinFlat(variables))
  }

  /** Belongs to this object: not to be disposed by others, and replaced at the next change. */
  get values(): tf.Tensor1D {
    return this.#values
  }

  /** One tensor for each variable, of its shape, as one row in the variables' order. */
  join(tensors: readonly tf.Tensor[]): tf.Tensor1D {
    for (const [index, { shape }] of tensors.entries()) tf.util.assertShapesMatch(shape, this.#shapes[index]!, 'join: ')
    return joinFlat(tensors)
  }

  /** Takes new values over, which the caller must not dispose; `publish` tells the variables. */
  replace(values: tf.Tensor1D): void {
    if (values.size !== this.#values.size) {
      throw new RangeError(`${values.size} values do not fill variables of ${this.#values.size}`)
    }
    this.#values.dispose()
    this.#values = tf.keep(values)
  }

  /** Gives the values to `change`, which disposes them and returns the ones in their place; `publish` tells the variables. */
  transform(change: (values: tf.Tensor1D) => tf.Tensor1D): void {
    this.#values = tf.keep(change(this.#values))
  }

  /** Writes the values into the variables. */
  publish(): void {
    for (const [index, piece] of cutFlat(this.#values, this.#shapes).entries()) {
      this.#variables[index]!.assign(piece)
      piece.dispose()
    }
  }

  dispose(): void {
    this.#values.dispose()
  }
}
