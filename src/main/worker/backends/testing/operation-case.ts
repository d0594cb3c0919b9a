/** One operation for a comparison of two backends. */
import * as tf from '@tensorflow/tfjs-core'

export interface OperationCase {
  name: string
  /** Shapes of the inputs. */
  inputs: number[][]
  run: (...inputs: tf.Tensor[]) => tf.Tensor
  /** False where the operation has no gradient, or tfjs has none for it. */
  hasGradient?: boolean
  /** Inputs in 0.2…2.2 instead of −1…1. */
  isPositive?: boolean
  /**
   * The operation is linear in its only input, so that its true gradient can be had from its forward values alone:
   * for those whose gradient tfjs's cpu backend has wrong.
   */
  isLinear?: boolean
}

type Options = Omit<OperationCase, 'name' | 'inputs' | 'run'>

export function operation(
  name: string,
  inputs: number[][],
  run: OperationCase['run'],
  options: Options = {},
): OperationCase {
  return { name, inputs, run, ...options }
}

/** Deterministic values without ties. */
export function wave(length: number, phase: number, isPositive = false): Float32Array {
  return Float32Array.from({ length }, (_, index) => {
    const value = Math.sin(index * 12.9898 + phase) * Math.cos(index * 0.017)
    return isPositive ? value + 1.2 : value
  })
}

/**
 * The output's values and, where there are gradients, those of every input for a varied gradient of the output, on
 * tfjs's current backend.
 */
export async function compute({ inputs, run, hasGradient = true, isPositive }: OperationCase): Promise<Float32Array[]> {
  const results = tf.tidy(() => {
    const given = inputs.map((shape, index) =>
      tf.tensor(wave(tf.util.sizeFromShape(shape), index + 1, isPositive), shape),
    )
    const output = run(...given)
    if (!hasGradient) return [output]
    const slope = tf.tensor(wave(output.size, 7), output.shape)
    return [output, ...tf.grads((...tensors: tf.Tensor[]) => run(...tensors))(given, slope)]
  })
  const values = await Promise.all(results.map(async (tensor) => Float32Array.from(await tensor.data())))
  tf.dispose(results)
  return values
}

/** The gradient of a linear operation: how much each input moves the output, weighted with the output's gradient. */
export async function computeAdjoint({ inputs, run }: OperationCase): Promise<Float32Array> {
  const shape = inputs[0]!
  const gradient = new Float32Array(tf.util.sizeFromShape(shape))
  for (let index = 0; index < gradient.length; index++) {
    const unit = new Float32Array(gradient.length)
    unit[index] = 1
    const output = tf.tidy(() => run(tf.tensor(unit, shape)))
    const values = Float32Array.from(await output.data())
    const slope = wave(output.size, 7)
    gradient[index] = values.reduce((total, value, at) => total + value * slope[at]!, 0)
    output.dispose()
  }
  return gradient
}

/** The largest difference, in parts of the largest expected value; infinite where a value is not a number. */
export function relativeError(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  let worst = 0
  for (const [index, value] of actual.entries()) {
    const distance = Math.abs(value - expected[index]!)
    worst = Math.max(worst, Number.isNaN(distance) ? Infinity : distance)
  }
  return worst / (scale || 1)
}
