/** What recurrent layers share: weights in Keras's order, and the way through time. */
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Random } from '../../../dsp/random'
import { drawOrthogonal } from './orthogonal'

type Initializer = ReturnType<typeof tfl.initializers.zeros>

export type GateActivation = 'sigmoid' | 'hardSigmoid'

export interface RecurrentOptions {
  units: number
  /** The state after every step, [batch, time, units], in the order of the steps; else the last, [batch, units]. */
  returnSequences?: boolean
  /** From the last frame to the first. As in Keras, the states then come out in that order too. */
  goBackwards?: boolean
  /** What the gates go through; hardSigmoid is Keras's default up to version 2.2, clip(0.2·x + 0.5, 0, 1). */
  recurrentActivation?: GateActivation
  /** Where the initial weights come from. */
  random: Random
  name: string
}

/** How a sequence is walked through. */
export interface Walk {
  returnSequences: boolean
  goBackwards: boolean
  recurrentActivation: GateActivation
}

/** The weights of a recurrent layer: [features, gates · units], [units, gates · units] and its bias. */
export interface RecurrentWeights {
  kernel: tf.Tensor2D
  recurrentKernel: tf.Tensor2D
  bias: tf.Tensor
}

/**
 * A layer over sequences [batch, time, features], from a state of zeros. Weights in order, shaped and laid out as
 * Keras's: kernel (Glorot uniform), recurrent kernel (orthogonal), bias.
 */
export abstract class RecurrentLayer extends tfl.layers.Layer implements Walk {
  readonly units: number
  readonly returnSequences: boolean
  readonly goBackwards: boolean
  readonly recurrentActivation: GateActivation
  readonly #random: Random
  #kernel!: tfl.LayerVariable
  #recurrentKernel!: tfl.LayerVariable
  #bias!: tfl.LayerVariable

  constructor({
    units,
    returnSequences = false,
    goBackwards = false,
    recurrentActivation = 'sigmoid',
    random,
    name,
  }: RecurrentOptions) {
    super({ name })
    if (!Number.isInteger(units) || units < 1) throw new RangeError(`a recurrent layer cannot have ${units} units`)
    this.units = units
    this.returnSequences = returnSequences
    this.goBackwards = goBackwards
    this.recurrentActivation = recurrentActivation
    this.#random = random
  }

  /** How many gates and candidates the kernels hold side by side. */
  protected abstract readonly gates: number
  /** The bias's shape and its initial values. */
  protected abstract initialBias(): { shape: number[]; values: Float32Array }
  protected abstract run(input: tf.Tensor3D, weights: RecurrentWeights): tf.Tensor

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const features = (inputShape as tfl.Shape).at(-1)!
    const width = this.gates * this.units
    const glorot = tfl.initializers.glorotUniform({ seed: this.#random.stream('kernel').integer(2 ** 31) })
    const orthogonal = drawOrthogonal(this.units, width, this.#random.stream('recurrent-kernel'))
    const bias = this.initialBias()
    this.#kernel = this.addWeight('kernel', [features, width], 'float32', glorot, undefined, true)
    this.#recurrentKernel = this.addWeight(
      'recurrent-kernel',
      [this.units, width],
      'float32',
      fixedValues(orthogonal),
      undefined,
      true,
    )
    this.#bias = this.addWeight('bias', bias.shape, 'float32', fixedValues(bias.values), undefined, true)
    this.built = true
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const [batch, time] = inputShape as tfl.Shape
    return this.returnSequences ? [batch!, time!, this.units] : [batch!, this.units]
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const input = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor3D
    return tf.tidy(() =>
      this.run(input, {
        kernel: this.#kernel.read() as tf.Tensor2D,
        recurrentKernel: this.#recurrentKernel.read() as tf.Tensor2D,
        bias: this.#bias.read(),
      }),
    )
  }
}

function fixedValues(values: Float32Array): Initializer {
  return { apply: (shape: number[]) => tf.tensor(values, shape) } as unknown as Initializer
}

/** The gates' values. */
export function openGates(values: tf.Tensor, { recurrentActivation }: Walk): tf.Tensor {
  if (recurrentActivation === 'sigmoid') return tf.sigmoid(values)
  return tf.clipByValue(tf.add(tf.mul(values, 0.2), 0.5), 0, 1)
}

/** The slope of a gate whose value is `value`. */
export function gateSlope(value: tf.Tensor, { recurrentActivation }: Walk): tf.Tensor {
  if (recurrentActivation === 'sigmoid') return tf.mul(value, tf.sub(1, value))
  const isBetween = tf.logicalAnd(tf.greater(value, 0), tf.less(value, 1))
  return tf.mul(tf.cast(isBetween, 'float32'), 0.2)
}

/** input · kernel + bias for every step at once: [batch, time, width]. */
export function projectInput(input: tf.Tensor3D, kernel: tf.Tensor2D, bias: tf.Tensor): tf.Tensor3D {
  const [batch, time, features] = input.shape
  const flat = tf.matMul(tf.reshape(input, [batch * time, features]), kernel)
  return tf.reshape(tf.add(flat, bias), [batch, time, kernel.shape[1]])
}

/** The steps of [batch, time, values] in the order in which they are walked through. */
export function takeSteps(sequence: tf.Tensor, walk: Walk): tf.Tensor[] {
  const steps = tf.unstack(sequence, 1)
  return walk.goBackwards ? steps.toReversed() : steps
}

/** [batch, time, values], in the order of the frames, of what was walked through in that of `walk`. */
export function inFrameOrder(sequence: tf.Tensor, walk: Walk): tf.Tensor {
  return walk.goBackwards ? tf.reverse(sequence, 1) : sequence
}

/** What a layer gives of its states. */
export function giveStates(states: tf.Tensor[], walk: Walk): tf.Tensor {
  return walk.returnSequences ? tf.stack(states, 1) : states.at(-1)!.clone()
}

/** The gradient that reaches each step's state from outside: none but the last's where only that is given. */
export function takeSlopes(dy: tf.Tensor, steps: number, walk: Walk): (tf.Tensor | null)[] {
  if (walk.returnSequences) return tf.unstack(dy, 1)
  return Array.from({ length: steps }, (_, step) => (step === steps - 1 ? dy : null))
}

/** [batch · time, values]. */
export function flattenSteps(sequence: tf.Tensor): tf.Tensor2D {
  return tf.reshape(sequence, [-1, sequence.shape.at(-1)!])
}
