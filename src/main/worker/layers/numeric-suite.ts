/**
 * The numeric suite: layers, activations and losses held against Keras and PyTorch, forward and backward, on whichever
 * backend is current. scripts/make-backend-reference.py writes the cases, reference/*.keras.json and *.torch.json.
 *
 * A case: `operation` (a name in numeric-operations.ts) with `settings` is computed from `inputs`; every tensor in
 * `outputs` is compared; the gradient of Σ y · slopes (`y` is the output that has slopes) is compared for every
 * input named in `gradients`. Tensors are flat, in row-major order, channels last. An input is `sixtyFourths` (integers:
 * divide by 64, so that it is short and exact in float32) or `integers` (int32); outputs and gradients have
 * nine significant digits of a computation in double precision.
 *
 * Recurrent cases (operations "gru" and "lstm", recurrent.*.json): `x` [batch, time, features]; `kernel`
 * [features, gates · units], `recurrentKernel` [units, gates · units] and `bias` in Keras's order and shapes (gates
 * z, r, h of a GRU, whose bias is [2, 3 · units], input before recurrent, with `resetAfter` and [3 · units]
 * without; gates i, f, c, o of an LSTM), the cases of PyTorch too. A bidirectional case has each of the three under
 * "forward/" and under "backward/" and joins the outputs in that order; with `returnSequences` the backward
 * outputs are put back in the order of time. `goBackwards` alone leaves them reversed, as Keras does. `recurrentActivation` is "sigmoid"
 * or "hardSigmoid", which is clip(0.2 · x + 0.5, 0, 1).
 *
 * Optimisers (optimizers.*.json) have a form of their own: `problems` gives the start and the constants of
 * two losses, written out in scripts/backend_reference/optimizer_problems.py; a case gives `settings`, the
 * `learningRates` of ten steps, the loss before every step, and all variables after it (`steps`). Gradients are
 * clipped first; coupled weight decay is then added to them, decoupled decay lessens w by rate · decay · w before the step. Keras
 * and PyTorch differ in where ε stands: Adam of Keras divides by √v + ε before the bias is corrected, that of
 * PyTorch after; RMSprop and Adagrad of Keras divide by √(v + ε), those of PyTorch by √v + ε; Adadelta has √(v + ε)
 * in both. For clipping by the global norm PyTorch divides by norm + 1e-6.
 */
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'

/** Largest error allowed, relative to the largest absolute value of the same tensor. */
export const forwardTolerance = 1e-5
export const gradientTolerance = 1e-4

export type Settings = Record<string, unknown>
export type Tensors = Record<string, tf.Tensor>

export interface InputRecord {
  shape: number[]
  sixtyFourths?: number[]
  integers?: number[]
}

export interface NumericCase {
  name: string
  source: 'keras' | 'torch'
  operation: string
  settings: Settings
  inputs: Record<string, InputRecord>
  outputs: Record<string, { shape: number[]; values: number[]; slopes?: number[] }>
  gradients: Record<string, number[]>
}

/** An operation that is ready to be computed. */
export interface Prepared {
  /** By the name of the input: what the gradient is taken with respect to, the tensor itself or a layer's variable. */
  parameters: Tensors
  /** Computes the outputs, by name. Called within tf.tidy, possibly several times. */
  compute: () => Tensors
  /** Frees what the operation made for itself. */
  dispose?: () => void
}

export type Operation = (inputs: Tensors, settings: Settings) => Prepared

export interface CaseResult {
  /** Worst relative error of the outputs, and of which. */
  forward: number
  worstOutput: string
  gradient: number
  worstGradient: string
}

/** The cases of one file in reference/, such as "convolution.keras". Throws where the file is missing. */
export function loadCases(file: string): NumericCase[] {
  return (readReference(file) as { cases: NumericCase[] }).cases
}

/** What is in reference/<file>.json; the caller knows its form. */
export function readReference(file: string): unknown {
  return JSON.parse(readFileSync(new URL(`reference/${file}.json`, import.meta.url), 'utf8'))
}

/** An input as a tensor on the current backend. */
export function toTensor(record: InputRecord): tf.Tensor {
  const { shape, integers } = record
  return integers ? tf.tensor(Int32Array.from(integers), shape, 'int32') : tf.tensor(toValues(record), shape, 'float32')
}

/** The values of an input of `sixtyFourths`. */
export function toValues({ sixtyFourths }: InputRecord): Float32Array {
  return Float32Array.from(sixtyFourths!, fromSixtyFourths)
}

const fromSixtyFourths = (value: number): number => value / 64

/**
 * Computes a case on the current backend and compares.
 *
 * @throws Error where an output has another shape than the reference
 */
export async function runCase(item: NumericCase, operation: Operation): Promise<CaseResult> {
  const inputs = Object.fromEntries(Object.entries(item.inputs).map(([name, record]) => [name, toTensor(record)]))
  const prepared = operation(inputs, item.settings)
  const made: tf.Tensor[] = []
  try {
    const outputs = tf.tidy(() => prepared.compute())
    made.push(...Object.values(outputs))
    const result: CaseResult = { forward: 0, worstOutput: '', gradient: 0, worstGradient: '' }
    for (const [name, expected] of Object.entries(item.outputs)) {
      const actual = outputs[name]
      if (!actual) throw new Error(`${item.name}: no output ${name}`)
      if (actual.shape.join() !== expected.shape.join())
        throw new Error(`${item.name}: ${name} has the shape [${actual.shape}], not [${expected.shape}]`)
      const error = relativeError(await actual.data(), expected.values)
      if (error >= result.forward) Object.assign(result, { forward: error, worstOutput: name })
    }
    const names = Object.keys(item.gradients)
    const gradients = names.length === 0 ? [] : differentiate(item, prepared, names)
    made.push(...gradients)
    for (const [index, name] of names.entries()) {
      const error = relativeError(await gradients[index]!.data(), item.gradients[name]!)
      if (error >= result.gradient) Object.assign(result, { gradient: error, worstGradient: name })
    }
    return result
  } finally {
    tf.dispose(made)
    prepared.dispose?.()
    tf.dispose(inputs)
  }
}

function differentiate(item: NumericCase, prepared: Prepared, names: string[]): tf.Tensor[] {
  const { shape, slopes } = item.outputs.y!
  return tf.tidy(() => {
    const parameters = names.map((name) => {
      const parameter = prepared.parameters[name]
      if (!parameter) throw new Error(`${item.name}: no parameter ${name}`)
      return parameter
    })
    const dy = tf.tensor(Float32Array.from(slopes!, fromSixtyFourths), shape)
    return tf.grads(() => prepared.compute().y!)(parameters, dy)
  })
}

/** The largest difference over the largest absolute value expected; Infinity for what is not a number. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity
  let worst = 0
  let largest = 0
  for (const [index, value] of expected.entries()) {
    const difference = Math.abs(actual[index]! - value)
    if (Number.isNaN(difference)) return Infinity
    worst = Math.max(worst, difference)
    largest = Math.max(largest, Math.abs(value))
  }
  return largest === 0 ? worst : worst / largest
}
